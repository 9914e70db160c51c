import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { generateVersion } from './generate-version.ts';
import { guardKeyring } from './guarded-keyring.ts';
import type { KeyContext, Keyring } from './keyring.ts';
import { type DataKeyEvent, tellCalls } from './told-keyring.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

/** A data key as it is wrapped anew. */
export interface Rewrapped extends Pick<DataKeyRecord, 'wrapped' | 'keyId' | 'ownKey'> {
	/** The key service's id of the call, for the audit entry. */
	readonly requestId: string;
}

/** What becomes of data keys in the course of time; whoever does it never has one in hand for longer than a check. */
export interface KeyRenewal {
	/** Makes this version the ACTIVE one. false: it is there already. @throws KeyUnavailableError */
	generate(context: KeyContext, version: number): Promise<boolean>;
	/**
	 * The same data key under the firm's wrapping key as it is now, and found to open as the very key that was stored: what could not be
	 * opened again is never stored. A key of checkpoints is the signer's alone, and so not opened here. Nothing is written.
	 * @throws KeyUnavailableError
	 */
	rewrap(record: DataKeyRecord): Promise<Rewrapped>;
}

export interface KeyRenewalOptions {
	/** Guarded here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** Each call of the keyring that gives a key away, for the log. */
	readonly onEvent: (event: DataKeyEvent) => void;
}

export function createKeyRenewal({ keyring, store, onEvent }: KeyRenewalOptions): KeyRenewal {
	const guarded = guardKeyring(keyring);
	const told = tellCalls(guarded, onEvent);
	return {
		generate: (context, version) => generateVersion({ keyring: told, store }, context, version),
		async rewrap(record) {
			const context = { firm: record.firm, class: record.class };
			const { wrapped, keyId, requestId } = await guarded.rewrap(context, record.wrapped);
			const ownKey = (await guarded.describeKey(record.firm))?.isOwn ?? false;
			const fresh = { wrapped, keyId, ownKey };
			if (record.class !== 'CHECKPOINT') await unwrapDataKey(told, { ...record, ...fresh, state: 'RETIRED' }, () => {});
			return { ...fresh, requestId };
		},
	};
}
