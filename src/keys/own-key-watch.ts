import type { Clock, WakeableTask } from '../clock/index.ts';
import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { KeyUnavailableError } from './keyring.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

/** Most seconds for which a key under a firm's own wrapping key stays in the cache. */
export const OWN_KEY_CACHE_SECONDS = 60;

/** Milliseconds between two checks whether a firm's own key still opens. */
const LOOK_EVERY = 15_000;

/** Checks a firm's own key as long as a key under it is cached, because the firm may revoke its key without notice. */
export interface OwnKeyWatch {
	/** A key was just opened, which counts as a check. Ignores a firm without an own key. */
	noteOpened(record: DataKeyRecord): void;
	/** Ends the checks of the firm, or of all firms. */
	stop(firm?: string): void;
}

export interface OwnKeyWatchOptions {
	readonly clock: Clock;
	readonly keyring: Pick<AuditedKeyring, 'unwrap'>;
	readonly isCached: (record: DataKeyRecord) => boolean;
	/** Called if the firm's key is refused. */
	readonly purge: (firm: string) => void;
}

interface WatchedFirm {
	/** The opened records, by class and version. */
	readonly records: Map<string, DataKeyRecord>;
	/** Time of the last opening or check. */
	openedAt: number;
	readonly looking: WakeableTask;
}

/** One check for each firm with a cached key under its own key, fifteen seconds after the last opening. */
export function createOwnKeyWatch({ clock, keyring, isCached, purge }: OwnKeyWatchOptions): OwnKeyWatch {
	const firms = new Map<string, WatchedFirm>();

	function begin(firm: string): WatchedFirm {
		const looked: WatchedFirm = {
			records: new Map(),
			openedAt: clock.now(),
			looking: clock.every(() => lookAfter(firm, looked), { after: LOOK_EVERY, ref: false }),
		};
		firms.set(firm, looked);
		return looked;
	}

	async function lookAfter(firm: string, looked: WatchedFirm): Promise<number | null> {
		const early = looked.openedAt + LOOK_EVERY - clock.now();
		if (early > 0) return early;
		for (const [name, record] of looked.records) if (!isCached(record)) looked.records.delete(name);
		const [record] = looked.records.values();
		if (!record) {
			end(firm);
			return null;
		}
		try {
			// Only to see whether it opens.
			await unwrapDataKey(keyring, record, () => {});
		} catch (error) {
			if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') purge(firm);
		}
		looked.openedAt = clock.now();
		// A service that is unavailable says nothing about the key.
		return firms.get(firm) === looked ? LOOK_EVERY : null;
	}

	function end(firm: string): void {
		void firms.get(firm)?.looking.stop();
		firms.delete(firm);
	}

	return {
		noteOpened(record) {
			if (!record.ownKey) return;
			const looked = firms.get(record.firm) ?? begin(record.firm);
			looked.records.set(`${record.class}/${record.version}`, record);
			looked.openedAt = clock.now();
		},
		stop(firm) {
			for (const one of firm === undefined ? [...firms.keys()] : [firm]) end(one);
		},
	};
}
