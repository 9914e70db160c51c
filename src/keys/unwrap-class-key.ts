import type { Aead } from '../envelope/index.ts';
import type { AuditedKeyring } from './audited-keyring.ts';
import { type ClassKey, deriveClassKey, type SealedField } from './class-key.ts';
import type { DataKeyRecord } from './data-key-store.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

interface Parts<Key> {
	readonly keyring: Pick<AuditedKeyring, 'unwrap'>;
	readonly aead: Aead<Key>;
	readonly fields: readonly SealedField[];
}

/** Opens a stored data key and leaves nothing of it but field keys. Throws as unwrapDataKey() does. */
export const unwrapClassKey = <Key>(
	{ keyring, aead, fields }: Parts<Key>,
	record: DataKeyRecord,
): Promise<ClassKey<Key>> =>
	unwrapDataKey(keyring, record, (dataKey, { keyId, requestId }) => {
		const { firm, class: keyClass, version } = record;
		return deriveClassKey(aead, fields, { firm, class: keyClass, version, keyId, requestId }, dataKey);
	});
