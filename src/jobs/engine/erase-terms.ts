import type { ErasableType, ErasureTarget, JobRow } from '../../database/index.ts';
import { ERASABLE_TYPES } from '../../database/index.ts';

/** What is asked for beside what goes. */
export interface EraseTerms {
	/** Days between asking and beginning; 0 to 365. */
	readonly days: number;
	/** Days for which the wrapping key waits for its deletion, 7 to 30. */
	readonly keyDays: number;
	/** Nothing is erased before it. */
	readonly notBefore: Date;
}

export const MAX_WAIT_DAYS = 365;
export const KEY_DELETION_DAYS = { least: 7, most: 30 } as const;

const DAY = 86_400_000;

/** Milliseconds after which an erasure that has not begun is to be asked for again: an old row would else be worth something for ever. */
const STALE = 30 * DAY;

/** The terms as a job has them: one text for the same terms. */
export const writeEraseTerms = ({ days, keyDays, notBefore }: EraseTerms): string =>
	JSON.stringify({ days, keyDays, notBefore: notBefore.toISOString() });

/** From now on so many days. */
export const eraseTermsFrom = (now: Date, days: number, keyDays: number): EraseTerms => ({
	days,
	keyDays,
	notBefore: new Date(now.getTime() + days * DAY),
});

const isWhole = (number: number, least: number, most: number) =>
	Number.isSafeInteger(number) && number >= least && number <= most;

/** null: these are none. */
export function readEraseTerms(text: string | null): EraseTerms | null {
	if (text === null) return null;
	try {
		const { days, keyDays, notBefore } = JSON.parse(text) as Record<string, unknown>;
		const read = { days: Number(days), keyDays: Number(keyDays), notBefore: new Date(String(notBefore)) };
		const isWithin =
			isWhole(read.days, 0, MAX_WAIT_DAYS) && isWhole(read.keyDays, KEY_DELETION_DAYS.least, KEY_DELETION_DAYS.most);
		// Whatever else the text might say, it is not what is written for these.
		return isWithin && writeEraseTerms(read) === text ? read : null;
	} catch {
		return null;
	}
}

/** Until when an erasure may begin; null: these are no terms. */
export function expiryOfEraseTerms(terms: string | null): Date | null {
	const read = readEraseTerms(terms);
	return read && new Date(read.notBefore.getTime() + STALE);
}

/** Whether a job's terms are such, and still good. */
export function areEraseTermsValid({ terms }: Pick<JobRow, 'terms'>): boolean {
	const end = expiryOfEraseTerms(terms);
	return end !== null && Date.now() < end.getTime();
}

/** Seconds for which a job waits before anybody begins it, by this process's clock. */
export function secondsUntilDue({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): number {
	if (kind !== 'ERASE') return 0;
	const read = readEraseTerms(terms);
	return read === null ? 0 : Math.max(0, (read.notBefore.getTime() - Date.now()) / 1_000);
}

const SUBJECT = /^([A-Za-z]{2,40})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What a job, an erasure record or a hold is about; null: nothing that can be erased. */
export function erasureTargetOf({ firmId: firm, subject }: Pick<JobRow, 'firmId' | 'subject'>): ErasureTarget | null {
	if (subject === null) return { firm, type: 'Firm', id: firm };
	const [, name, id] = SUBJECT.exec(subject) ?? [];
	const type = ERASABLE_TYPES.find((each): each is ErasableType => each === name && each !== 'Firm');
	return type && id ? { firm, type, id } : null;
}

/** The other way: null for the firm itself. */
export const erasureSubjectOf = ({ type, id }: ErasureTarget): string | null =>
	type === 'Firm' ? null : `${type}.${id}`;
