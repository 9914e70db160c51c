import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { hasCommitment } from './derive-keys.ts';
import { KeyUnavailableError, type UnwrappedKey } from './keyring.ts';

/**
 * Opens a stored data key for `use`, which must derive its keys synchronously. Always overwrites the plaintext before it returns. Throws
 * KeyUnavailableError: REFUSED if the record's state forbids it, or if the opened key is not the stored one (its commitment or its wrapping
 * key differs).
 */
export async function unwrapDataKey<Derived>(
	keyring: Pick<AuditedKeyring, 'unwrap'>,
	record: DataKeyRecord,
	use: (dataKey: Uint8Array, of: Pick<UnwrappedKey, 'keyId' | 'requestId'>) => Derived,
): Promise<Derived> {
	const { firm, class: keyClass, version } = record;
	if (record.state !== 'ACTIVE' && record.state !== 'RETIRED') {
		throw new KeyUnavailableError('REFUSED', 'This version of the data key is disabled or destroyed.');
	}
	const unwrapped = await keyring.unwrap({ firm, class: keyClass }, version, record.wrapped);
	try {
		const { keyId, plaintext } = unwrapped;
		if (keyId !== record.keyId || !hasCommitment(plaintext, record)) {
			throw new KeyUnavailableError('REFUSED', 'The data key that was opened is not the one that was stored.');
		}
		return use(plaintext, unwrapped);
	} finally {
		unwrapped.plaintext.fill(0);
	}
}
