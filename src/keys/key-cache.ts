import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/index.ts';

/** `name` and `version` tell the entries of one firm apart. */
export interface CacheId {
	readonly firm: string;
	/** One of few, such as a content class. */
	readonly name: string;
	/** 0 where an entry has none. */
	readonly version: number;
}

export interface KeyCacheOptions<Value> {
	readonly max: number;
	readonly ttlSeconds: number;
	/** For entries that are kept for less time than the others: seconds; ttlSeconds at most. */
	readonly ttlOf?: (value: Value) => number;
	readonly clock: Pick<Clock, 'now'>;
}

export interface KeyCache<Value extends object> {
	/** undefined: not here, or too old. Looking doesn't prolong its life. */
	at(id: CacheId): Value | undefined;
	/**
	 * Fills the entry by `make`, once for however many callers ask meanwhile. Its time runs from the moment of asking, since
	 * an answer is as old as its question. A failure goes to all who wait and is not kept.
	 */
	load(id: CacheId, make: () => Promise<Value>): Promise<Value>;
	drop(id: CacheId): void;
	/**
	 * Drops the firm's entries, or all. What is being made now still reaches those who wait for it, but is not kept,
	 * and who asks later doesn't share it.
	 */
	purge(firm?: string): void;
	/** As at(), and it doesn't count as a use. */
	has(id: CacheId): boolean;
	size(): number;
}

/** An entry that was found last under its name. */
interface Found<Value> extends Pick<CacheId, 'firm' | 'version'> {
	readonly value: Value;
	/** On the clock of the cache. */
	readonly until: number;
}

/**
 * A bounded cache whose entries expire, with one flight per entry. A page of rows asks for the same entry over and over: what was
 * found last under each name is looked at first, and forgotten as soon as anything comes or goes.
 */
export function createKeyCache<Value extends object>(options: KeyCacheOptions<Value>): KeyCache<Value> {
	const { max, ttlSeconds, ttlOf = () => ttlSeconds, clock } = options;
	const latest = new Map<string, Found<Value>>();
	// ttlAutopurge: a key that no one asks for again must not stay in memory after its time.
	const kept = new LRUCache<string, Value>({
		max,
		ttl: ttlSeconds * 1000,
		ttlAutopurge: true,
		ttlResolution: 0,
		perf: { now: clock.now },
		dispose: () => latest.clear(),
		onInsert: () => latest.clear(),
	});
	const flights = new Map<string, Promise<Value>>();

	const path = (id: CacheId) => `${id.firm}/${id.name}/${id.version}`;

	return {
		at(id) {
			const last = latest.get(id.name);
			if (last && last.version === id.version && last.firm === id.firm && clock.now() < last.until) return last.value;
			const key = path(id);
			const value = kept.get(key);
			if (!value) return undefined;
			const { firm, version } = id;
			latest.set(id.name, { firm, version, value, until: clock.now() + kept.getRemainingTTL(key) });
			return value;
		},
		has: (id) => kept.has(path(id)),
		load(id, make) {
			const key = path(id);
			const aloft = flights.get(key);
			if (aloft) return aloft;
			const start = clock.now();
			const isCurrent = () => flights.get(key) === flight;
			const flight: Promise<Value> = Promise.resolve()
				.then(make)
				.then((value) => {
					if (isCurrent()) kept.set(key, value, { start, ttl: Math.min(ttlOf(value), ttlSeconds) * 1000 });
					return value;
				})
				.finally(() => {
					if (isCurrent()) flights.delete(key);
				});
			flights.set(key, flight);
			return flight;
		},
		drop(id) {
			kept.delete(path(id));
		},
		purge(firm) {
			const prefix = firm === undefined ? '' : `${firm}/`;
			for (const key of flights.keys()) if (key.startsWith(prefix)) flights.delete(key);
			// The iterator of lru-cache doesn't survive the deletion of what it stands on.
			for (const key of Array.from(kept.keys())) if (key.startsWith(prefix)) kept.delete(key);
		},
		size: () => kept.size,
	};
}
