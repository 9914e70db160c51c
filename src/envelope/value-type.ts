import { FirmsealError } from '../errors.ts';

export type ScalarType = 'String' | 'ID' | 'Enum' | 'Int' | 'Float' | 'Boolean' | 'DateTime' | 'Decimal' | 'JSON';

/** `[X]` is a list of X whose items may be null. */
export type ValueType = ScalarType | `[${ScalarType}]`;

type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** How to write and read values of one type. FORMAT.md section 5. */
export interface ValueRule {
	/** True for UTF-8 text (type byte 0x01), false for JSON (0x02). */
	readonly text: boolean;
	/** The value to write. Throws BAD_USER_INPUT for a value that is not of the type. */
	validate(value: unknown): JsonValue;
	/** Whether parsed JSON is a value of the type. */
	isCanonical(value: unknown): boolean;
}

const text: ValueRule = { text: true, validate: validateText, isCanonical: (value) => typeof value === 'string' };

const scalars: Record<ScalarType, ValueRule> = {
	String: text,
	ID: text,
	Enum: text,
	Int: {
		text: false,
		validate(value) {
			if (!isInt(value)) throw invalidValueError('An Int must be an integer from -2147483648 to 2147483647.');
			return value;
		},
		isCanonical: isInt,
	},
	Float: { text: false, validate: validateNumber, isCanonical: Number.isFinite },
	Boolean: {
		text: false,
		validate(value) {
			if (typeof value !== 'boolean') throw invalidValueError('A Boolean must be true or false.');
			return value;
		},
		isCanonical: (value) => typeof value === 'boolean',
	},
	DateTime: { text: false, validate: toDateTime, isCanonical: isDateTime },
	Decimal: {
		text: false,
		validate(value) {
			if (!isDecimal(value))
				throw invalidValueError('A Decimal must be a string of digits such as "-12.50", without exponent.');
			return value;
		},
		isCanonical: isDecimal,
	},
	JSON: {
		text: false,
		validate(value) {
			if (value === null) throw invalidValueError('A null is not sealed: store SQL NULL.');
			return validateJson(value);
		},
		isCanonical: (value) => value !== null,
	},
};

function listOf(item: ValueRule): ValueRule {
	return {
		text: false,
		validate(value) {
			if (!Array.isArray(value)) throw invalidValueError('A list must be given as an array.');
			return Array.from(value, (each: unknown) => (each === null ? null : item.validate(each)));
		},
		isCanonical: (value) => Array.isArray(value) && value.every((each) => each === null || item.isCanonical(each)),
	};
}

const rules = new Map<string, ValueRule>(
	Object.entries(scalars).flatMap(([type, rule]) => [
		[type, rule],
		[`[${type}]`, listOf(rule)],
	]),
);

/** Throws RangeError for a type that version 1 of the format cannot seal. */
export function valueRuleOf(type: ValueType): ValueRule {
	const rule = rules.get(type);
	if (rule === undefined) throw new RangeError('This type has no sealed form.');
	return rule;
}

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;

function isInt(value: unknown): value is number {
	return typeof value === 'number' && value === (value | 0);
}

function isDecimal(value: unknown): value is string {
	return typeof value === 'string' && DECIMAL.test(value);
}

/** Deeper values, which include cycles, would overflow the stack of the JSON writers and readers that process the value later. */
const MAX_JSON_DEPTH = 128;

/** Throws BAD_USER_INPUT unless `value` is a string that PostgreSQL and UTF-8 can both hold. */
function validateText(value: unknown): string {
	if (typeof value !== 'string') throw invalidValueError('A text must be given as a string.');
	if (!value.isWellFormed()) throw invalidValueError('A text must be well-formed Unicode: remove the lone surrogate.');
	if (value.includes('\0')) throw invalidValueError('A text must not contain the character U+0000: remove it.');
	return value;
}

/** Throws BAD_USER_INPUT for a number that is not finite, and for an integer beyond 2^53 - 1, which may be rounded already. */
function validateNumber(value: unknown): number {
	if (typeof value !== 'number' || !Number.isFinite(value)) throw invalidValueError('A number must be finite.');
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw invalidValueError('An integer must be within 2^53 - 1: give a larger one as a string.');
	}
	return value;
}

/** Throws BAD_USER_INPUT unless `value`, including everything in it, is the same after a round trip through JSON. */
function validateJson(value: unknown, depth = 0): JsonValue {
	if (depth > MAX_JSON_DEPTH) throw invalidValueError('A JSON value must be nested at most 128 levels deep.');
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

/** False for a Date, Map or class instance, which JSON would change. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const CANONICAL_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const NOT_AN_INSTANT =
	'A DateTime must be a date of the calendar in the years 0 to 9999, as a Date or an RFC 3339 text with at most milliseconds.';

/** YYYY-MM-DDTHH:mm:ss.sssZ of an existing instant. */
function isDateTime(value: unknown): value is string {
	if (typeof value !== 'string' || !CANONICAL_INSTANT.test(value)) return false;
	const date = new Date(value);
	return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}

/**
 * The instant as YYYY-MM-DDTHH:mm:ss.sssZ. Throws BAD_USER_INPUT for a value that this form would change: the 30th of February, which a
 * Date moves to March, a fraction finer than a millisecond, a year of five digits.
 */
function toDateTime(value: unknown): string {
	const date = value instanceof Date ? value : parseInstant(value);
	if (Number.isNaN(date.getTime())) throw invalidValueError(NOT_AN_INSTANT);
	const text = date.toISOString();
	if (!CANONICAL_INSTANT.test(text)) throw invalidValueError(NOT_AN_INSTANT);
	return text;
}

function parseInstant(value: unknown): Date {
	const day = typeof value === 'string' ? RFC_3339.exec(value)?.[1] : undefined;
	if (day === undefined || !isDateTime(`${day}T00:00:00.000Z`)) throw invalidValueError(NOT_AN_INSTANT);
	return new Date(value as string);
}

/** The sentence must not contain the value. */
function invalidValueError(sentence: string): FirmsealError {
	return new FirmsealError('BAD_USER_INPUT', sentence);
}
