import type { Clock, WakeableTask } from '../clock/index.ts';
import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { KeyUnavailableError } from './keyring.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

/** Seconds that a key under a firm's own wrapping key stays at hand, at most. */
export const OWN_KEY_CACHE_SECONDS = 60;

/** Milliseconds between two looks whether a firm still lets its keys be opened. */
const LOOK_EVERY = 15_000;

/** A firm that has brought its key may take it back without a word to anyone: so it is asked for as long as it is at hand. */
export interface OwnKeyWatch {
	/** A key at hand was opened just now, by which the firm is looked after until the next look. Of any other firm: nothing. */
	noteOpened(record: DataKeyRecord): void;
	/** Ends the looks after the firm, or after all. */
	stop(firm?: string): void;
}

export interface OwnKeyWatchOptions {
	readonly clock: Clock;
	readonly keyring: Pick<AuditedKeyring, 'unwrap'>;
	readonly isCached: (record: DataKeyRecord) => boolean;
	/** The firm lets nothing be opened any more. */
	readonly purge: (firm: string) => void;
}

interface WatchedFirm {
	/** Those that were opened, by class and version. */
	readonly records: Map<string, DataKeyRecord>;
	/** When anything of it was opened, or looked after, last. */
	openedAt: number;
	readonly looking: WakeableTask;
}

/** One look for each firm with an own key at hand, fifteen seconds after anything of it was opened last. */
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
			// For nothing but the answer.
			await unwrapDataKey(keyring, record, () => {});
		} catch (error) {
			if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') purge(firm);
		}
		looked.openedAt = clock.now();
		// Of a service that is away, nothing is known.
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
