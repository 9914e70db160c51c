import { failureOf } from '../api/errors.ts';
import { LogAlarm, WorkerAlarm } from './alarm.ts';
import type { LeaseCheck, ShownLease } from './compare-lease.ts';
import type { LogSource } from './log-source.ts';
import { FIRST_VIEW, type LogView } from './log-view.ts';
import type { LogWorker } from './messages.ts';

/** Leaves of one request: the most that the API answers. */
const MOST = 1_000;

/** Checks the log of one firm in this browser: at first, when asked to, and never twice at once. */
export class LogCheck {
	readonly #source: LogSource;
	readonly #worker: LogWorker;
	readonly #listeners = new Set<() => void>();
	#view: LogView = FIRST_VIEW;
	#running: Promise<void> | null = null;
	#isWanted = false;

	constructor(source: LogSource, worker: LogWorker) {
		this.#source = source;
		this.#worker = worker;
	}

	/** For useSyncExternalStore(). */
	readonly view = (): LogView => this.#view;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** Checks the log, once more if a check is running. `trustsOffered`: the person has compared the new key, and trusts it. */
	check(trustsOffered = false): Promise<void> {
		this.#isWanted = this.#running !== null;
		this.#running ??= this.#run(trustsOffered).finally(() => {
			this.#running = null;
			if (this.#isWanted) void this.check();
		});
		return this.#running;
	}

	/** Checks the log unless a check is running, or has ended within the last `milliseconds`. */
	checkOnce(milliseconds: number): void {
		const { checkedAt } = this.#view;
		const isNew = checkedAt !== null && Date.now() - checkedAt < milliseconds;
		if (this.#running === null && !isNew) void this.check();
	}

	/** Ends the worker, and with it a check that is running: another view of the same log may then check it. */
	end(): void {
		this.#isWanted = false;
		this.#worker.end();
	}

	/** Null if the first `size` entries are not those that were verified last. */
	compare(shown: ShownLease, size: number): Promise<LeaseCheck | null> {
		return this.#worker.do('COMPARE', { shown, size });
	}

	/** The whole log as a file that `/verify` accepts. @throws Error with a sentence if it would not be accepted */
	async exportBundle(onProgress: (done: number, total: number) => void): Promise<Blob> {
		const { size } = await this.#worker.do('BUNDLE_BEGIN', null);
		await this.#read(0, size, async (leaves) => {
			onProgress(await this.#worker.do('BUNDLE_ADD', leaves), size);
		});
		const ended = await this.#worker.do('BUNDLE_END', null);
		if ('file' in ended) return ended.file;
		throw new Error(`The log was not exported, because it does not verify. ${ended.refused}`);
	}

	async #run(trustsOffered: boolean): Promise<void> {
		const { firm } = this.#source;
		this.#show({ phase: 'WAITING', alarm: null, error: null, checkedAt: null });
		try {
			// Two tabs would each accept what the other has not seen.
			await navigator.locks.request(`firmseal-log-${firm}`, () => this.#proveAndKeep(trustsOffered));
		} catch (error) {
			if (error instanceof WorkerAlarm && error.summary) this.#show({ summary: error.summary });
			if (error instanceof LogAlarm) this.#show({ phase: 'ALARM', alarm: { kind: error.kind, why: error.message } });
			else this.#show({ phase: 'FAILED', error });
		}
		this.#show({ checkedAt: Date.now() });
	}

	/** Alarms of the worker are kept already. One that is found here must outlive this visit, too. */
	async #proveAndKeep(trustsOffered: boolean): Promise<void> {
		try {
			await this.#prove(trustsOffered);
		} catch (error) {
			if (error instanceof LogAlarm && !(error instanceof WorkerAlarm))
				this.#show({ summary: await this.#worker.do('KEEP_ALARM', { alarm: error.kind, why: error.message }) });
			throw error;
		}
	}

	async #prove(trustsOffered: boolean): Promise<void> {
		this.#show({ phase: 'PROVING' });
		const [{ size: kept, keeps, summary }, vkeys, checkpoint, newestAt] = await Promise.all([
			this.#worker.do('BEGIN', this.#source.firm),
			this.#source.keys(),
			this.#source.checkpoint(),
			this.#source.newestAt(),
		]);
		const isFirst = kept === null;
		this.#show({
			summary,
			keeps,
			isFirst,
			newestAt,
			otherKeys: summary ? vkeys.filter((key) => !summary.vkeys.includes(key)) : [],
		});
		if (checkpoint === null) {
			if (kept === null) return this.#show({ phase: 'NO_LOG' });
			throw new LogAlarm(
				'SHORTER',
				'The server says that there is no log, but this browser has seen it: entries are missing.',
			);
		}
		const proof = kept !== null && kept < checkpoint.size ? await this.#source.proof(kept, checkpoint.size) : [];
		const accepted = await this.#worker.do('ACCEPT', { offered: { vkeys, checkpoint, proof }, trustsOffered });
		this.#show({ phase: 'ENTRIES', summary: accepted.summary });
		let from: number | null = accepted.from;
		while (from !== null) from = await this.#readToEnd(from, accepted.size);
	}

	/** Returns the entry from which to read again; null when all is verified. */
	async #readToEnd(from: number, size: number): Promise<number | null> {
		const show = (done: number) => this.#show({ progress: { done, total: size } });
		show(from);
		await this.#read(from, size, async (leaves) => {
			show(await this.#worker.do('ADD', leaves));
		});
		const { again, summary } = await this.#worker.do('FINISH', null);
		if (again === null) this.#show({ phase: 'RIGHT', summary });
		return again;
	}

	/** Reads entries one page ahead of what `take` works on. */
	async #read(from: number, size: number, take: (leaves: readonly string[]) => Promise<void>): Promise<void> {
		let most = MOST;
		const pageAt = async (index: number): Promise<readonly string[]> => {
			const first = Math.min(most, size - index);
			try {
				const page = await this.#source.leaves(index, first);
				const wrong = page.findIndex((leaf, at) => leaf.index !== index + at);
				if (page.length === 0 || wrong !== -1) throw missing(index + Math.max(0, wrong));
				return page.slice(0, first).map(({ leaf }) => leaf);
			} catch (error) {
				if (failureOf(error).code !== 'TOO_EXPENSIVE' || first === 1) throw error;
				// Long entries: a page of fewer of them.
				most = Math.ceil(first / 2);
				return pageAt(index);
			}
		};
		let next = from;
		let ahead = next < size ? pageAt(next) : null;
		while (ahead !== null) {
			const leaves = await ahead;
			next += leaves.length;
			ahead = next < size ? pageAt(next) : null;
			// Its failure is that of the next turn, also if take() fails first.
			ahead?.catch(() => undefined);
			await take(leaves);
		}
	}

	#show(changes: Partial<LogView>): void {
		this.#view = { ...this.#view, ...changes };
		for (const listener of this.#listeners) listener();
	}
}

const missing = (index: number) =>
	new LogAlarm(
		'LEAVES',
		`The server does not send entry ${(index + 1).toLocaleString('en')} of the log, although it was signed.`,
	);
