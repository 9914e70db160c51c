/** Characters of a quote, with at least three words, that no test contains by chance. */
const ENOUGH = 22;
/** A part between two values that is shorter counts as a whole from this length. */
const WHOLE_PART = 17;
/** Even shorter parts count together. */
const LEAST = 12;

const flat = (text: string): string => text.replaceAll('\\', '').replaceAll(/\s+/g, ' ');

/** A single long piece identifies the sentence; the short pieces identify it together. */
interface Pieces {
	readonly long: readonly string[];
	readonly short: readonly string[];
}

function longPieces(part: string): string[] {
	const beginnings = [...part.matchAll(/(?<![^ ])\S/g)].filter(({ index }) => index + ENOUGH <= part.length);
	const pieces = beginnings.map(({ index }) => part.slice(index, index + ENOUGH));
	return pieces.filter((piece) => piece.split(' ').length > 2);
}

function piecesOf(sentence: string): Pieces {
	const parts = sentence.split('…').map((part) => flat(part).replaceAll(/^[ :,.;()`]+|[ :,.;()`]+$/g, ''));
	return {
		long: parts.flatMap((part) => (part.length < ENOUGH && part.length >= WHOLE_PART ? [part] : longPieces(part))),
		short: parts.filter(({ length }) => length >= LEAST && length < WHOLE_PART),
	};
}

/** For each sentence, the tests that quote words of it that no other sentence has. */
export function quotedBy(
	sentences: readonly string[],
	tests: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
	const all = [...new Set(sentences)];
	const texts = [...tests].map(([path, text]) => [path, flat(text)] as const);
	return new Map(
		all.map((sentence) => {
			const others = all.filter((other) => other !== sentence).map(flat);
			const isOwn = (piece: string) => others.every((other) => !other.includes(piece));
			const { long, short } = piecesOf(sentence);
			const [one, every] = [long.filter(isOwn), long.length > 0 ? [] : short.filter(isOwn)];
			const isQuoted = (text: string) =>
				one.some((piece) => text.includes(piece)) || (every.length > 0 && every.every((piece) => text.includes(piece)));
			return [sentence, texts.filter(([, text]) => isQuoted(text)).map(([path]) => path)];
		}),
	);
}
