import type { LogSummary } from './log-summary.ts';

/** Why a log is not the one that this browser knows, or is not sound. */
export type AlarmKind =
	/** Signed by none of the keys that this browser keeps, but by another that the server offers. */
	| 'OTHER_KEY'
	/** Not signed as it has to be, or malformed. */
	| 'SIGNATURE'
	/** The tree of another firm or installation. */
	| 'OTHER_TREE'
	/** Fewer entries than this browser has seen. */
	| 'SHORTER'
	/** Not the continuation of what this browser has seen. */
	| 'FORK'
	/** The tree that is the same for everyone does not have the checkpoint. */
	| 'NOT_IN_ROOT'
	/** The entries are not those that were signed. */
	| 'LEAVES';

/** The log does not verify. Its message is for a person. */
export class LogAlarm extends Error {
	readonly kind: AlarmKind;

	constructor(kind: AlarmKind, message: string) {
		super(message);
		this.name = 'LogAlarm';
		this.kind = kind;
	}
}

/** An alarm from the worker, with what this browser keeps. */
export class WorkerAlarm extends LogAlarm {
	readonly summary: LogSummary | null;

	constructor(kind: AlarmKind, why: string, summary: LogSummary | null) {
		super(kind, why);
		this.summary = summary;
	}
}
