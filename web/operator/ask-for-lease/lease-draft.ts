import { hasNoHiddenCharacters } from '../../../src/access/visible-text.ts';
import type { ContentClass, LeasePurpose, RequestBreakGlassInput } from '../../kit/api/operator.generated.ts';
import {
	CONTENT_CLASSES,
	type ContentType,
	type Coordinate,
	classOf,
	fieldsOfClass,
	typeOf,
} from '../content/content-fields.ts';
import type { Scope } from '../content/coverage.ts';

/** A record on the screen for which a lease can be asked. A thread stands for its messages: it has no content itself. */
export interface PickedRecord {
	readonly type: ContentType | 'Thread';
	readonly id: string;
	/** What the person recognizes it by: metadata, never content. */
	readonly name: string;
}

/** What the screen proposes to ask for. */
export interface Proposal {
	readonly fields: readonly Coordinate[];
	/** Null: every record of the firm. */
	readonly records: readonly PickedRecord[] | null;
}

export interface LeaseDraft {
	readonly fields: readonly Coordinate[];
	readonly records: readonly PickedRecord[] | null;
	readonly purpose: LeasePurpose | '';
	readonly reason: string;
	readonly ticket: string;
	/** As typed; empty for no limit. */
	readonly budget: string;
	readonly minutes: string;
}

/** What the API requires of a request: src/leases/request-input.ts. */
export const REASON = { least: 30, most: 2000 } as const;
export const MOST_MINUTES = 240;
export const MOST_RECORDS = 1000;
const MOST_BUDGET = 1_000_000;
const TICKET = /^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$/;

/** Each by the name that others see later, and what it means. */
export const PURPOSES: Readonly<Record<LeasePurpose, string>> = {
	CUSTOMER_SUPPORT: 'Customer support: the firm asked for help',
	INCIDENT: 'Incident: something is broken',
	LEGAL_PROCESS: 'Legal process: a court or an authority demands it',
	SECURITY_REVIEW: 'Security review of the platform',
};

export const lengthOf = (reason: string): number => Array.from(reason.trim()).length;

/** The records whose type has a field in the draft: the API refuses others. */
export const recordsInScope = ({ fields, records }: Pick<LeaseDraft, 'fields' | 'records'>) => {
	const types = new Set<string>(fields.map(typeOf));
	return records?.filter(({ type }) => types.has(type)) ?? null;
};

/** All fields of the classes are asked for as such, so that the request says it in one word. */
export function scopeOf(draft: Pick<LeaseDraft, 'fields' | 'records'>): Scope {
	const classes: ContentClass[] = CONTENT_CLASSES.filter((each) =>
		draft.fields.some((field) => classOf(field) === each),
	);
	const isAll = classes.flatMap(fieldsOfClass).every((field) => draft.fields.includes(field));
	return {
		classes,
		coordinates: isAll ? null : draft.fields,
		recordIds: recordsInScope(draft)?.map(({ id }) => id) ?? null,
	};
}

/** Enough to open each value twice; for every record of the firm there is no such number. */
export function proposedBudget(draft: Pick<LeaseDraft, 'fields' | 'records'>): string {
	if (draft.records === null) return '50';
	const values = draft.records.reduce(
		(sum, { type }) => sum + draft.fields.filter((field) => typeOf(field) === type).length,
		0,
	);
	return String(Math.min(MOST_BUDGET, Math.max(1, values * 2)));
}

/** What is wrong with each part of the draft, in words. Empty if it can be sent. */
export function faultsOf(draft: LeaseDraft): Partial<Record<keyof LeaseDraft, string>> {
	const records = recordsInScope(draft);
	const faults: Partial<Record<keyof LeaseDraft, string>> = {};
	if (draft.fields.length === 0) faults.fields = 'Choose at least one field.';
	if (records?.length === 0) faults.records = 'None of the records has a field that you ask for.';
	if (records !== null && records.length > MOST_RECORDS)
		faults.records = `A lease names at most ${MOST_RECORDS} records: remove some.`;
	if (draft.purpose === '') faults.purpose = 'Choose the purpose.';
	if (!TICKET.test(draft.ticket.trim())) faults.ticket = 'Give the ticket as a project and a number, such as SUP-1042.';
	const reason = reasonFault(draft.reason);
	if (reason !== null) faults.reason = reason;
	if (draft.budget.trim() !== '' && !isWhole(draft.budget, MOST_BUDGET))
		faults.budget = 'Give a whole number from 1 to 1,000,000, or leave it empty for no limit.';
	if (!isWhole(draft.minutes, MOST_MINUTES)) faults.minutes = `Give a whole number from 1 to ${MOST_MINUTES}.`;
	return faults;
}

function reasonFault(reason: string): string | null {
	const length = lengthOf(reason);
	const shown = reason.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
	if (length < REASON.least) return `${REASON.least - length} more characters: the firm’s owners decide by this text.`;
	if (shown < REASON.least / 2) return 'Say it in words: the firm’s owners decide by this text.';
	if (length > REASON.most) return `${length - REASON.most} characters too many.`;
	return hasNoHiddenCharacters(reason.trim(), 'LINES')
		? null
		: 'The text has invisible characters, which the API refuses: type it again, without pasting.';
}

const isWhole = (text: string, most: number): boolean =>
	/^[0-9]{1,7}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;

/** Call only for a draft without faults. */
export function inputOf(draft: LeaseDraft, firmId: string): RequestBreakGlassInput {
	return {
		...scopeOf(draft),
		firmId,
		purpose: draft.purpose as LeasePurpose,
		reason: draft.reason.trim(),
		ticket: draft.ticket.trim(),
		readBudget: draft.budget.trim() === '' ? null : Number(draft.budget),
		minutes: Number(draft.minutes),
	};
}
