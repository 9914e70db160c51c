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

/** What an operator asks for. What is left out, or null, is as wide as the rest allows. */
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

/** A type with content: its class, its encrypted coordinates, and where its rows are. */
export interface EncryptedType {
	readonly class: ContentClass;
	readonly coordinates: readonly string[];
	readonly table: FirmOwnedTable;
}

/** Minutes of a lease that says none, and at most. */
const DEFAULT_MINUTES = 30;
const MAX_MINUTES = 240;
const REASON = { least: 30, most: 2000 } as const;
const MAX_COORDINATES = 128;
const MAX_RECORDS = 1000;
const MAX_READ_BUDGET = 1_000_000;
/** A tracker's project and number, such as SUP-1042. */
const TICKET = /^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$/;

/**
 * The request as it is stored: text trimmed, nothing left out. `content`: null where it isn't known, and then coordinates may be of any type.
 * @throws FirmsealError BAD_USER_INPUT for anything that isn't of its form, in words that hold no value.
 */
export function checkLeaseRequest(input: LeaseRequestInput, content: readonly EncryptedType[] | null) {
	const { classes, coordinates = null, recordIds = null, readBudget = null } = input;
	const minutes = input.minutes ?? DEFAULT_MINUTES;
	const reason = input.reason.trim();
	const length = Array.from(reason).length;
	// Characters that show nothing give no reason.
	const shown = reason.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
	if (length < REASON.least || shown < REASON.least / 2)
		throw badInputError(
			`Give a reason of at least ${REASON.least} characters, half of them letters or digits: the firm's owners decide by it.`,
		);
	if (length > REASON.most) throw badInputError(`Give a reason of at most ${REASON.most} characters.`);
	if (!hasNoHiddenCharacters(reason, 'LINES'))
		throw badInputError(
			'The argument input.reason holds characters that are not seen or change what is seen: leave out controls, marks of direction and zero-width characters.',
		);
	if (!fitsDisplay(reason))
		throw badInputError(
			'The argument input.reason is spread too far: give at most 40 lines, no two empty ones and no nine blanks in a row.',
		);
	if (!TICKET.test(input.ticket))
		throw badInputError('The ticket must be a project in capitals, a hyphen and a number, such as SUP-1042.');
	if (!LEASE_PURPOSES.includes(input.purpose))
		throw badInputError(`The purpose must be one of ${LEASE_PURPOSES.join(', ')}.`);
	if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES)
		throw badInputError(`The minutes must be a whole number, 1 to ${MAX_MINUTES}.`);
	if (readBudget !== null && (!Number.isInteger(readBudget) || readBudget < 1 || readBudget > MAX_READ_BUDGET))
		throw badInputError(
			`The read budget must be a whole number of values, 1 to ${MAX_READ_BUDGET}, or left out for no limit.`,
		);
	checkList('classes', classes, CONTENT_CLASSES.length);
	if (!classes.every((each) => CONTENT_CLASSES.includes(each)))
		throw badInputError(`The classes must be of ${CONTENT_CLASSES.join(', ')}.`);
	if (coordinates) {
		checkList('coordinates', coordinates, MAX_COORDINATES);
		const known = content && new Set(typesInClasses(content, classes).flatMap((type) => type.coordinates));
		if (known && !coordinates.every((each) => known.has(each)))
			throw badInputError(
				'The coordinates must be encrypted fields of the classes asked for, such as Note.title for NOTE.',
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

/** A request of which checkLeaseRequest says that it may be made. */
export type CheckedLeaseRequest = ReturnType<typeof checkLeaseRequest>;

/** The types whose content is of one of the classes. */
export const typesInClasses = (content: readonly EncryptedType[], classes: readonly ContentClass[]) =>
	content.filter((type) => classes.includes(type.class));

/** An empty list would say nothing, and must never come to mean everything. */
function checkList(name: string, list: readonly string[], most: number): void {
	if (list.length === 0)
		throw badInputError(
			`The list ${name} is empty: name at least one${name === 'classes' ? '' : ', or leave it out for all'}.`,
		);
	if (list.length > most) throw badInputError(`The list ${name} holds more than ${most}: name fewer.`);
	if (new Set(list).size !== list.length)
		throw badInputError(`The list ${name} names something twice: name each once.`);
}

const badInputError = (sentence: string) => new FirmsealError('BAD_USER_INPUT', sentence);
