import type { DataKeyRecord } from './data-key-store.ts';
import { KeyUnavailableError } from './keyring.ts';
import type { ToldKeyring } from './told-keyring.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

/** Seconds that a key under a firm's own wrapping key stays at hand, at most. */
export const OWN_KEY_SECONDS = 60;

/** Milliseconds between two looks whether a firm still lets its keys be opened. */
const LOOK_EVERY = 15_000;

/** A firm that has brought its key may take it back without a word to anybody: so it is asked for as long as it is at hand. */
export interface OwnKeyLooks {
	/** A key at hand was opened just now, by which the firm is looked after until the next look. Of any other firm: nothing. */
	opened(record: DataKeyRecord): void;
	/** Ends the looks after the firm, or after all. */
	end(firm?: string): void;
}

export interface OwnKeyLooksOptions {
	readonly keyring: Pick<ToldKeyring, 'unwrap'>;
	readonly isAtHand: (record: DataKeyRecord) => boolean;
	/** The firm lets nothing be opened any more. */
	readonly purge: (firm: string) => void;
}

interface Looked {
	/** Those that were opened, by class and version. */
	readonly records: Map<string, DataKeyRecord>;
	timer: NodeJS.Timeout | undefined;
}

/** One look for each firm with an own key at hand, fifteen seconds after anything of it was opened last. */
export function createOwnKeyLooks({ keyring, isAtHand, purge }: OwnKeyLooksOptions): OwnKeyLooks {
	const firms = new Map<string, Looked>();

	function restart(firm: string, looked: Looked): void {
		clearTimeout(looked.timer);
		looked.timer = setTimeout(() => void lookAfter(firm, looked), LOOK_EVERY).unref();
	}

	async function lookAfter(firm: string, looked: Looked): Promise<void> {
		for (const [name, record] of looked.records) if (!isAtHand(record)) looked.records.delete(name);
		const [record] = looked.records.values();
		if (!record) {
			end(firm);
			return;
		}
		try {
			// For nothing but the answer.
			await unwrapDataKey(keyring, record, () => {});
		} catch (error) {
			if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') purge(firm);
		}
		// Of a service that is away, nothing is known.
		if (firms.get(firm) === looked) restart(firm, looked);
	}

	function end(firm: string): void {
		clearTimeout(firms.get(firm)?.timer);
		firms.delete(firm);
	}

	return {
		opened(record) {
			if (!record.ownKey) return;
			const looked = firms.get(record.firm) ?? { records: new Map(), timer: undefined };
			looked.records.set(`${record.class}/${record.version}`, record);
			firms.set(record.firm, looked);
			restart(record.firm, looked);
		},
		end(firm) {
			for (const one of firm === undefined ? [...firms.keys()] : [firm]) end(one);
		},
	};
}
