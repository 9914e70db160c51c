import { type AuditLog, type EntryDraft, systemEntry } from '../audit/index.ts';
import { originOf, verifierKeyOf } from '../audit-log/leader/index.ts';
import type { Config } from '../config/index.ts';
import { keyEventAct } from '../content/index.ts';
import { createDataKeyStore, type Plane } from '../database/index.ts';
import { type CheckpointKeys, createCheckpointKeys } from '../keys/index.ts';
import { openKeyring } from './open-keyring.ts';

/** The keys of checkpoints, for a command that is over soon. */
export interface SignerKeys extends CheckpointKeys {
	/** vkeys of the root tree of all that can still sign. @throws KeyUnavailableError AWAY, THROTTLED */
	vkeys(): Promise<readonly string[]>;
	/** By which the root tree is to be verified. */
	vkeyOf(publicKey: Uint8Array): string;
	/** Appends what the keyring was asked for since the last time. */
	record(audit: AuditLog): Promise<void>;
	/** The same after `work`, whatever comes of it; what `work` throws is thrown before that it could not be recorded. */
	recordAfter<T>(audit: AuditLog, work: () => Promise<T>): Promise<T>;
}

export async function openSignerKeys(config: Config, signerPlane: Plane): Promise<SignerKeys> {
	const entries: EntryDraft[] = [];
	const keys = createCheckpointKeys({
		keyring: await openKeyring(config, 'signer'),
		store: createDataKeyStore(signerPlane),
		onEvent: (event) => void entries.push(systemEntry('worker', keyEventAct(event))),
	});
	const vkeyOf = (publicKey: Uint8Array) => verifierKeyOf(originOf(config.installation, null), publicKey);
	async function record(audit: AuditLog): Promise<void> {
		await audit.append(entries.splice(0));
	}
	return {
		...keys,
		vkeyOf,
		vkeys: async () => (await keys.all()).map(({ publicKey }) => vkeyOf(publicKey)),
		record,
		async recordAfter(audit, work) {
			const result = await work().catch(async (error: unknown) => {
				await record(audit).catch(() => {});
				throw error;
			});
			await record(audit);
			return result;
		},
	};
}
