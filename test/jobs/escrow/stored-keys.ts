import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { EscrowedKey, RecoveredKey } from '../../../src/jobs/escrow/index.ts';
import {
	createKeyRenewal,
	type DataKeyEvent,
	type DataKeyRecord,
	deriveCommitment,
	type Keyring,
} from '../../../src/keys/index.ts';
import { createFakeKeyring } from '../../keys/fake-keyring.ts';
import { createMemoryDataKeyStore } from '../../support/memory-data-key-store.ts';
import { AT, KEYS } from './escrows.ts';

/** The keys that were overwritten. */
export const CLOSED = new Uint8Array(32);
/** Counts of keys that stay unchanged. */
export const NONE = { COMMITMENT_DIFFERS: 0, NOT_ESCROWED: 0, NOT_STORED: 0, DESTROYED: 0, SIGNERS_ALONE: 0 };

/** Keys of an escrow that was just opened, each with its own memory. */
export const opened = (keys: readonly EscrowedKey[] = KEYS): EscrowedKey[] =>
	keys.map((key) => ({ ...key, key: Uint8Array.from(key.key) }));

/** The stored record of a key, wrapped by a key service that is gone. */
export const stored = (
	{ firm, class: keyClass, version, commitment }: EscrowedKey,
	change: Partial<DataKeyRecord> = {},
): DataKeyRecord => ({
	firm,
	class: keyClass,
	version,
	commitment,
	state: 'RETIRED',
	wrapped: Uint8Array.from(randomBytes(48)),
	keyId: 'lost',
	ownKey: false,
	sealed: 0,
	createdAt: AT,
	...change,
});

/** Another key with the same coordinates and a valid commitment, as k holders together could make it. */
export function forgedFor({ firm, class: keyClass, version }: EscrowedKey): EscrowedKey {
	const key = Uint8Array.from(randomBytes(32));
	return { firm, class: keyClass, version, key, commitment: deriveCommitment(key, { firm, class: keyClass, version }) };
}

/** A key service, and a KeyRenewal that uses it. */
export function newService(over: Partial<Keyring> = {}) {
	const fake = createFakeKeyring();
	const events: DataKeyEvent[] = [];
	const renewal = createKeyRenewal({
		keyring: { ...fake.keyring, ...over },
		store: createMemoryDataKeyStore(),
		onEvent: (event) => events.push(event),
	});
	/** The stored record of a key that this service has wrapped. */
	const wrapped = async (key: EscrowedKey, change: Partial<DataKeyRecord> = {}) => {
		const { firm, class: keyClass } = key;
		const { requestId: _, ...wrapping } = await fake.keyring.wrap({ firm, class: keyClass }, Uint8Array.from(key.key));
		fake.given.splice(0);
		return stored(key, { ...wrapping, ...change });
	};
	const expectForgotten = () => {
		for (const buffer of [...fake.given, ...fake.handedOut]) expect(buffer).toEqual(CLOSED);
	};
	return { ...fake, renewal, events, wrapped, expectForgotten };
}

/** The stored record after a recovery. */
export const storedAgain = ({ record, rewrapped: { requestId: _, ...wrapping } }: RecoveredKey): DataKeyRecord => ({
	...record,
	...wrapping,
});
