import { minuteOf, momentOf } from '../../../kit/text/local-time.ts';
import type { TimeEntry } from './time-table.tsx';

/** A time entry in its form. */
export type TimeDraft = Readonly<Record<'startedAt' | 'hours' | 'minutes' | 'clientId' | 'description', string>>;

/** Minutes: one day, as the API allows. */
const MOST = 1440;

export const newDraft = (): TimeDraft => ({
	startedAt: minuteOf(new Date().toISOString()),
	hours: '0',
	minutes: '30',
	clientId: '',
	description: '',
});

export const draftOf = (entry: TimeEntry): TimeDraft => ({
	startedAt: minuteOf(entry.startedAt),
	hours: String(Math.floor(entry.minutes / 60)),
	minutes: String(entry.minutes % 60),
	clientId: entry.client?.id ?? '',
	description: entry.description ?? '',
});

/** Null if the two fields are no duration that the API takes. */
function minutesOf({ hours, minutes }: TimeDraft): number | null {
	if (!/^[0-9]{0,2}$/.test(hours) || !/^[0-9]{0,4}$/.test(minutes)) return null;
	const all = Number(hours) * 60 + Number(minutes);
	return all >= 1 && all <= MOST ? all : null;
}

export interface TimeMistakes {
	readonly minutes?: string;
	readonly startedAt?: string;
}

export const mistakesIn = (draft: TimeDraft): TimeMistakes => ({
	...(minutesOf(draft) === null && { minutes: 'Between one minute and one day, in whole minutes.' }),
	...(momentOf(draft.startedAt) === null && { startedAt: 'Say when the work began.' }),
});

/** The fields of a create or an update; null if one of them is wrong. `before`: the entry that is changed. */
export function inputOf(draft: TimeDraft, before: TimeEntry | null) {
	const minutes = minutesOf(draft);
	// A moment that was not changed keeps its seconds.
	const isSame = before !== null && minuteOf(before.startedAt) === draft.startedAt;
	const startedAt = isSame ? before.startedAt : momentOf(draft.startedAt);
	if (minutes === null || startedAt === null) return null;
	return { minutes, startedAt, clientId: draft.clientId || null, description: draft.description || null };
}
