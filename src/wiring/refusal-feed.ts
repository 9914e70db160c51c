import { type Clock, waitAtMost } from '../clock/index.ts';
import { insertKeyRefusal, MAX_REFUSALS, type Plane, selectKeyRefusals } from '../database/index.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';

/** Keys that somebody has at hand. */
export interface PurgeableKeys {
	/** Drops those of the firm, or all. */
	purge(firm?: string): void;
}

/** What the processes tell each other of firms whose keys the key service refuses: nobody goes on with what is at hand of them. */
export interface RefusalFeed {
	/** These go, too, when a refusal is heard. */
	purgeOnRefusal(keys: PurgeableKeys): void;
	/** The key service has refused this process a key of the firm: what is at hand of it goes now, and everybody else hears of it. */
	report(firm: string): void;
	/** Looks no more, and waits for what is being told, two seconds at most. The plane stays open. */
	stop(): Promise<void>;
}

export interface RefusalFeedOptions {
	readonly clock: Clock;
	/** With a connection that nobody else uses, so that nobody's work keeps it from looking. */
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
export function openRefusalFeed({
	clock,
	plane,
	onRefusal,
	onFeedLost,
	onFeedRestored,
}: RefusalFeedOptions): RefusalFeed {
	const watched: PurgeableKeys[] = [];
	/** What was there at the last look: ids of refusals. */
	let seen: ReadonlySet<string> = new Set();
	const begunAt = clock.now();
	let lookedAt = begunAt;
	let isBlind = false;
	let trouble: unknown = null;
	/** Firms that are to be told of. */
	const untold = new Set<string>();
	const toldAt = new Map<string, number>();
	let telling: Promise<void> | null = null;

	function purge(firm?: string): void {
		for (const keys of watched) keys.purge(firm);
	}

	async function look(): Promise<number> {
		const start = clock.now();
		void tellAll();
		try {
			hear(await plane.read(null, selectKeyRefusals));
		} catch (error) {
			trouble = error;
			return PERIOD;
		}
		// Of what came after it was asked, the answer says nothing.
		lookedAt = start;
		if (isBlind) onFeedRestored?.();
		isBlind = false;
		return PERIOD;
	}

	function hear(refusals: Awaited<ReturnType<typeof selectKeyRefusals>>): void {
		// Of which firms the rest are is not known.
		if (refusals.length > MAX_REFUSALS) purge();
		const before = seen;
		seen = new Set(refusals.map(({ id }) => id));
		for (const { firm, id } of refusals)
			if (!before.has(id)) {
				purge(firm);
				onRefusal?.(firm);
			}
	}

	/** Beside the looks, which may hang: nothing is believed of a table that could not be read. */
	async function checkSight(): Promise<number> {
		if (clock.now() - lookedAt < FEED_LOST_AFTER) return CHECK_EVERY;
		purge();
		const isStarting = trouble === null && clock.now() - begunAt < STARTUP_GRACE;
		if (isStarting) return CHECK_EVERY;
		if (!isBlind) onFeedLost?.(trouble);
		isBlind = true;
		return CHECK_EVERY;
	}

	/** What could not be told is told with the next look. */
	function tellAll(): Promise<void> {
		telling ??= tellEach()
			.catch(() => {})
			.finally(() => {
				telling = null;
			});
		return telling;
	}

	async function tellEach(): Promise<void> {
		for (let firm = nextToTell(); firm !== undefined; firm = nextToTell()) {
			const of = firm;
			// Before it is written, so that what is refused meanwhile is told once more.
			untold.delete(of);
			toldAt.set(of, clock.now());
			try {
				await plane.write(of, (tx) => insertKeyRefusal(tx, of));
			} catch (error) {
				untold.add(of);
				toldAt.delete(of);
				throw error;
			}
		}
	}

	/** Each firm once a period, however often it is refused. */
	function nextToTell(): string | undefined {
		for (const [firm, at] of toldAt) if (clock.now() - at >= PERIOD) toldAt.delete(firm);
		return [...untold].find((firm) => !toldAt.has(firm));
	}

	// A pause first: no key is at hand yet, and a process that is over by then needs no connection.
	const looking = clock.every(look, { after: PERIOD, ref: false });
	const checking = clock.every(checkSight, { after: CHECK_EVERY, ref: false });

	return {
		purgeOnRefusal(keys) {
			watched.push(keys);
		},
		report(firm) {
			purge(firm);
			// The firm's plane has no right to the platform's key: that it is refused says nothing of the key.
			if (firm === PLATFORM_FIRM_ID && plane.role === 'firmseal_firm') return;
			untold.add(firm);
			void tellAll();
		},
		async stop() {
			await waitAtMost(clock, CLOSING, Promise.all([checking.stop(), looking.stop()]).then(tellAll));
		},
	};
}
