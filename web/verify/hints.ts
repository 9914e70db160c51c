/** What is known about a bundle when it is refused. */
export interface RefusedBundle {
	/** What the verifier says. */
	readonly why: string;
	/** The number of entries by its first line; null if that line is wrong. */
	readonly size: number | null;
	readonly origin: string | null;
	/** The size of the older checkpoint, if one is given and verifies. */
	readonly since: number | null;
	/** How many entries are before the signed end, if it comes too early; otherwise null. */
	readonly end: number | null;
	/** Lines that are no entries. */
	readonly wrongLines: readonly number[];
	/** The names of the trees to which the keys belong. */
	readonly keyNames: readonly string[];
	/** The first bytes of the file. */
	readonly beginning: Uint8Array;
}

type Hint = (refused: RefusedBundle) => string | null;

/** The first that applies is shown below what the verifier says. */
const HINTS: readonly (readonly [RegExp, Hint])[] = [
	[
		/^Line 1: A line is not JSON/,
		({ beginning }) => (isMarked(beginning) ? `It begins with a byte order mark. ${AGAIN}` : null),
	],
	[
		/^Line 1: A line is not (?:JSON|canonical)/,
		({ beginning }) => (hasReturn(beginning) ? `It ends with a carriage return. ${AGAIN}` : null),
	],
	[
		/another tree than the one/,
		({ origin, keyNames }) =>
			`The log is that of ${origin ?? 'another tree'}, the key that of ${keyNames.join(' and ')}.`,
	],
	[
		/no signature by the verifier key/,
		() =>
			'Another key signed this log: the key was replaced, or it is of another installation. Learn the right one from another source than the log.',
	],
	[/is cut in line|ends after line/, missingLines],
	[/goes on after its last line/, () => 'Something was added after the signed end, or a line was added before it.'],
	[/do not lead to the root/, changedEntry],
	[
		/does not begin with the entries of the older/,
		({ since }) =>
			`A line from 2 to ${counted((since ?? 0) + 1)} was changed, removed or added after you kept the checkpoint, or the log has two versions.`,
	],
	[
		/has another size than the bundle/,
		() =>
			`The number of entries in the first line is not that which was signed: lines were added or removed. ${ANOTHER_COPY}`,
	],
	[
		/^Line (?!1:).* exactly the keys of its format/,
		() =>
			`Where the signed end should be, by the number of entries in the first line, is another line: one was added. ${ANOTHER_COPY}`,
	],
	[/is not canonical JSON|is not JSON|printable ASCII|not UTF-8/, () => AGAIN],
];

/** What to do if this file alone does not say which line. */
export const ANOTHER_COPY = 'Give another copy of the log too, to see which.';
const AGAIN = 'A program or a person has changed the file: export the log again, and verify it unchanged.';

export const hintOf = (refused: RefusedBundle): string | null =>
	HINTS.reduce<string | null>(
		(found, [pattern, hint]) => found ?? (pattern.test(refused.why) ? hint(refused) : null),
		null,
	);

/** A download that broke off has no signed end; if it is there, lines before it are not. */
function missingLines({ size, end }: RefusedBundle): string {
	const promised = size === null ? '' : `The first line promises ${counted(size)} entries`;
	if (end !== null && size !== null)
		return `${promised}, but the signed end is in line ${counted(end + 2)}, after only ${counted(end)}: lines were removed before it. ${ANOTHER_COPY}`;
	return `${promised}${promised === '' ? 'The' : ', and the'} signed end is missing. A download that broke off looks like this: export the log again.`;
}

/** One signature covers all entries together, so the file alone shows where only if a line is no entry any more. */
function changedEntry({ size, since, wrongLines }: RefusedBundle): string {
	const [wrong] = wrongLines;
	if (wrong !== undefined)
		return `An entry was changed, removed, added or moved. Begin with line ${counted(wrong)}, which is no entry that the log may have.`;
	const first = 2 + (since ?? 0);
	const where = `a line from ${counted(first)} to ${counted((size ?? 0) + 1)}`;
	const before = since === null ? '' : ` Lines 2 to ${counted(since + 1)} are as in the older checkpoint.`;
	return `An entry was changed, removed, added or moved: ${where}.${before} One signature covers all entries, so this file alone does not say which. ${ANOTHER_COPY}`;
}

const isMarked = ([one, two, three]: Uint8Array) => one === 0xef && two === 0xbb && three === 0xbf;
const hasReturn = (bytes: Uint8Array) => bytes[bytes.indexOf(0x0a) - 1] === 0x0d;
const counted = (count: number) => count.toLocaleString('en');
