import { auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { hasCommitment } from './derive-keys.ts';
import { generateVersion } from './generate-version.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { type KeyContext, type Keyring, KeyUnavailableError, type WrappedKey, type WrappingKey } from './keyring.ts';
import { isWrapped } from './keyring-inputs.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

const CHECKPOINT = 'CHECKPOINT';

/** A data key after it was wrapped again. */
export interface Rewrapped extends Pick<DataKeyRecord, 'wrapped' | 'keyId' | 'ownKey'> {
	/** The key service's id of the call, for the audit entry. */
	readonly requestId: string;
}

/** What becomes of data keys in the course of time; who does it never has one in hand for longer than a check. */
export interface KeyRenewal {
	/** Makes this version the ACTIVE one. false: it is there already. @throws KeyUnavailableError */
	generate(context: KeyContext, version: number): Promise<boolean>;
	/**
	 * The same data key under the firm's wrapping key as it is now, and found to open as the very key that was stored: what could not be
	 * opened again is never stored. A key of checkpoints is the signer's alone, and so not opened here. Nothing is written.
	 * @throws KeyUnavailableError
	 */
	rewrap(record: DataKeyRecord): Promise<Rewrapped>;
	/**
	 * Whether what is stored opens as it is, and as the key that was stored; of a DISABLED version too, never of a DESTROYED one. Refused
	 * is a no. @throws KeyUnavailableError AWAY, THROTTLED
	 */
	opens(record: DataKeyRecord): Promise<boolean>;
	/**
	 * A data key that was lost here and is back, wrapped as rewrap does, if it is the very key that was stored. The bytes stay the
	 * caller's to overwrite. @throws KeyUnavailableError; REFUSED for another key, and for a version that is DESTROYED
	 */
	wrap(record: DataKeyRecord, plaintext: Uint8Array): Promise<Rewrapped>;
	/**
	 * The data key in the clear, found to be the very one that was stored, of a DISABLED version too: for an escrow, which seals it at once.
	 * The caller overwrites it. @throws KeyUnavailableError
	 */
	unwrap(record: DataKeyRecord): Promise<Uint8Array>;
	/** Finds that it opens, as the very key that was stored, whatever its state. @throws KeyUnavailableError */
	assertOpens(record: DataKeyRecord): Promise<void>;
	/** As rewrap, under the wrapping key that is to follow the firm's, which must be this one. */
	rewrapToNext(record: DataKeyRecord, next: Pick<WrappingKey, 'keyId' | 'isOwn'>): Promise<Rewrapped>;
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
	const audited = auditKeyring(guarded, onEvent);

	/** Throws unless it opens as the key that was stored. */
	const openFor = <T>(record: DataKeyRecord, use: (key: Uint8Array) => T) =>
		unwrapDataKey(audited, record.state === 'DISABLED' ? { ...record, state: 'RETIRED' } : record, use);
	const open = (record: DataKeyRecord) => openFor(record, () => {});

	async function rewrapped(record: DataKeyRecord, { wrapped, keyId, requestId }: WrappedKey): Promise<Rewrapped> {
		const ownKey = (await guarded.describeKey(record.firm))?.isOwn ?? false;
		return { wrapped, keyId, ownKey, requestId };
	}

	async function proven(record: DataKeyRecord, wrapped: WrappedKey): Promise<Rewrapped> {
		const { requestId, ...fresh } = await rewrapped(record, wrapped);
		await open({ ...record, ...fresh });
		return { ...fresh, requestId };
	}

	return {
		generate: (context, version) => generateVersion({ keyring: audited, store }, context, version),
		async rewrap(record) {
			const fresh = await guarded.rewrap(contextOf(record), record.wrapped);
			return record.class === CHECKPOINT ? rewrapped(record, fresh) : proven(record, fresh);
		},
		async opens(record) {
			if (!isWrapped(record.wrapped)) return false;
			try {
				await open(record);
				return true;
			} catch (error) {
				if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return false;
				throw error;
			}
		},
		async wrap(record, plaintext) {
			if (record.state === 'DESTROYED')
				throw renewalRefusedError('This version of the data key was destroyed, and stays so.');
			if (!hasCommitment(plaintext, record))
				throw renewalRefusedError('The data key that was to be wrapped is not the one that was stored.');
			return proven(record, await guarded.wrap(contextOf(record), plaintext));
		},
		unwrap: (record) => openFor(record, (key) => Uint8Array.from(key)),
		assertOpens: (record) => open(record),
		async rewrapToNext(record, next) {
			const { wrapped, keyId, requestId } = await guarded.rewrapToNext(contextOf(record), record.wrapped);
			if (keyId !== next.keyId)
				throw renewalRefusedError('The data key was wrapped under another key than was asked for.');
			const fresh = { wrapped, keyId, ownKey: next.isOwn };
			await open({ ...record, ...fresh });
			return { ...fresh, requestId };
		},
	};
}

/** The same, but that whatever is the signer's alone is opened and wrapped by its keyring: for an escrow of the platform's keys. */
export function withSigner(renewal: KeyRenewal, signer: KeyRenewal): KeyRenewal {
	const of = ({ class: keyClass }: DataKeyRecord) => (keyClass === CHECKPOINT ? signer : renewal);
	return {
		...renewal,
		opens: (record) => of(record).opens(record),
		wrap: (record, plaintext) => of(record).wrap(record, plaintext),
		unwrap: (record) => of(record).unwrap(record),
	};
}

const contextOf = ({ firm, class: keyClass }: DataKeyRecord): KeyContext => ({ firm, class: keyClass });

const renewalRefusedError = (sentence: string) => new KeyUnavailableError('REFUSED', sentence);
