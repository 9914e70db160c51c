import { FreshnessError, isCheckpointKey, type LogToProve, requireFresh } from '../../custody/index.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** Keys that a device may trust at one time: those before and after some rotations. */
const MOST_KEYS = 16;

/** Reasons for which the checkpoint may still be by another key. */
const OF_ONE_KEY: ReadonlySet<FreshnessError['reason']> = new Set(['KEY', 'COSIGNATURE']);

/**
 * When a checkpoint of exactly this log was made, in milliseconds since 1970, and the vkeys to trust afterwards. The first checkpoint that
 * verifies fixes its key. Later ones must be by a trusted key: what the service publishes then is not asked, because it could name a key of
 * its own.
 * @throws FreshnessError
 */
export async function requireFreshByTrusted(of: LogToProve, trusted: readonly string[]) {
	if (trusted.length > 0) {
		const { time } = await requireFresh({ ...of, vkeys: trusted });
		return { time: time * 1_000, checkpointKeys: trusted };
	}
	let refused = new FreshnessError('KEY');
	for (const vkey of of.vkeys) {
		try {
			const { time } = await requireFresh({ ...of, vkeys: [vkey] });
			return { time: time * 1_000, checkpointKeys: [vkey] };
		} catch (error) {
			if (!(error instanceof FreshnessError) || !OF_ONE_KEY.has(error.reason)) throw error;
			refused = error;
		}
	}
	throw refused;
}

/**
 * The person, or the application, has these keys from a source other than the service. They replace those of before, and nothing is sent
 * until one of them has signed.
 * @throws VaultError `no-log`, `checkpoint-key`
 */
export async function trustCheckpointKeys(session: Session, vkeys: readonly string[]): Promise<void> {
	const { log } = session;
	if (vkeys.length === 0 || vkeys.length > MOST_KEYS) throw new VaultError('checkpoint-key');
	for (const vkey of vkeys) if (!(await isCheckpointKey(vkey, log))) throw new VaultError('checkpoint-key');
	await session.keep({ checkpointKeys: [...new Set(vkeys)] });
	session.freshAt = null;
}
