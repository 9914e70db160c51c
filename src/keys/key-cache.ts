import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/index.ts';

/** `name` and `version` identify an entry of a firm. */
export interface CacheId {
	readonly firm: string;
	/** One of few names, such as a content class. */
	readonly name: string;
	/** 0 if the entry has no version. */
	readonly version: number;
}

export interface KeyCacheOptions<Value> {
	readonly max: number;
	readonly ttlSeconds: number;
	/** Seconds, for entries that stay for less time than the others; at most ttlSeconds. */
	readonly ttlOf?: (value: Value) => number;
	readonly clock: Pick<Clock, 'now'>;
}

export interface KeyCache<Value extends object> {
	/** Undefined if there is no entry, or it has expired. A read does not prolong its life. */
	at(id: CacheId): Value | undefined;
	/**
	 * Fills the entry with `make`, once for all callers that ask meanwhile. The entry's time runs from the first call, because an answer is as
	 * old as its question. A failure goes to all callers and is not cached.
	 */
	load(id: CacheId, make: () => Promise<Value>): Promise<Value>;
	drop(id: CacheId): void;
	/** Drops the entries of the firm, or all. A load in progress still serves its callers, but is not cached and not shared with later ones. */
	purge(firm?: string): void;
	/** Whether at() would find the entry. Does not count as a use. */
	has(id: CacheId): boolean;
	size(): number;
}

/** The entry that was found last under its name. */
interface Found<Value> extends Pick<CacheId, 'firm' | 'version'> {
	readonly value: Value;
	/** On the clock of the cache. */
	readonly until: number;
}

/**
 * A bounded cache whose entries expire, with one load at a time per entry. A page of rows asks for the same entry repeatedly, so at() first
 * checks the entry that it found last under the name. Any insertion or removal clears these last entries.
 */
export function createKeyCache<Value extends object>(options: KeyCacheOptions<Value>): KeyCache<Value> {
	const { max, ttlSeconds, ttlOf = () => ttlSeconds, clock } = options;
	const latest = new Map<string, Found<Value>>();
	// ttlAutopurge: an expired key must not stay in memory until it is requested again.
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
			// A copy, because the iterator of lru-cache breaks if its current entry is deleted.
			for (const key of Array.from(kept.keys())) if (key.startsWith(prefix)) kept.delete(key);
		},
		size: () => kept.size,
	};
}
