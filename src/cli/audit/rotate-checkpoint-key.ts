import { assertRotatable, type RotatedSigner, rotateSigner } from '../../audit-log/leader/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { openPlaneOf, openSignerKeys, withInstallation } from '../../wiring/index.ts';

const unrecordedRotationError = ({ version, vkey }: RotatedSigner) =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		`Key ${version}, ${vkey}, signs the log from now on, but the rotation could not be recorded: check that the database can be reached.`,
	);

/**
 * Makes a new key that signs the log from now on. With `dryRun` only checks that a rotation is allowed now, and resolves with null.
 * @throws FirmsealError CONFLICT until the key before is anchored, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE; SetupError
 */
export function rotateCheckpointKey(
	config: Config,
	{ dryRun }: { readonly dryRun: boolean },
): Promise<RotatedSigner | null> {
	return withInstallation(config, async ({ database, audit }) => {
		const plane = openPlaneOf(database, 'firmseal_log', 1);
		const signerPlane = openPlaneOf(database, 'firmseal_signer', 1);
		try {
			const keys = await openSignerKeys(config, signerPlane);
			const parts = { plane, keys, installation: config.installation };
			if (dryRun) {
				await keys.recordAfter(audit, () => assertRotatable(parts));
				return null;
			}
			let key: RotatedSigner | null = null;
			try {
				return await keys.recordAfter(audit, async () => {
					key = await rotateSigner(parts);
					return key;
				});
			} catch (error) {
				throw key === null ? error : unrecordedRotationError(key);
			}
		} finally {
			await Promise.all([plane.close(), signerPlane.close()]);
		}
	});
}
