import type { KeyUse } from '../../audit/index.ts';
import { replaceWrapped, type Transaction } from '../../database/index.ts';
import type { DataKeyRecord, Rewrapped } from '../../keys/index.ts';

export interface RewrappedKey {
	readonly record: DataKeyRecord;
	readonly rewrapped: Rewrapped;
}

/** Puts each in the place of the very one that was read, and answers which: another may have been faster. */
export async function storeRewrapped(tx: Transaction, fresh: readonly RewrappedKey[]): Promise<KeyUse[]> {
	const keys: KeyUse[] = [];
	for (const { record, rewrapped } of fresh) {
		const { requestId, ...wrapping } = rewrapped;
		if (await replaceWrapped(tx, record, wrapping))
			keys.push({ class: record.class, version: record.version, source: 'KEYRING', requestId });
	}
	return keys;
}
