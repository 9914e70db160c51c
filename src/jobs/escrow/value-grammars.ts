import { isUuid } from '../../envelope/index.ts';

/** Grammars of FORMAT.md, "Values". All of it is printable ASCII, so that canonical JSON has one form in every language. */
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

/** null unless it is UTC with milliseconds, of a day that exists. */
export function parseTime(value: unknown): Date | null {
	if (!isText(value, TIME)) return null;
	const time = new Date(value);
	return isTime(time) && time.toISOString() === value ? time : null;
}

/** Whether `time` is one that parseTime() reads again. */
export const isTime = (time: Date): boolean => !Number.isNaN(time.getTime()) && TIME.test(time.toISOString());
