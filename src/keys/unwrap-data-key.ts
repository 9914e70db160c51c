import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { hasCommitment } from './derive-keys.ts';
import { KeyUnavailableError, type UnwrappedKey } from './keyring.ts';

/**
 * Opens a stored data key for `use`, which derives what is wanted of it at once; whatever happens, the plaintext is overwritten
 * before this returns. Throws KeyUnavailableError: REFUSED when the record's state forbids it, or when what came out
 * isn't the key that was stored (its commitment or its wrapping key differ).
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
