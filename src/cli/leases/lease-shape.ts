import { isListOf, isObject } from '../call/index.ts';
import type { ApiLease } from './api-lease.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';
const orNull = (isOne: (value: unknown) => boolean) => (value: unknown) => value === null || isOne(value);
const areTexts = (value: unknown): boolean => isListOf(value, isText);
const isPerson = (value: unknown): boolean => isObject(value) && isText(value.name) && isText(value.email);
const isApproval = (value: unknown): boolean =>
	isObject(value) && [value.side, value.userId, value.approvedAt].every(isText) && orNull(isPerson)(value.user ?? null);

/** What stands before the API may answer any JSON. How a text looks is looked at apart from this. */
const SHAPE: { readonly [Name in keyof ApiLease]: (value: unknown) => boolean } = {
	id: isText,
	firmId: isText,
	firm: (value) => isObject(value) && isText(value.slug) && (value.name === undefined || isText(value.name)),
	state: isText,
	purpose: isText,
	reason: orNull(isText),
	ticket: orNull(isText),
	classes: areTexts,
	coordinates: orNull(areTexts),
	recordIds: orNull(areTexts),
	readBudget: orNull(isNumber),
	minutes: isNumber,
	requestHash: isText,
	requestedById: isText,
	requester: orNull(isPerson),
	requestedAt: isText,
	approvals: (value) => isListOf(value, isApproval),
	activatedAt: orNull(isText),
	expiresAt: orNull(isText),
	endedAt: orNull(isText),
	used: (value) => isNumber(value) || isText(value),
	isReviewed: (value) => typeof value === 'boolean',
};
const SHAPE_NAMES = Object.keys(SHAPE) as (keyof ApiLease)[];

/** Whether all is there that a lease has by itself. Each part's shape is looked at by isOfLease(). */
export const isWholeLease = (lease: ApiLease): boolean => SHAPE_NAMES.every((name) => lease[name] !== undefined);

/** Whether it is a lease, or as much of it as an answer has: its firm at least. */
export const isOfLease = (value: unknown): boolean =>
	isObject(value) &&
	value.firm !== undefined &&
	SHAPE_NAMES.every((name) => value[name] === undefined || SHAPE[name](value[name]));
