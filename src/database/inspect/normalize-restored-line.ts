/**
 * Rewrites a line as it reads after pg_dump and pg_restore. PostgreSQL keeps `(a AND b) AND c` as a migration wrote it, but turns it into one
 * list, `a AND b AND c`, when it parses its own text again. The two mean the same.
 */
export function normalizeRestoredLine(line: string): string {
	let text = line;
	for (let at = text.indexOf('(('); at !== -1; at = text.indexOf('((', at + 1)) {
		const inner = at + 1;
		const end = endOf(text, inner);
		const word = end === -1 ? undefined : /^ (AND|OR) /.exec(text.slice(end + 1))?.[1];
		if (!word || !isListOf(word, text.slice(inner + 1, end))) continue;
		text = text.slice(0, inner) + text.slice(inner + 1, end) + text.slice(end + 1);
		// The first part may be such a list itself.
		at -= 1;
	}
	return text;
}

/** Yields the nesting depth in brackets of each character outside quotes. */
function* depths(text: string, from: number): Generator<readonly [index: number, depth: number]> {
	let depth = 0;
	let quote: string | null = null;
	for (let index = from; index < text.length; index++) {
		const char = text[index];
		if (quote !== null) {
			if (char === quote) quote = null;
			continue;
		}
		if (char === "'" || char === '"') quote = char;
		if (char === '(') depth += 1;
		if (char === ')') depth -= 1;
		yield [index, depth];
	}
}

/** Index of the bracket that closes the one at `start`; -1 if none does. */
function endOf(text: string, start: number): number {
	for (const [index, depth] of depths(text, start)) if (depth === 0) return index;
	return -1;
}

/** Whether `text` is a list of parts that only this word joins. */
function isListOf(word: string, text: string): boolean {
	const words = new Set<string>();
	for (const [index, depth] of depths(text, 0)) {
		const found = depth === 0 && /^ (AND|OR) /.exec(text.slice(index, index + 5))?.[1];
		if (found) words.add(found);
	}
	return words.size === 1 && words.has(word);
}
