import { AuditProofError } from './audit-proof-error.ts';

/** An entry has three levels. The limit bounds the recursion over untrusted input. */
const MAX_DEPTH = 16;

/** A JSON object whose values are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The value of `text`, which must be canonical JSON (RFC 8785): with a duplicate key, a space or another order, two readers could read two
 * different values.
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

/** Whether JSON.stringify() writes `value` in canonical form. This check is three times as fast as canonicalJson(). */
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
	if (!hasKeys(value, keys)) throw new AuditProofError('A line does not have exactly the keys of its format.');
	return value;
}

/** Whether `value` is an object with exactly `keys`, which must be sorted. */
export function hasKeys(value: unknown, keys: readonly string[]): value is JsonObject {
	return isObject(value) && Object.keys(value).sort().join() === keys.join();
}

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 8785: what JSON.stringify() writes, with the keys in the order of their UTF-16 code units. */
function canonicalJson(value: unknown, depth: number): string {
	if (depth > MAX_DEPTH) throw new AuditProofError('A line is nested deeper than its format allows.');
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join()}]`;
	if (!isObject(value)) return primitive(value);
	const members = Object.keys(value)
		.sort()
		.map((key) => `${primitive(key)}:${canonicalJson(value[key], depth + 1)}`);
	return `{${members.join()}}`;
}

/** Refuses a lone surrogate, which JSON.stringify() would escape, and which UTF-8 and so RFC 8785 do not allow. */
function primitive(value: unknown): string {
	if (typeof value === 'string' && !value.isWellFormed()) throw new AuditProofError('A line is not canonical JSON.');
	return JSON.stringify(value);
}
