import { type AuditLog, type EntryDraft, systemEntry } from './audit/index.ts';
import { openKeyring } from './compose.ts';
import type { Config } from './config.ts';
import { keyAct } from './content/index.ts';
import { createDataKeyStore, type Plane } from './database/index.ts';
import { type CheckpointKeys, createCheckpointKeys } from './keys/index.ts';
import { originOf, verifierKeyOf } from './log/keeper/index.ts';

/** The keys of checkpoints, for a command that is over soon. */
export interface SignerKeys extends CheckpointKeys {
	/** vkeys of the root tree of all that can still sign. @throws KeyUnavailableError AWAY, THROTTLED */
	vkeys(): Promise<readonly string[]>;
	/** By which the root tree is to be verified. */
	vkeyOf(publicKey: Uint8Array): string;
	/** Appends what the keyring was asked for since the last time. */
	record(audit: AuditLog): Promise<void>;
}

export async function openSignerKeys(config: Config, signerPlane: Plane): Promise<SignerKeys> {
	const entries: EntryDraft[] = [];
	const keys = createCheckpointKeys({
		keyring: await openKeyring(config, 'signer'),
		store: createDataKeyStore(signerPlane),
		onEvent: (event) => void entries.push(systemEntry('worker', keyAct(event))),
	});
	const vkeyOf = (publicKey: Uint8Array) => verifierKeyOf(originOf(config.installation, null), publicKey);
	return {
		...keys,
		vkeyOf,
		vkeys: async () => (await keys.all()).map(({ publicKey }) => vkeyOf(publicKey)),
		async record(audit) {
			await audit.append(entries.splice(0));
		},
	};
}
