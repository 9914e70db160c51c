import { isListOf, isObject } from '../call/index.ts';
import type { ApiLease } from './api-lease.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';
const orNull = (isOne: (value: unknown) => boolean) => (value: unknown) => value === null || isOne(value);
const areTexts = (value: unknown): boolean => isListOf(value, isText);
const isPerson = (value: unknown): boolean => isObject(value) && isText(value.name) && isText(value.email);
const isApproval = (value: unknown): boolean =>
	isObject(value) &&
	[value.side, value.userId, value.approvedAt].every(isText) &&
	orNull(isPerson)(value.user ?? null) &&
	orNull(isText)(value.reason ?? null);
const isDenial = (value: unknown): boolean =>
	isObject(value) &&
	isText(value.deniedAt) &&
	[value.side, value.userId, value.reason].every(orNull(isText)) &&
	orNull(isPerson)(value.user ?? null);

/** A proxy before the API can answer any JSON, so each type is checked. assertKnownForms() checks the form of texts. */
const SHAPE: { readonly [Name in keyof ApiLease]-?: (value: unknown) => boolean } = {
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
	denial: (value) => value === null || isDenial(value),
	activatedAt: orNull(isText),
	expiresAt: orNull(isText),
	endedAt: orNull(isText),
	used: (value) => isNumber(value) || isText(value),
	isReviewed: (value) => typeof value === 'boolean',
};
const SHAPE_NAMES = Object.keys(SHAPE) as (keyof ApiLease)[];

/** Whether no property of a lease is missing; only a denied one needs a denial. isOfLease() checks the type of each property. */
export const isWholeLease = (lease: ApiLease): boolean =>
	SHAPE_NAMES.every((name) => name === 'denial' || lease[name] !== undefined);

/** Whether a value is a lease or a part of one: at least its firm. */
export const isOfLease = (value: unknown): boolean =>
	isObject(value) &&
	value.firm !== undefined &&
	SHAPE_NAMES.every((name) => value[name] === undefined || SHAPE[name](value[name]));
