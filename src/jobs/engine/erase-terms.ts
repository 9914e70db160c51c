import { ERASABLE_TYPES, type ErasableType, type ErasureTarget, type JobRow } from '../../database/index.ts';

export interface EraseTerms {
	/** Days between the request and the start; 0 to 365. */
	readonly days: number;
	/** Days until the wrapping key is deleted; 7 to 30. */
	readonly keyDays: number;
	/** Nothing is erased before this time. */
	readonly notBefore: Date;
}

export const MAX_WAIT_DAYS = 365;
export const KEY_DELETION_DAYS = { least: 7, most: 30 } as const;

const DAY = 86_400_000;

/** Milliseconds after `notBefore` when an erasure that hasn't begun expires. Otherwise an old row could be used forever. */
const STALE = 30 * DAY;

/** The text of the terms in a job's row. Equal terms give equal text. */
export const writeEraseTerms = ({ days, keyDays, notBefore }: EraseTerms): string =>
	JSON.stringify({ days, keyDays, notBefore: notBefore.toISOString() });

/** Terms of an erasure that begins `days` after `now`. */
export const eraseTermsFrom = (now: Date, days: number, keyDays: number): EraseTerms => ({
	days,
	keyDays,
	notBefore: new Date(now.getTime() + days * DAY),
});

const isWhole = (number: number, least: number, most: number) =>
	Number.isSafeInteger(number) && number >= least && number <= most;

/** null if the text is not the canonical form of valid terms. */
export function readEraseTerms(text: string | null): EraseTerms | null {
	if (text === null) return null;
	try {
		const { days, keyDays, notBefore } = JSON.parse(text) as Record<string, unknown>;
		const read = { days: Number(days), keyDays: Number(keyDays), notBefore: new Date(String(notBefore)) };
		const isWithin =
			isWhole(read.days, 0, MAX_WAIT_DAYS) && isWhole(read.keyDays, KEY_DELETION_DAYS.least, KEY_DELETION_DAYS.most);
		// Another text for the same values is refused.
		return isWithin && writeEraseTerms(read) === text ? read : null;
	} catch {
		return null;
	}
}

/** The time until which an erasure may begin; null if the terms are invalid. */
export function expiryOfEraseTerms(terms: string | null): Date | null {
	const read = readEraseTerms(terms);
	return read && new Date(read.notBefore.getTime() + STALE);
}

/** True if a job's terms are valid and not expired. */
export function areEraseTermsValid({ terms }: Pick<JobRow, 'terms'>): boolean {
	const end = expiryOfEraseTerms(terms);
	return end !== null && Date.now() < end.getTime();
}

/** Seconds until a job may begin, by the clock of this process. */
export function secondsUntilDue({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): number {
	if (kind !== 'ERASE') return 0;
	const read = readEraseTerms(terms);
	return read === null ? 0 : Math.max(0, (read.notBefore.getTime() - Date.now()) / 1_000);
}

const SUBJECT = /^([A-Za-z]{2,40})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The subject of a job, an erasure record or a hold; null if it is not erasable. */
export function erasureTargetOf({ firmId: firm, subject }: Pick<JobRow, 'firmId' | 'subject'>): ErasureTarget | null {
	if (subject === null) return { firm, type: 'Firm', id: firm };
	const [, name, id] = SUBJECT.exec(subject) ?? [];
	const type = ERASABLE_TYPES.find((each): each is ErasableType => each === name && each !== 'Firm');
	return type && id ? { firm, type, id } : null;
}

/** The inverse of erasureTargetOf(): null for the firm itself. */
export const erasureSubjectOf = ({ type, id }: ErasureTarget): string | null =>
	type === 'Firm' ? null : `${type}.${id}`;
