import { invalidValueError } from './invalid-value-error.ts';

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const SENTENCE =
	'A DateTime must be a date of the calendar in the years 0 to 9999, as a Date or an RFC 3339 text with at most milliseconds.';

/** YYYY-MM-DDTHH:mm:ss.sssZ of an existing instant. */
export function isDateTime(value: unknown): value is string {
	if (typeof value !== 'string' || !CANONICAL.test(value)) return false;
	const date = new Date(value);
	return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}

/**
 * The instant as YYYY-MM-DDTHH:mm:ss.sssZ. Throws BAD_USER_INPUT for what would not survive: the 30th of February,
 * which a Date moves to March, a fraction finer than a millisecond, a year of five digits.
 */
export function toDateTime(value: unknown): string {
	const date = value instanceof Date ? value : parse(value);
	if (Number.isNaN(date.getTime())) throw invalidValueError(SENTENCE);
	const text = date.toISOString();
	if (!CANONICAL.test(text)) throw invalidValueError(SENTENCE);
	return text;
}

function parse(value: unknown): Date {
	const day = typeof value === 'string' ? RFC_3339.exec(value)?.[1] : undefined;
	if (day === undefined || !isDateTime(`${day}T00:00:00.000Z`)) throw invalidValueError(SENTENCE);
	return new Date(value as string);
}
