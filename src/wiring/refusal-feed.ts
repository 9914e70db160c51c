import { type BackgroundTask, type Clock, type Loop, type LoopLog, runLoops, waitAtMost } from '../clock/index.ts';
import { insertKeyRefusal, MAX_REFUSALS, type Plane, selectKeyRefusals } from '../database/index.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';

/** A cache of keys. */
export interface PurgeableKeys {
	/** Drops the keys of the firm, or of all firms. */
	purge(firm?: string): void;
}

/** The feed by which processes tell each other which firms' keys the key service refuses, so that every process drops its cached keys of these firms. */
export interface RefusalFeed extends BackgroundTask {
	/** Adds a cache that is purged at each refusal. */
	purgeOnRefusal(keys: PurgeableKeys): void;
	/** Reports that the key service refused this process a key of the firm. Purges the firm's keys here now, and in every other process soon. */
	report(firm: string): void;
	/** Stops reading, and waits for reports under way, two seconds at most. The plane stays open. */
	stop(): Promise<void>;
}

export interface RefusalFeedOptions {
	readonly clock: Clock;
	/** A plane with a connection that nothing else uses, so that no other work delays the feed. */
	readonly plane: Pick<Plane, 'role' | 'read' | 'write'>;
	/** Called when any process reports a refusal of the firm's key. */
	readonly onRefusal?: (firm: string) => void;
	/** Called when the table could not be read for a second. All cached keys are dropped until it can be read again. */
	readonly onFeedLost?: (error: unknown) => void;
	readonly onFeedRestored?: () => void;
	/** For errors in the feed itself; none unless given. */
	readonly logger?: LoopLog;
}

/** Milliseconds between two reads of the table. */
const PERIOD = 250;
/** Milliseconds since the last successful read after which the feed counts as lost. With the time for a purge, this makes a second. */
const FEED_LOST_AFTER = 900;
/** Milliseconds between two checks whether the feed is lost. */
const CHECK_PERIOD = 50;
/** Milliseconds after the start in which a slow read purges keys but is not reported: the process may be busy with its start. */
const STARTUP_GRACE = 30_000;
/** Milliseconds that stop() waits at most for a database that doesn't answer. */
const CLOSING = 2_000;

/**
 * Reads refusals from a table four times a second. It uses no notifications, so that it works through a pooler. A process drops its cached
 * keys within a second after the first refusal in any process, or after its last successful read if it can't read any more.
 */
export function openRefusalFeed(options: RefusalFeedOptions): RefusalFeed {
	const { clock, plane } = options;
	const watched: PurgeableKeys[] = [];
	const purge = (firm?: string) => {
		for (const keys of watched) keys.purge(firm);
	};
	const reports = new RefusalReports(clock, plane);
	const reader = new RefusalReader(options, purge, reports);
	// A pause comes first: no key is cached yet, and a process that ends before the first read needs no connection.
	const loop = (name: string, period: number, step: Loop['step']) => ({
		name,
		period,
		after: period,
		ref: false,
		step,
	});
	const loops = [
		loop('reading refused keys', PERIOD, () => reader.read()),
		loop('checking the feed of refused keys', CHECK_PERIOD, () => reader.checkFeed()),
	];
	const running = runLoops(loops, options);
	return {
		purgeOnRefusal(keys) {
			watched.push(keys);
		},
		report(firm) {
			purge(firm);
			// The firm's plane has no right to the platform's key, so that a refusal there does not mean that the key was disabled.
			if (firm === PLATFORM_FIRM_ID && plane.role === 'firmseal_firm') return;
			reports.add(firm);
		},
		async stop() {
			await waitAtMost(
				clock,
				CLOSING,
				running.stop().then(() => reports.writeAll()),
			);
		},
	};
}

/** Reads the refusals of all processes, and purges keys. */
class RefusalReader {
	readonly #options: RefusalFeedOptions;
	readonly #purge: (firm?: string) => void;
	readonly #reports: RefusalReports;
	/** The ids of the refusals in the last read. */
	#seen: ReadonlySet<string> = new Set();
	readonly #startedAt: number;
	#readAt: number;
	#isFeedLost = false;
	#failure: unknown = null;

	constructor(options: RefusalFeedOptions, purge: (firm?: string) => void, reports: RefusalReports) {
		this.#options = options;
		this.#purge = purge;
		this.#reports = reports;
		this.#startedAt = options.clock.now();
		this.#readAt = this.#startedAt;
	}

	async read(): Promise<false> {
		const { clock, plane, onFeedRestored } = this.#options;
		const start = clock.now();
		void this.#reports.writeAll();
		try {
			this.#purgeRefused(await plane.read(null, selectKeyRefusals));
		} catch (error) {
			this.#failure = error;
			return false;
		}
		// The answer may miss refusals that came after the question.
		this.#readAt = start;
		if (this.#isFeedLost) onFeedRestored?.();
		this.#isFeedLost = false;
		return false;
	}

	#purgeRefused(refusals: Awaited<ReturnType<typeof selectKeyRefusals>>): void {
		// The statement returns no more than these, so that the firms of the rest are unknown.
		if (refusals.length > MAX_REFUSALS) this.#purge();
		const before = this.#seen;
		this.#seen = new Set(refusals.map(({ id }) => id));
		for (const { firm, id } of refusals)
			if (!before.has(id)) {
				this.#purge(firm);
				this.#options.onRefusal?.(firm);
			}
	}

	/** Runs apart from read(), which may hang. Purges all keys while the table can't be read. */
	async checkFeed(): Promise<false> {
		const { clock, onFeedLost } = this.#options;
		if (clock.now() - this.#readAt < FEED_LOST_AFTER) return false;
		this.#purge();
		const isStarting = this.#failure === null && clock.now() - this.#startedAt < STARTUP_GRACE;
		if (isStarting) return false;
		if (!this.#isFeedLost) onFeedLost?.(this.#failure);
		this.#isFeedLost = true;
		return false;
	}
}

/** Refusals of this process that are not written yet. Each firm is written at most once a period, however often its key is refused. */
class RefusalReports {
	readonly #clock: Clock;
	readonly #plane: RefusalFeedOptions['plane'];
	readonly #unwritten = new Set<string>();
	readonly #writtenAt = new Map<string, number>();
	#writing: Promise<void> | null = null;

	constructor(clock: Clock, plane: RefusalFeedOptions['plane']) {
		this.#clock = clock;
		this.#plane = plane;
	}

	add(firm: string): void {
		this.#unwritten.add(firm);
		void this.writeAll();
	}

	/** Writes the refusals. The next read tries again what could not be written. */
	writeAll(): Promise<void> {
		this.#writing ??= this.#writeEach()
			.catch(() => {})
			.finally(() => {
				this.#writing = null;
			});
		return this.#writing;
	}

	async #writeEach(): Promise<void> {
		for (let firm = this.#next(); firm !== undefined; firm = this.#next()) {
			const of = firm;
			// Removed before the write, so that a refusal during the write is written again.
			this.#unwritten.delete(of);
			this.#writtenAt.set(of, this.#clock.now());
			try {
				await this.#plane.write(of, (tx) => insertKeyRefusal(tx, of));
			} catch (error) {
				this.#unwritten.add(of);
				this.#writtenAt.delete(of);
				throw error;
			}
		}
	}

	#next(): string | undefined {
		for (const [firm, at] of this.#writtenAt) if (this.#clock.now() - at >= PERIOD) this.#writtenAt.delete(firm);
		return [...this.#unwritten].find((firm) => !this.#writtenAt.has(firm));
	}
}
