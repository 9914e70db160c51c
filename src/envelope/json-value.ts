import { invalidValueError } from './invalid-value-error.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Deeper values overflow the stack of the writers and readers of JSON that come after us; a cycle is one of them. */
const DEEPEST = 128;

/** Throws BAD_USER_INPUT unless `value` is a string that PostgreSQL and UTF-8 can both hold. */
export function validateText(value: unknown): string {
	if (typeof value !== 'string') throw invalidValueError('A text must be given as a string.');
	if (!value.isWellFormed()) throw invalidValueError('A text must be well-formed Unicode: remove the lone surrogate.');
	if (value.includes('\0')) throw invalidValueError('A text must not contain the character U+0000: remove it.');
	return value;
}

/** Throws BAD_USER_INPUT for what is not finite or, as an integer, is beyond 2^53 - 1 and so perhaps rounded already. */
export function validateNumber(value: unknown): number {
	if (typeof value !== 'number' || !Number.isFinite(value)) throw invalidValueError('A number must be finite.');
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw invalidValueError('An integer must be within 2^53 - 1: give a larger one as a string.');
	}
	return value;
}

/** Throws BAD_USER_INPUT unless `value`, all the way down, is JSON that comes back as it was given. */
export function validateJson(value: unknown, depth = 0): JsonValue {
	if (depth > DEEPEST) throw invalidValueError('A JSON value must be nested at most 128 levels deep.');
	if (value === null || typeof value === 'boolean') return value;
	if (typeof value === 'number') return validateNumber(value);
	if (typeof value === 'string') return validateText(value);
	if (Array.isArray(value)) {
		for (const item of value) validateJson(item, depth + 1);
		return value;
	}
	if (isPlainObject(value)) {
		for (const key of Object.keys(value)) {
			validateText(key);
			validateJson(value[key], depth + 1);
		}
		return value as { readonly [key: string]: JsonValue };
	}
	throw invalidValueError('A JSON value must be made of objects, lists, strings, numbers, booleans and null only.');
}

/** Not a Date, Map or class instance, which JSON would turn into something else. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}
