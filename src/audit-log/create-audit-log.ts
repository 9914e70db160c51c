import { v7 } from 'uuid';
import { type AuditLog, chunkDraft, type EntryDraft } from '../audit/index.ts';
import { FirmsealError } from '../errors.ts';
import { createAppendQueue, type PendingAppend } from './append-queue.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import { encodeBatch, type LogRow } from './encode-batch.ts';

/** One write, for metrics and the operator's log; never for a caller. */
export interface WriteReport {
	readonly entries: number;
	readonly callers: number;
	readonly milliseconds: number;
	/** Why it failed, as the database said it; absent when it was committed. */
	readonly error?: unknown;
}

export interface AuditLogOptions {
	/**
	 * Inserts all rows, or none, in one statement, and resolves after its commit. (boot, sequence) is unique in the table:
	 * a statement believed dead that commits late after all makes the later one fail, and can't double a number.
	 */
	readonly write: (rows: readonly LogRow[]) => Promise<void>;
	/** The greatest committed sequence of `boot`, 0 when there is none; asked only after a write has failed. */
	readonly lastSequence: (boot: string) => Promise<number>;
	/** Id of this run of the process, a UUID; new by default. */
	readonly boot?: string;
	readonly now?: () => Date;
	/** Makes entry ids, UUIDv7. */
	readonly newId?: () => string;
	/** A batch takes no further caller once it has this many entries; 1,000 by default. */
	readonly maxBatch?: number;
	/** Entries that may wait; one more is refused at once. 100,000 by default. */
	readonly maxWaiting?: number;
	/** How long a caller waits for its commit, in milliseconds; 5,000 by default. */
	readonly deadline?: number;
	readonly onAppend?: (report: WriteReport) => void;
}

export interface LogStats {
	readonly waitingEntries: number;
	/** Writes that have not settled: 0 or 1. */
	readonly inFlight: number;
	readonly committedEntries: number;
	readonly committedWrites: number;
	readonly failedWrites: number;
}

export interface AppendingLog extends AuditLog {
	readonly boot: string;
	stats(): LogStats;
	/** Refuses every later append; resolves when all earlier ones have their answer. */
	close(): Promise<void>;
}

/**
 * The audit log's writing end: group commit, flush when idle (README.md). At most one write is in flight; what is appended
 * meanwhile goes with the next. Nothing is ever retried behind a caller's back.
 */
export function createAuditLog(options: AuditLogOptions): AppendingLog {
	const { write, lastSequence, boot = v7(), now = () => new Date(), newId = v7, maxBatch = 1000 } = options;
	const { maxWaiting = 100_000, deadline = 5000, onAppend } = options;
	const room = createAppendQueue(deadline);
	const stats = { inFlight: 0, committedEntries: 0, committedWrites: 0, failedWrites: 0 };
	/** Numbers go on after it. Never goes down: a number once acknowledged is not given again, even if its row has vanished. */
	let committed = 0;
	/** False after a failed write: nobody told whether its rows are there. */
	let certain = true;
	let flushing = false;
	let closed = false;

	async function append(drafts: readonly EntryDraft[]): Promise<readonly string[]> {
		if (closed) throw auditUnavailable();
		const at = now().toISOString();
		const entries = drafts.flatMap(chunkDraft).map((draft) => ({ draft, id: newId(), at }));
		if (entries.length === 0) return [];
		if (room.entries() + entries.length > maxWaiting) throw auditUnavailable();
		const answer = room.add(entries);
		void flush();
		await answer;
		return entries.map(({ id }) => id);
	}

	async function flush(): Promise<void> {
		if (flushing) return;
		flushing = true;
		try {
			while (room.entries() > 0) {
				// Whoever comes in the same turn of the event loop comes along, such as all who have just been answered and come again.
				await new Promise(setImmediate);
				await writeBatch();
			}
		} finally {
			flushing = false;
		}
	}

	async function writeBatch(): Promise<void> {
		const start = performance.now();
		if (!certain) {
			try {
				committed = Math.max(committed, await findLast());
				certain = true;
			} catch (error) {
				fail([...room.take()], start, error);
				return;
			}
		}
		const { rows, appends } = encodeBatch(room, {
			boot,
			after: committed,
			maxEntries: maxBatch,
		});
		if (rows.length === 0) return;
		stats.inFlight = 1;
		try {
			await write(rows);
		} catch (error) {
			stats.inFlight = 0;
			certain = false;
			fail(appends, start, error);
			return;
		}
		stats.inFlight = 0;
		stats.committedWrites += 1;
		stats.committedEntries += rows.length;
		committed += rows.length;
		for (const caller of appends) caller.resolve();
		onAppend?.({
			entries: rows.length,
			callers: appends.length,
			milliseconds: performance.now() - start,
		});
	}

	async function findLast(): Promise<number> {
		const last = await lastSequence(boot);
		if (!Number.isSafeInteger(last) || last < 0)
			throw new FirmsealError('INTERNAL', 'The last sequence is not a number.');
		return last;
	}

	function fail(callers: readonly PendingAppend[], start: number, error: unknown): void {
		stats.failedWrites += 1;
		for (const caller of callers) caller.reject(auditUnavailable());
		const entries = callers.reduce((sum, caller) => sum + caller.entries.length, 0);
		onAppend?.({
			entries,
			callers: callers.length,
			milliseconds: performance.now() - start,
			error,
		});
	}

	return {
		append,
		boot,
		stats: () => ({ ...stats, waitingEntries: room.entries() }),
		async close() {
			closed = true;
			await room.allAnswered();
		},
	};
}
