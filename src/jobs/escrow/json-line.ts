import canonicalize from 'canonicalize';

/** A JSON object with known keys and unchecked values. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** `members` as canonical JSON (RFC 8785). */
export function encodeLine(members: JsonLine): string {
	return canonicalize(members) as string;
}

/**
 * Parses `text` as an object with exactly `keys`, in its canonical form; null otherwise. A repeated key, a space or another order could
 * make two readers see different values. The parser's error is dropped, because it quotes the text.
 */
export function parseLine(text: string, keys: readonly string[]): JsonLine | null {
	try {
		const value: unknown = JSON.parse(text);
		return hasKeys(value, keys) && canonicalize(value) === text ? value : null;
	} catch {
		return null;
	}
}

export function hasKeys(value: unknown, keys: readonly string[]): value is JsonLine {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
	return Object.keys(value).sort().join() === keys.toSorted().join();
}
