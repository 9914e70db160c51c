/**
 * A line as it reads after pg_dump and pg_restore: PostgreSQL keeps `(a AND b) AND c` as it was written in a migration, and makes one list of
 * it, `a AND b AND c`, when it reads its own text again. Both say the same, and so no one has changed it.
 */
export function normalizeRestoredLine(line: string): string {
	let text = line;
	for (let at = text.indexOf('(('); at !== -1; at = text.indexOf('((', at + 1)) {
		const inner = at + 1;
		const end = endOf(text, inner);
		const word = end === -1 ? undefined : /^ (AND|OR) /.exec(text.slice(end + 1))?.[1];
		if (!word || !isListOf(word, text.slice(inner + 1, end))) continue;
		text = text.slice(0, inner) + text.slice(inner + 1, end) + text.slice(end + 1);
		// Its first part may be such a list again.
		at -= 1;
	}
	return text;
}

/** Steps over text and names in quotes, and says how deep in brackets each other character is. */
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

/** Where the bracket closes that opens at `start`; -1: nowhere. */
function endOf(text: string, start: number): number {
	for (const [index, depth] of depths(text, start)) if (depth === 0) return index;
	return -1;
}

/** Whether `text` is parts with that word between them, and with no other. */
function isListOf(word: string, text: string): boolean {
	const words = new Set<string>();
	for (const [index, depth] of depths(text, 0)) {
		const found = depth === 0 && /^ (AND|OR) /.exec(text.slice(index, index + 5))?.[1];
		if (found) words.add(found);
	}
	return words.size === 1 && words.has(word);
}
