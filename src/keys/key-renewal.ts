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

/** Renews and checks data keys for jobs. A plaintext data key exists only during a check, except in unwrap() and wrap(). */
export interface KeyRenewal {
	/** Makes this version the ACTIVE one. False if it already exists. @throws KeyUnavailableError */
	generate(context: KeyContext, version: number): Promise<boolean>;
	/**
	 * The same data key, wrapped by the current version of the firm's wrapping key. Checks that the result opens and gives the stored key, so
	 * that a key which does not open is never stored. Does not open a checkpoint key, which only the signer may open. Writes nothing.
	 * @throws KeyUnavailableError
	 */
	rewrap(record: DataKeyRecord): Promise<Rewrapped>;
	/**
	 * Whether the stored wrapped key opens and gives the stored key. A DISABLED version may open, a DESTROYED one does not. False if the
	 * service refuses. @throws KeyUnavailableError AWAY, THROTTLED
	 */
	opens(record: DataKeyRecord): Promise<boolean>;
	/**
	 * Wraps a recovered data key as rewrap() does, if it is the stored key. The caller overwrites `plaintext`.
	 * @throws KeyUnavailableError; REFUSED for another key, and for a DESTROYED version
	 */
	wrap(record: DataKeyRecord, plaintext: Uint8Array): Promise<Rewrapped>;
	/**
	 * The plaintext data key, checked to be the stored one, also of a DISABLED version: for an escrow, which seals the key at once. The caller
	 * overwrites it. @throws KeyUnavailableError
	 */
	unwrap(record: DataKeyRecord): Promise<Uint8Array>;
	/** Checks that the key opens and is the stored one, also of a DISABLED version. @throws KeyUnavailableError */
	assertOpens(record: DataKeyRecord): Promise<void>;
	/** rewrap() under the next wrapping key of the firm, which must be `next`. */
	rewrapToNext(record: DataKeyRecord, next: Pick<WrappingKey, 'keyId' | 'isOwn'>): Promise<Rewrapped>;
}

export interface KeyRenewalOptions {
	/** The guard is added here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** Called for each call of the keyring that returns a data key, for the log. */
	readonly onEvent: (event: DataKeyEvent) => void;
}

export function createKeyRenewal({ keyring, store, onEvent }: KeyRenewalOptions): KeyRenewal {
	const guarded = guardKeyring(keyring);
	const audited = auditKeyring(guarded, onEvent);

	/** Throws unless the record opens and gives the stored key. */
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
				throw renewalRefusedError('This version of the data key was destroyed, and cannot be restored.');
			if (!hasCommitment(plaintext, record))
				throw renewalRefusedError('The data key to wrap is not the one that was stored.');
			return proven(record, await guarded.wrap(contextOf(record), plaintext));
		},
		unwrap: (record) => openFor(record, (key) => Uint8Array.from(key)),
		assertOpens: (record) => open(record),
		async rewrapToNext(record, next) {
			const { wrapped, keyId, requestId } = await guarded.rewrapToNext(contextOf(record), record.wrapped);
			if (keyId !== next.keyId)
				throw renewalRefusedError('The data key was wrapped under another key than the requested one.');
			const fresh = { wrapped, keyId, ownKey: next.isOwn };
			await open({ ...record, ...fresh });
			return { ...fresh, requestId };
		},
	};
}

/** Opens and wraps checkpoint keys with the signer's renewal, all others with `renewal`: for an escrow of the platform's keys. */
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
