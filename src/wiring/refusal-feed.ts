import { type Clock, waitAtMost } from '../clock/index.ts';
import { insertKeyRefusal, MAX_REFUSALS, type Plane, selectKeyRefusals } from '../database/index.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';

/** A cache of keys. */
export interface PurgeableKeys {
	/** Drops those of the firm, or all. */
	purge(firm?: string): void;
}

/** What the processes tell each other of firms whose keys the key service refuses: no one goes on with what is at hand of them. */
export interface RefusalFeed {
	/** These go, too, when a refusal is heard. */
	purgeOnRefusal(keys: PurgeableKeys): void;
	/** The key service has refused this process a key of the firm: what is at hand of it goes now, and every other process hears of it. */
	report(firm: string): void;
	/** Looks no more, and waits for what is being written, two seconds at most. The plane stays open. */
	stop(): Promise<void>;
}

export interface RefusalFeedOptions {
	readonly clock: Clock;
	/** With a connection of its own, so that no other work keeps it from looking. */
	readonly plane: Pick<Plane, 'role' | 'read' | 'write'>;
	/** Somewhere the firm's key was refused. */
	readonly onRefusal?: (firm: string) => void;
	/** It could not look for a second, so that everything at hand is dropped for as long as it can't. */
	readonly onFeedLost?: (error: unknown) => void;
	readonly onFeedRestored?: () => void;
}

/** Milliseconds between two looks. */
const PERIOD = 250;
/** Milliseconds from the last look that was answered: with what a purge takes, a second. */
const FEED_LOST_AFTER = 900;
const CHECK_EVERY = 50;
/** Milliseconds that a process may be busy with its start: what it has at hand goes, but no one is told of a look that only takes long. */
const STARTUP_GRACE = 30_000;
/** Milliseconds that a database which doesn't answer may hold up the end. */
const CLOSING = 2_000;

/**
 * Looks four times a second what was refused, by a table and not by a notification: it works through a pooler. Whatever a process has at
 * hand is gone a second after the first refusal anywhere, or after the last look if it can look no more.
 */
export function openRefusalFeed(options: RefusalFeedOptions): RefusalFeed {
	const { clock, plane } = options;
	const watched: PurgeableKeys[] = [];
	const purge = (firm?: string) => {
		for (const keys of watched) keys.purge(firm);
	};
	const reports = new RefusalReports(clock, plane);
	const reader = new RefusalReader(options, purge, reports);
	// A pause first: no key is at hand yet, and a process that is over by then needs no connection.
	const looking = clock.every(() => reader.look(), { after: PERIOD, ref: false });
	const checking = clock.every(() => reader.checkFeed(), { after: CHECK_EVERY, ref: false });
	return {
		purgeOnRefusal(keys) {
			watched.push(keys);
		},
		report(firm) {
			purge(firm);
			// The firm's plane has no right to the platform's key: that it is refused says nothing of the key.
			if (firm === PLATFORM_FIRM_ID && plane.role === 'firmseal_firm') return;
			reports.add(firm);
		},
		async stop() {
			await waitAtMost(
				clock,
				CLOSING,
				Promise.all([checking.stop(), looking.stop()]).then(() => reports.writeAll()),
			);
		},
	};
}

/** Reads what any process was refused, and purges keys by it. */
class RefusalReader {
	readonly #options: RefusalFeedOptions;
	readonly #purge: (firm?: string) => void;
	readonly #reports: RefusalReports;
	/** What was there at the last look: ids of refusals. */
	#seen: ReadonlySet<string> = new Set();
	readonly #begunAt: number;
	#lookedAt: number;
	#isFeedLost = false;
	#failure: unknown = null;

	constructor(options: RefusalFeedOptions, purge: (firm?: string) => void, reports: RefusalReports) {
		this.#options = options;
		this.#purge = purge;
		this.#reports = reports;
		this.#begunAt = options.clock.now();
		this.#lookedAt = this.#begunAt;
	}

	async look(): Promise<number> {
		const { clock, plane, onFeedRestored } = this.#options;
		const start = clock.now();
		void this.#reports.writeAll();
		try {
			this.#hear(await plane.read(null, selectKeyRefusals));
		} catch (error) {
			this.#failure = error;
			return PERIOD;
		}
		// Of what came after it was asked, the answer says nothing.
		this.#lookedAt = start;
		if (this.#isFeedLost) onFeedRestored?.();
		this.#isFeedLost = false;
		return PERIOD;
	}

	#hear(refusals: Awaited<ReturnType<typeof selectKeyRefusals>>): void {
		// Of which firms the rest are is not known.
		if (refusals.length > MAX_REFUSALS) this.#purge();
		const before = this.#seen;
		this.#seen = new Set(refusals.map(({ id }) => id));
		for (const { firm, id } of refusals)
			if (!before.has(id)) {
				this.#purge(firm);
				this.#options.onRefusal?.(firm);
			}
	}

	/** Beside the looks, which may hang: nothing is believed of a table that could not be read. */
	async checkFeed(): Promise<number> {
		const { clock, onFeedLost } = this.#options;
		if (clock.now() - this.#lookedAt < FEED_LOST_AFTER) return CHECK_EVERY;
		this.#purge();
		const isStarting = this.#failure === null && clock.now() - this.#begunAt < STARTUP_GRACE;
		if (isStarting) return CHECK_EVERY;
		if (!this.#isFeedLost) onFeedLost?.(this.#failure);
		this.#isFeedLost = true;
		return CHECK_EVERY;
	}
}

/** Refusals of this process that others are yet to hear of: each firm once a period, however often it is refused. */
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

	/** What could not be written is written with the next look. */
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
			// Before it is written, so that what is refused meanwhile is written once more.
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
