import { timingSafeEqual } from 'node:crypto';
import type { Aead } from '../envelope/index.ts';
import { type ClassKey, deriveClassKey, type SealedField } from './class-key.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { deriveCommitment } from './derive.ts';
import { KeyUnavailableError } from './keyring.ts';
import type { ToldKeyring } from './told-keyring.ts';

interface Parts<Key> {
	readonly keyring: Pick<ToldKeyring, 'unwrap'>;
	readonly aead: Aead<Key>;
	readonly fields: readonly SealedField[];
}

/**
 * Opens a stored data key and leaves nothing of it but field keys: whatever happens, the plaintext is overwritten
 * before this returns. Throws KeyUnavailableError: REFUSED when the record's state forbids it, or when what came out
 * isn't the key that was stored (its commitment or its wrapping key differ).
 */
export async function unwrapClassKey<Key>(
	{ keyring, aead, fields }: Parts<Key>,
	record: DataKeyRecord,
): Promise<ClassKey<Key>> {
	const { firm, class: keyClass, version } = record;
	if (record.state !== 'ACTIVE' && record.state !== 'RETIRED') {
		throw new KeyUnavailableError('REFUSED', 'This version of the data key is disabled or destroyed.');
	}
	const unwrapped = await keyring.unwrap({ firm, class: keyClass }, version, record.wrapped);
	try {
		const { keyId, requestId, plaintext } = unwrapped;
		const commitment = deriveCommitment(plaintext, record);
		if (keyId !== record.keyId || !isSame(commitment, record.commitment)) {
			throw new KeyUnavailableError('REFUSED', 'The data key that was opened is not the one that was stored.');
		}
		return deriveClassKey(aead, fields, { firm, class: keyClass, version, keyId, requestId }, plaintext);
	} finally {
		unwrapped.plaintext.fill(0);
	}
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
	return left.length === right.length && timingSafeEqual(left, right);
}
