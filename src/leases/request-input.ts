import {
	CONTENT_CLASSES,
	type ContentClass,
	fitsDisplay,
	hasNoHiddenCharacters,
	LEASE_PURPOSES,
	type LeasePurpose,
} from '../access/index.ts';
import type { FirmOwnedTable } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/** A request for a lease. What is left out or null is not restricted. */
export interface LeaseRequestInput {
	readonly firmId: string;
	readonly purpose: LeasePurpose;
	readonly reason: string;
	readonly ticket: string;
	readonly classes: readonly ContentClass[];
	/** `Type.field` */
	readonly coordinates?: readonly string[] | null | undefined;
	readonly recordIds?: readonly string[] | null | undefined;
	readonly readBudget?: number | null | undefined;
	readonly minutes?: number | null | undefined;
}

/** A type with content: its class, its encrypted coordinates, and its table. */
export interface EncryptedType {
	readonly class: ContentClass;
	readonly coordinates: readonly string[];
	readonly table: FirmOwnedTable;
}

export const DEFAULT_MINUTES = 30;
export const MAX_MINUTES = 240;
const REASON = { least: 30, most: 2000 } as const;
export const MAX_COORDINATES = 128;
export const MAX_RECORDS = 1000;
export const MAX_READ_BUDGET = 1_000_000;
/** Most approvals of a lease. The schema promises this limit. */
export const MAX_APPROVALS = 32;
/** Project and number in an issue tracker, such as SUP-1042. */
const TICKET = /^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$/;

/**
 * Validates a request and returns the form that is stored: text trimmed, defaults filled in. `content`: null if the types are not known; then
 * coordinates are not checked against them.
 * @throws FirmsealError BAD_USER_INPUT, with a sentence that contains no value of the request.
 */
export function checkLeaseRequest(input: LeaseRequestInput, content: readonly EncryptedType[] | null) {
	const { classes, coordinates = null, recordIds = null, readBudget = null } = input;
	const minutes = input.minutes ?? DEFAULT_MINUTES;
	const reason = input.reason.trim();
	const length = Array.from(reason).length;
	// Punctuation and symbols alone are not a reason.
	const shown = reason.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
	if (length < REASON.least || shown < REASON.least / 2)
		throw badInputError(
			`The reason must have at least ${REASON.least} characters, at least ${REASON.least / 2} of them letters or digits, because the firm’s owners decide by it.`,
		);
	if (length > REASON.most) throw badInputError(`The reason can have at most ${REASON.most} characters.`);
	checkShown(reason, 'input.reason');
	if (!TICKET.test(input.ticket))
		throw badInputError('The ticket must be a project in capitals, a hyphen and a number, such as SUP-1042.');
	if (!LEASE_PURPOSES.includes(input.purpose))
		throw badInputError(`The purpose must be one of ${LEASE_PURPOSES.join(', ')}.`);
	if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES)
		throw badInputError(`The minutes must be a whole number from 1 to ${MAX_MINUTES}.`);
	if (readBudget !== null && (!Number.isInteger(readBudget) || readBudget < 1 || readBudget > MAX_READ_BUDGET))
		throw badInputError(
			`The read budget must be a whole number from 1 to ${MAX_READ_BUDGET}, or left out for no limit.`,
		);
	checkList('classes', classes, CONTENT_CLASSES.length);
	if (!classes.every((each) => CONTENT_CLASSES.includes(each)))
		throw badInputError(`The classes must be among ${CONTENT_CLASSES.join(', ')}.`);
	if (coordinates) {
		checkList('coordinates', coordinates, MAX_COORDINATES);
		const known = content && new Set(typesInClasses(content, classes).flatMap((type) => type.coordinates));
		if (known && !coordinates.every((each) => known.has(each)))
			throw badInputError(
				'The coordinates must be encrypted fields of the requested classes, such as Note.title for NOTE.',
			);
	}
	if (recordIds) checkList('recordIds', recordIds, MAX_RECORDS);
	return {
		firmId: input.firmId,
		purpose: input.purpose,
		reason,
		ticket: input.ticket,
		classes,
		coordinates,
		recordIds,
		readBudget,
		minutes,
	};
}

/**
 * The reason of an approval or a denial in the form that is stored; null without one.
 * @throws FirmsealError BAD_USER_INPUT, with a sentence that contains nothing of the reason.
 */
export function checkDecisionReason(given: string | null | undefined): string | null {
	if (given === null || given === undefined) return null;
	const reason = given.trim();
	if (reason === '') throw badInputError('The reason is empty: write at least one character, or leave it out.');
	if (Array.from(reason).length > REASON.most)
		throw badInputError(`The reason can have at most ${REASON.most} characters.`);
	checkShown(reason, 'reason');
	return reason;
}

/** Others decide by the text, so it must show everything it contains. @throws FirmsealError BAD_USER_INPUT */
function checkShown(text: string, argument: string): void {
	if (!hasNoHiddenCharacters(text, 'LINES'))
		throw badInputError(
			`The argument ${argument} has characters that are invisible or change how the text looks: leave out control characters, direction marks and zero-width characters.`,
		);
	if (!fitsDisplay(text))
		throw badInputError(
			`The argument ${argument} takes too much space: use at most 40 lines, not more than one empty line and not more than eight spaces in a row.`,
		);
}

export type CheckedLeaseRequest = ReturnType<typeof checkLeaseRequest>;

export const typesInClasses = (content: readonly EncryptedType[], classes: readonly ContentClass[]) =>
	content.filter((type) => classes.includes(type.class));

/** Refuses an empty list, which must never be taken for no restriction. */
function checkList(name: string, list: readonly string[], most: number): void {
	if (list.length === 0)
		throw badInputError(
			`The list ${name} is empty: name at least one${name === 'classes' ? '' : ', or leave it out for all'}.`,
		);
	if (list.length > most) throw badInputError(`The list ${name} can have at most ${most} items: name fewer.`);
	if (new Set(list).size !== list.length)
		throw badInputError(`The list ${name} contains an item twice: name each item once.`);
}

const badInputError = (sentence: string) => new FirmsealError('BAD_USER_INPUT', sentence);
