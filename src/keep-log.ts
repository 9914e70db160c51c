import { join } from 'node:path';
import { readOwnerOnly, replaceOwnerOnly } from './adapters/owner-only-file.ts';
import type { Logger } from './api/index.ts';
import { type AuditLog, systemEntry } from './audit/index.ts';
import { type DatabaseAccess, openKeyring, openPlaneOf } from './compose.ts';
import type { Config } from './config.ts';
import { keyAct } from './content/index.ts';
import { createDataKeyStore, LOG_PLACE, openPlaceSession } from './database/index.ts';
import { tellTrouble } from './key-trouble.ts';
import { createCheckpointKeys } from './keys/index.ts';
import { type Keeper, keepLog, signedHeads } from './log/keeper/index.ts';

interface Parts {
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly logger: Logger;
	readonly audit: AuditLog;
}

/** Keeps the audit log with what the settings name: makes leaves of entries, signs and publishes. One process at a time does. */
export async function startKeeper({ config, database, logger, audit }: Parts): Promise<Keeper> {
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const signerPlane = openPlaneOf(database, 'firmseal_signer', 2);
	const head = join(config.dataDir, 'signer', 'head');
	const file = { read: () => readOwnerOnly(head), write: (note: string) => replaceOwnerOnly(head, note) };
	const keys = createCheckpointKeys({
		keyring: await openKeyring(config, 'signer', tellTrouble('signer', logger)),
		store: createDataKeyStore(signerPlane),
		onEvent(event) {
			audit.append([systemEntry('worker', keyAct(event))]).catch((error: unknown) => {
				logger.error({ err: error }, 'the use of a key could not be recorded');
			});
		},
	});
	const heads = signedHeads(signerPlane, config.installation, file);
	const keeper = keepLog(
		{ plane, signerPlane, keys, heads, installation: config.installation },
		{
			openSession: (wake) => openPlaceSession(database.direct ?? database.worker, LOG_PLACE, wake),
			onLeading: () => logger.info({ plane: 'worker' }, 'keeping the audit log'),
			onFailure: (error) => logger.error({ err: error }, 'the audit log could not be kept, and is tried again'),
			onRecovery: () => logger.info({}, 'the audit log is kept again'),
			onGaps: (gaps) => logger.error({ count: gaps.length }, 'entries are missing from the audit log'),
		},
	);
	return {
		async stop() {
			await keeper.stop();
			await Promise.all([plane.close(), signerPlane.close()]);
		},
	};
}
