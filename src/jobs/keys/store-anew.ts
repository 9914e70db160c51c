import type { KeyUse } from '../../audit/index.ts';
import { replaceWrapped, type Transaction } from '../../database/index.ts';
import type { DataKeyRecord, Rewrapped } from '../../keys/index.ts';

export interface WrappedAnew {
	readonly record: DataKeyRecord;
	readonly anew: Rewrapped;
}

/** Puts each in the place of the very one that was read, and answers which: another may have been faster. */
export async function storeAnew(tx: Transaction, fresh: readonly WrappedAnew[]): Promise<KeyUse[]> {
	const keys: KeyUse[] = [];
	for (const { record, anew } of fresh) {
		const { requestId, ...wrapping } = anew;
		if (await replaceWrapped(tx, record, wrapping))
			keys.push({ class: record.class, version: record.version, source: 'KEYRING', requestId });
	}
	return keys;
}
