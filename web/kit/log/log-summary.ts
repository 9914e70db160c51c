import type { KeptAlarm, KeptLog } from './kept-log.ts';
import type { LogFlaw } from './log-records.ts';

/** What the page shows of a log that this browser keeps. */
export interface LogSummary {
	readonly origin: string;
	/** When this browser saw the log for the first time. */
	readonly since: string;
	readonly vkeys: readonly string[];
	readonly head: { readonly size: number; readonly root: string; readonly note: string; readonly createdAt: string };
	readonly history: readonly { readonly size: number; readonly at: string }[];
	/** Earlier alarms in this browser. */
	readonly alarms: readonly KeptAlarm[];
	/** What the verified entries say; null before any are verified. `head` may already have more. */
	readonly entries: {
		readonly size: number;
		/** Entries by day (UTC). */
		readonly days: readonly (readonly [day: string, count: number])[];
		/** The leases that the log names, with the times of the openings under each in milliseconds. */
		readonly leases: readonly (readonly [id: string, openings: readonly number[]])[];
		/** Indexes of entries by which the platform opened content without a lease. */
		readonly withoutLease: readonly number[];
		readonly flaws: readonly LogFlaw[];
	} | null;
}

export const summaryOf = ({ origin, since, vkeys, head, history, alarms, verified }: KeptLog): LogSummary => ({
	origin,
	since,
	vkeys,
	head: { ...head, root: btoa(String.fromCharCode(...head.root)) },
	history,
	alarms,
	entries: verified && {
		size: verified.size,
		days: [...verified.records.days],
		leases: Array.from(verified.records.leases, ([id, { times }]) => [id, times] as const),
		withoutLease: verified.records.withoutLease,
		flaws: verified.records.flaws,
	},
});
