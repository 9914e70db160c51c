import { extendKeyLog, type KeyLog, KeyLogError, readEntry } from '../../custody/index.ts';
import {
	type ContentColumns,
	type Plane,
	selectKeyLogHash,
	selectKeyLogTexts,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';

/** The verified key logs of firms. */
export interface KeyLogs {
	/** The installation's name, as the log's origin has it. */
	readonly installation: string;
	/** The tables of a content class; empty for any other name. */
	readonly tablesOf: (className: string) => readonly ContentColumns[];
	/** Every content class. */
	readonly classes: readonly string[];
	/** The firm's log as it is now; null before its first entry. @throws ForgedLogError */
	read(firm: string): Promise<KeyLog | null>;
	/** The same, in a transaction of the firm. */
	readIn(tx: Transaction, firm: string): Promise<KeyLog | null>;
	/** Keeps a log whose entries are committed, so that they need not be verified again. */
	remember(log: KeyLog): void;
}

export interface KeyLogsOptions {
	readonly plane: Plane;
	readonly installation: string;
	/** SQL names of the tables with content, by class. */
	readonly tables: Readonly<Record<string, readonly ContentColumns[]>>;
}

/** Logs in memory at once. A log has about a kilobyte for each entry. */
const MAX_LOGS = 200;
/** Entries read at once, of at most 64 KiB each. */
const PAGE = 100;

/** Each log is verified once in this process and then extended by the entries that were appended since. */
export function createKeyLogs({ plane, installation, tables }: KeyLogsOptions): KeyLogs {
	const known = new Map<string, KeyLog>();

	function remember(log: KeyLog): void {
		known.delete(log.firm);
		known.set(log.firm, log);
		const [oldest] = known.keys();
		if (known.size > MAX_LOGS && oldest !== undefined) known.delete(oldest);
	}

	async function readIn(tx: Transaction, firm: string): Promise<KeyLog | null> {
		let log = known.get(firm) ?? null;
		// A database that was restored from a backup may hold another log, or a shorter one.
		if (log && (await selectKeyLogHash(tx, firm, log.size - 1)) !== log.head) log = null;
		for (;;) {
			const texts = await selectKeyLogTexts(tx, firm, log?.size ?? 0, PAGE);
			for (const text of texts) log = await extended(log, text);
			if (texts.length < PAGE) break;
		}
		if (log) remember(log);
		else known.delete(firm);
		return log;
	}

	return {
		installation,
		tablesOf: (className) => (Object.hasOwn(tables, className) ? (tables[className] ?? []) : []),
		classes: Object.keys(tables),
		read: (firm) => plane.read(firm, (tx) => readIn(tx, firm)),
		readIn,
		remember,
	};
}

/** An entry in the database breaks a rule, although each is checked before it is stored. */
export class ForgedLogError extends FirmsealError {
	constructor(seq: number) {
		super(
			'FORBIDDEN',
			`Entry ${seq} of the firm’s key log was written outside Firmseal, so nothing can be appended: ask the platform to find out how it got there.`,
		);
	}
}

/** An entry in the database was checked before it was stored, so one that breaks a rule was written by SQL. */
async function extended(log: KeyLog | null, text: string): Promise<KeyLog> {
	try {
		return await extendKeyLog(log, await readEntry(text));
	} catch (error) {
		if (!(error instanceof KeyLogError)) throw error;
		throw new ForgedLogError(log?.size ?? 0);
	}
}
