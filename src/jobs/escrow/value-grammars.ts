import { isUuid } from '../../envelope/index.ts';

/** Grammars of FORMAT.md, "Conventions". All values are printable ASCII, so that canonical JSON has one form in every language. */
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const INSTALLATION = /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/;
const KEY_CLASS = /^[A-Z][A-Z0-9_]{0,31}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID7 = /^.{14}7.{4}[89ab]/;

const LARGEST_VERSION = 0xffff_ffff;

const isText = (value: unknown, form: RegExp): value is string => typeof value === 'string' && form.test(value);

export const isName = (value: unknown): value is string => isText(value, NAME);
export const isInstallation = (value: unknown): value is string => isText(value, INSTALLATION);
export const isKeyClass = (value: unknown): value is string => isText(value, KEY_CLASS);
export const isDigest = (value: unknown): value is string => isText(value, DIGEST);
export const isFirm = (value: unknown): value is string => typeof value === 'string' && isUuid(value);
export const isEscrowId = (value: unknown): value is string => isFirm(value) && UUID7.test(value);

export function isWhole(value: unknown, from: number, to: number): value is number {
	return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
}

export const isVersion = (value: unknown): value is number => isWhole(value, 1, LARGEST_VERSION);

/** null unless the value is UTC with milliseconds, on a day that exists. */
export function parseTime(value: unknown): Date | null {
	if (!isText(value, TIME)) return null;
	const time = new Date(value);
	return isTime(time) && time.toISOString() === value ? time : null;
}

/** True if parseTime() can read the text of `time`. */
export const isTime = (time: Date): boolean => !Number.isNaN(time.getTime()) && TIME.test(time.toISOString());

/** Standard base64 (RFC 4648 section 4) with padding. */
export function encodeBase64(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/**
 * The `length` bytes that `text` encodes; null for another length, and for any form other than that of encodeBase64(). The bytes have their
 * own memory, so that overwriting them leaves no copy in a buffer that Node shares.
 */
export function decodeBase64(text: unknown, length: number): Uint8Array | null {
	if (typeof text !== 'string' || text.length !== Math.ceil(length / 3) * 4) return null;
	const bytes = new Uint8Array(length);
	const isExact = Buffer.from(bytes.buffer).write(text, 'base64') === length && encodeBase64(bytes) === text;
	if (isExact) return bytes;
	bytes.fill(0);
	return null;
}
