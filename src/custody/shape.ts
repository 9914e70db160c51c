import { isUuid } from '../envelope/index.ts';
import { utf8 } from './bytes.ts';

/** Whether an untrusted value has a form. The checks are small functions and no library, because browsers load them. */
export type Shape<T> = (value: unknown) => value is T;
/** The type of what a shape accepts. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type ShapedMembers<M extends Members> = { readonly [K in keyof M]: Shaped<M[K]> };

export const isPlainObject: Shape<Readonly<Record<string, unknown>>> = (
	value,
): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with exactly these keys. */
export function shapeOf<M extends Members>(members: M): Shape<ShapedMembers<M>> {
	const count = Object.keys(members).length;
	return (value): value is ShapedMembers<M> =>
		isPlainObject(value) &&
		Object.keys(value).length === count &&
		Object.entries(members).every(([key, shape]) => Object.hasOwn(value, key) && shape(value[key]));
}

/** An object with any keys. */
export const mapOf =
	<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> =>
	(value): value is Readonly<Record<string, T>> =>
		isPlainObject(value) && Object.values(value).every((each) => item(each));

/** An array of `min` to `max` items. */
export function listOf<T>(item: Shape<T>, min: number, max: number): Shape<readonly T[]> {
	return (value): value is readonly T[] =>
		Array.isArray(value) && value.length >= min && value.length <= max && value.every((each) => item(each));
}

/** listOf() of ASCII texts, ascending: none stands twice. */
export function ascendingOf(item: Shape<string>, min: number, max: number): Shape<readonly string[]> {
	const list = listOf(item, min, max);
	return (value): value is readonly string[] => list(value) && isAscending(value);
}

export const eitherOf =
	<T, U>(one: Shape<T>, other: Shape<U>): Shape<T | U> =>
	(value): value is T | U =>
		one(value) || other(value);

/** One of a few constants. */
export const oneOf =
	<const T extends string | number | null>(...values: readonly T[]): Shape<T> =>
	(value): value is T =>
		values.includes(value as T);

const matching =
	(pattern: RegExp): Shape<string> =>
	(value): value is string =>
		typeof value === 'string' && pattern.test(value);

/** Items in the order of their UTF-16 code units, which for ASCII is that of their bytes. */
export const isAscending = (items: readonly string[]): boolean =>
	items.every((item, at) => at === 0 || (items[at - 1] as string) < item);

const integerIn =
	(min: number, max: number): Shape<number> =>
	(value): value is number =>
		Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

export const integerUpTo = (max: number): Shape<number> => integerIn(0, max);

/** Canonical base64 of exactly `length` bytes. A pattern, because a firm's page checks thousands that it never decodes. */
export function base64Of(length: number): Shape<string> {
	const end = ['', '[A-Za-z0-9+/][AQgw]==', '[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]='][length % 3];
	return matching(new RegExp(`^[A-Za-z0-9+/]{${4 * Math.floor(length / 3)}}${end}$`));
}

/** A well-formed text of at most `max` bytes in UTF-8. */
export const textUpTo =
	(max: number): Shape<string> =>
	(value): value is string =>
		typeof value === 'string' && value.length <= max && value.isWellFormed() && utf8(value).length <= max;

export const text: Shape<string> = (value): value is string => typeof value === 'string';
export const uuid: Shape<string> = (value): value is string => typeof value === 'string' && isUuid(value);
/** 32 bytes in hexadecimal: a hash or a device id. */
export const hash = matching(/^[0-9a-f]{64}$/);
/** Limits of FORMAT.md, sections 4 and 5. */
const MAX_SEQ = 2 ** 32 - 1;
export const MAX_VERSION = 2 ** 31 - 1;
/** Of a data key in custody of the firm. */
export const version = integerIn(1, MAX_VERSION);
export const revision = integerIn(1, Number.MAX_SAFE_INTEGER);
/** The number of an entry. */
export const seq = integerUpTo(MAX_SEQ);
export const className = matching(/^[A-Z][A-Z0-9_]{0,31}$/);
export const tableName = matching(/^(?!messages$)[A-Za-z_][A-Za-z0-9_]{0,62}$/);
/** As in src/audit/FORMAT.md: the first part of each origin of an installation. */
export const installationName = matching(/^[a-z0-9][a-z0-9.-]{0,99}$/);

/** A time that exists, in UTC with milliseconds. */
export const time: Shape<string> = (value): value is string => {
	if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
	const at = new Date(value);
	return !Number.isNaN(at.getTime()) && at.toISOString() === value;
};
