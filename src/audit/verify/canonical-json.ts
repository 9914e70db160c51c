import { AuditProofError } from './audit-proof-error.ts';

/** An entry has three levels. A bound, since a recursion over what a stranger has nested has none. */
const MAX_DEPTH = 16;

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON value behind `text`, which must be its one canonical form (RFC 8785): a key that is there twice, a space or
 * another order would let two readers see two things.
 * @throws AuditProofError
 */
export function parseCanonical(text: string): unknown {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new AuditProofError('A line is not JSON.');
	}
	if (!isPlain(value, 0) || JSON.stringify(value) !== text) checkSlowly(value, text);
	return value;
}

function checkSlowly(value: unknown, text: string): void {
	if (canonicalJson(value, 0) !== text) throw new AuditProofError('A line is not canonical JSON.');
}

/** Whether JSON.stringify() writes `value` in canonical form as it is. It is three times as fast as canonicalJson(). */
function isPlain(value: unknown, depth: number): boolean {
	if (depth > MAX_DEPTH) return false;
	if (typeof value === 'string') return value.isWellFormed();
	if (typeof value !== 'object' || value === null) return true;
	if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
	let before = '';
	for (const key of Object.keys(value)) {
		if (key < before || !key.isWellFormed() || !isPlain((value as JsonObject)[key], depth + 1)) return false;
		before = key;
	}
	return true;
}

/**
 * parseCanonical() of an object with exactly `keys`.
 * @throws AuditProofError
 */
export function parseObject(text: string, ...keys: readonly string[]): JsonObject {
	const value = parseCanonical(text);
	if (!hasKeys(value, keys)) throw new AuditProofError('A line has not the keys that its format has.');
	return value;
}

/** Whether `value` is an object with exactly `keys`, given in their order. */
export function hasKeys(value: unknown, keys: readonly string[]): value is JsonObject {
	return isObject(value) && Object.keys(value).sort().join() === keys.join();
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 8785: what JSON.stringify() writes, with the keys in the order of their UTF-16 code units. */
function canonicalJson(value: unknown, depth: number): string {
	if (depth > MAX_DEPTH) throw new AuditProofError('A line is nested deeper than its format.');
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join()}]`;
	if (!isObject(value)) return primitive(value);
	const members = Object.keys(value)
		.sort()
		.map((key) => `${primitive(key)}:${canonicalJson(value[key], depth + 1)}`);
	return `{${members.join()}}`;
}

/** A lone surrogate, which JSON.stringify() would escape, is in no text of UTF-8 and so in none of RFC 8785. */
function primitive(value: unknown): string {
	if (typeof value === 'string' && !value.isWellFormed()) throw new AuditProofError('A line is not canonical JSON.');
	return JSON.stringify(value);
}
