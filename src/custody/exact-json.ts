import canonicalize from 'canonicalize';
import { isUuid } from '../envelope/index.ts';
import { fromBase64 } from './bytes.ts';

/** Whether an untrusted value is one that the format lists. Small functions and no library, because browsers load them. */
type Check = (value: unknown) => boolean;

/** What each key of an object must be; a key that is not listed is refused, as is the lack of one. */
type Checks<T> = { readonly [K in keyof T]-?: Check };

const MAX_UINT32 = 2 ** 32 - 1;
/** The greatest version of a data key in custody of the firm. FORMAT.md section 4. */
const MAX_VERSION = 2 ** 31 - 1;

/** Canonical JSON (RFC 8785). Throws Error for a lone surrogate. */
export const exactJson = (value: unknown): string => canonicalize(value) as string;

/**
 * The object in `text`, or null unless the text is canonical JSON of an object with exactly the keys of `checks`, whose values pass them.
 * The checks come first, so that the depth is bounded when the text is written again.
 */
export function readExactJson<T extends object>(text: string, checks: Checks<T>): T | null {
	let value: unknown;
	try {
		value = JSON.parse(text);
		return isExact<T>(value, checks) && exactJson(value) === text ? value : null;
	} catch {
		return null;
	}
}

/** Whether a value that was parsed already has exactly these keys. */
export function isExact<T extends object>(value: unknown, checks: Checks<T>): value is T {
	if (!isPlainObject(value)) return false;
	const names = Object.keys(checks) as (keyof T & string)[];
	if (Object.keys(value).length !== names.length) return false;
	return names.every((name) => Object.hasOwn(value, name) && checks[name](value[name]));
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isIntegerIn =
	(min: number, max: number): Check =>
	(value) =>
		Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

export const isOneOf =
	(...values: readonly unknown[]): Check =>
	(value) =>
		values.includes(value);

export const isNullOr =
	(check: Check): Check =>
	(value) =>
		value === null || check(value);

/** Canonical base64 of so many bytes. */
export const isBase64Of =
	(length: number): Check =>
	(value) =>
		typeof value === 'string' && value.length === 4 * Math.ceil(length / 3) && fromBase64(value)?.length === length;

export const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
export const isText: Check = (value) => typeof value === 'string';
export const isId: Check = (value) => typeof value === 'string' && isUuid(value);
export const isVersion: Check = isIntegerIn(1, MAX_VERSION);
export const isGeneration: Check = isIntegerIn(0, MAX_UINT32);
export const isRevision: Check = isIntegerIn(1, Number.MAX_SAFE_INTEGER);
