import type { AlarmKind } from './alarm.ts';
import type { LogSummary } from './log-summary.ts';

/** How far the check of a log is. */
export type LogPhase =
	/** Another tab of this browser checks the log. */
	| 'WAITING'
	/** The newest signed state is fetched and compared with what this browser keeps. */
	| 'PROVING'
	/** The signed state continues what this browser keeps; the new entries are read. */
	| 'ENTRIES'
	| 'RIGHT'
	| 'ALARM'
	/** The log was not checked: nothing is known. */
	| 'FAILED'
	/** Nothing is published yet. */
	| 'NO_LOG';

export interface LogView {
	readonly phase: LogPhase;
	/** What this browser keeps; null at first. */
	readonly summary: LogSummary | null;
	/** Whether this browser sees the log for the first time. */
	readonly isFirst: boolean;
	/** Whether this browser keeps anything until the next visit. */
	readonly keeps: boolean;
	readonly progress: { readonly done: number; readonly total: number };
	readonly alarm: { readonly kind: AlarmKind; readonly why: string } | null;
	readonly error: unknown;
	/** Keys that the server offers and this browser does not trust. */
	readonly otherKeys: readonly string[];
	/** When the platform has signed any state of its logs last, as the server says; null before the first. */
	readonly newestAt: string | null;
	/** When the check ended, in milliseconds since 1970; null while it runs. */
	readonly checkedAt: number | null;
}

export const FIRST_VIEW: LogView = {
	phase: 'PROVING',
	summary: null,
	isFirst: false,
	keeps: true,
	progress: { done: 0, total: 0 },
	alarm: null,
	error: null,
	otherKeys: [],
	newestAt: null,
	checkedAt: null,
};
