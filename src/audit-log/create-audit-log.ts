import { v7 } from 'uuid';
import { type AuditLog, chunkDraft } from '../audit/index.ts';
import { FirmsealError } from '../errors.ts';
import { type AppendQueue, auditUnavailableError, createAppendQueue, type PendingAppend } from './append-queue.ts';
import { encodeBatch, type LogRow } from './encode-batch.ts';

/** One write, for metrics and the operator's log. A caller never sees it. */
export interface WriteReport {
	readonly entries: number;
	readonly callers: number;
	readonly milliseconds: number;
	/** Why the write failed, as the database reported it. Absent if the write was committed. */
	readonly error?: unknown;
}

export interface AuditLogOptions {
	/**
	 * Inserts all rows or none in one statement, and resolves after the commit. (boot, sequence) is unique in the table: if a statement that
	 * was believed dead commits late, the later statement fails, and no number is used twice.
	 */
	readonly write: (rows: readonly LogRow[]) => Promise<void>;
	/** The greatest committed sequence of `boot`, 0 if there is none. Called only after a write has failed. */
	readonly lastSequence: (boot: string) => Promise<number>;
	/** Id of this run of the process, a UUID. A new one by default. */
	readonly boot?: string;
	readonly now?: () => Date;
	/** A batch takes no further caller once it has this many entries. 1,000 by default. */
	readonly maxBatch?: number;
	/** Entries that may wait. An append beyond this number is refused at once. 100,000 by default. */
	readonly maxWaiting?: number;
	/** How long a caller waits for its commit, in milliseconds. 5,000 by default. */
	readonly deadline?: number;
	readonly onAppend?: (report: WriteReport) => void;
}

export interface LogStats {
	readonly waitingEntries: number;
	/** Writes that haven't settled: 0 or 1. */
	readonly inFlight: number;
	readonly committedEntries: number;
	readonly committedWrites: number;
	readonly failedWrites: number;
}

export interface AppendingLog extends AuditLog {
	readonly boot: string;
	stats(): LogStats;
	/** Refuses every later append. Resolves when all earlier appends have their answer. */
	close(): Promise<void>;
}

/** The writing side of the audit log: group commit, flush when idle (README.md). Nothing is retried without the caller knowing. */
export function createAuditLog(options: AuditLogOptions): AppendingLog {
	const { boot = v7(), now = () => new Date(), maxWaiting = 100_000, deadline = 5000 } = options;
	const queue = createAppendQueue(deadline);
	const writer = new BatchWriter(queue, boot, options);
	let closed = false;
	return {
		async append(drafts) {
			if (closed) throw auditUnavailableError();
			const at = now().toISOString();
			const entries = drafts.flatMap(chunkDraft).map((draft) => ({ draft, id: v7(), at }));
			if (entries.length === 0) return [];
			if (queue.entries() + entries.length > maxWaiting) throw auditUnavailableError();
			const answer = queue.add(entries);
			void writer.flush();
			await answer;
			return entries.map(({ id }) => id);
		},
		boot,
		stats: () => ({ ...writer.stats, waitingEntries: queue.entries() }),
		async close() {
			closed = true;
			await queue.allAnswered();
		},
	};
}

/** Writes the entries of the queue. At most one write is in flight; entries that are appended meanwhile go with the next write. */
class BatchWriter {
	readonly stats = { inFlight: 0, committedEntries: 0, committedWrites: 0, failedWrites: 0 };
	readonly #queue: AppendQueue;
	readonly #boot: string;
	readonly #options: AuditLogOptions;
	/** The last number that was acknowledged. It never decreases: an acknowledged number is not given again, even if its row has vanished. */
	#committed = 0;
	/** False after a failed write, when no one knows if its rows are in the table. */
	#isCertain = true;
	#isFlushing = false;

	constructor(queue: AppendQueue, boot: string, options: AuditLogOptions) {
		this.#queue = queue;
		this.#boot = boot;
		this.#options = options;
	}

	async flush(): Promise<void> {
		if (this.#isFlushing) return;
		this.#isFlushing = true;
		try {
			while (this.#queue.entries() > 0) {
				// Waits for callers of the same turn of the event loop, such as callers that were just answered and append again.
				await new Promise(setImmediate);
				await this.#writeBatch();
			}
		} finally {
			this.#isFlushing = false;
		}
	}

	async #writeBatch(): Promise<void> {
		const start = performance.now();
		if (!this.#isCertain) {
			try {
				this.#committed = Math.max(this.#committed, await this.#findLastSequence());
				this.#isCertain = true;
			} catch (error) {
				this.#fail([...this.#queue.take()], start, error);
				return;
			}
		}
		const { maxBatch = 1000 } = this.#options;
		const { rows, appends } = encodeBatch(this.#queue, {
			boot: this.#boot,
			after: this.#committed,
			maxEntries: maxBatch,
		});
		if (rows.length === 0) return;
		this.stats.inFlight = 1;
		try {
			await this.#options.write(rows);
		} catch (error) {
			this.stats.inFlight = 0;
			this.#isCertain = false;
			this.#fail(appends, start, error);
			return;
		}
		this.stats.inFlight = 0;
		this.#succeed(appends, rows.length, start);
	}

	async #findLastSequence(): Promise<number> {
		const last = await this.#options.lastSequence(this.#boot);
		if (!Number.isSafeInteger(last) || last < 0)
			throw new FirmsealError('INTERNAL', 'The last sequence is not a number.');
		return last;
	}

	#succeed(appends: readonly PendingAppend[], entries: number, start: number): void {
		this.stats.committedWrites += 1;
		this.stats.committedEntries += entries;
		this.#committed += entries;
		for (const append of appends) append.resolve();
		this.#options.onAppend?.({ entries, callers: appends.length, milliseconds: performance.now() - start });
	}

	#fail(appends: readonly PendingAppend[], start: number, error: unknown): void {
		this.stats.failedWrites += 1;
		for (const append of appends) append.reject(auditUnavailableError());
		this.#options.onAppend?.({
			entries: appends.reduce((sum, { entries }) => sum + entries.length, 0),
			callers: appends.length,
			milliseconds: performance.now() - start,
			error,
		});
	}
}
