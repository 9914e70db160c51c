import canonicalize from 'canonicalize';

/** A JSON object of which nothing is known yet but its keys. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** `members` as canonical JSON (RFC 8785). */
export function encodeLine(members: JsonLine): string {
	return canonicalize(members) as string;
}

/**
 * The object behind `text`, with exactly `keys` and in its one canonical form; null otherwise. A key that is there twice, a space
 * or another order would let two readers see two things. What the JSON parser says of a text is dropped: it quotes it.
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
