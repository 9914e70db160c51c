import type { AlarmKind } from './alarm.ts';
import type { LeaseCheck, ShownLease } from './compare-lease.ts';
import type { LogSummary } from './log-summary.ts';
import type { OfferedLog } from './offered-log.ts';

/** What the page asks of the worker, and what it answers. */
export interface LogTasks {
	/** The kept size, and whether this browser keeps anything. */
	BEGIN: (firm: string) => {
		readonly size: number | null;
		readonly keeps: boolean;
		readonly summary: LogSummary | null;
	};
	ACCEPT: (task: { readonly offered: OfferedLog; readonly trustsOffered: boolean }) => {
		readonly from: number;
		readonly size: number;
		readonly summary: LogSummary | null;
	};
	ADD: (leaves: readonly string[]) => number;
	/** The entry from which to read again; null if all is verified. */
	FINISH: (none: null) => { readonly again: number | null; readonly summary: LogSummary | null };
	/** Keeps an alarm that the page has found itself. */
	KEEP_ALARM: (task: { readonly alarm: AlarmKind; readonly why: string }) => LogSummary | null;
	COMPARE: (task: { readonly shown: ShownLease; readonly size: number }) => LeaseCheck | null;
	BUNDLE_BEGIN: (none: null) => { readonly size: number };
	BUNDLE_ADD: (leaves: readonly string[]) => number;
	BUNDLE_END: (none: null) => { readonly file: Blob } | { readonly refused: string };
}

export type TaskName = keyof LogTasks;
export type TaskInput<Name extends TaskName> = Parameters<LogTasks[Name]>[0];
export type TaskOutput<Name extends TaskName> = ReturnType<LogTasks[Name]>;

/** The worker that checks a log. */
export interface LogWorker {
	/** @throws WorkerAlarm; Error if the check itself failed, or the worker has ended */
	do<Name extends TaskName>(name: Name, input: TaskInput<Name>): Promise<TaskOutput<Name>>;
	/** Unanswered tasks fail, and so do all later ones. */
	end(): void;
}

export interface ToLogWorker {
	readonly id: number;
	readonly name: TaskName;
	readonly input: unknown;
}

export interface FromLogWorker {
	readonly id: number;
	readonly answer:
		| { readonly kind: 'DONE'; readonly output: unknown }
		| { readonly kind: 'ALARM'; readonly alarm: AlarmKind; readonly why: string; readonly summary: LogSummary | null }
		/** The page has a bug, or this browser cannot do it. */
		| { readonly kind: 'FAILED'; readonly why: string };
}
