import { type AuditLog, type EntryDraft, systemEntry } from '../audit/index.ts';
import { originOf, verifierKeyOf } from '../audit-log/leader/index.ts';
import type { Config } from '../config/index.ts';
import { keyEventAct } from '../content/index.ts';
import { createDataKeyStore, type Plane } from '../database/index.ts';
import { type CheckpointKeys, createCheckpointKeys } from '../keys/index.ts';
import { openKeyring } from './open-keyring.ts';

/** The keys that sign checkpoints, for a command. */
export interface SignerKeys extends CheckpointKeys {
	/** The root tree's verifier keys of all keys that can still sign. @throws KeyUnavailableError AWAY, THROTTLED */
	vkeys(): Promise<readonly string[]>;
	/** The verifier key of the root tree for a public key. */
	vkeyOf(publicKey: Uint8Array): string;
	/** Appends the calls of the keyring since the last time. */
	record(audit: AuditLog): Promise<void>;
	/** Runs `work`, and then record() even if `work` fails. An error of `work` takes precedence over an error of record(). */
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
