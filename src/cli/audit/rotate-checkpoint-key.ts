import { assertRotatable, type RotatedSigner, rotateSigner } from '../../audit-log/leader/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { openPlaneOf, openSignerKeys, withInstallation } from '../../wiring/index.ts';

const unrecordedRotationError = ({ version, vkey }: RotatedSigner) =>
	new FirmsealError(
		'AUDIT_UNAVAILABLE',
		`The key ${version} signs the log from now on, ${vkey}, but that could not be recorded: see that the database can be reached.`,
	);

/**
 * Makes another key the one that signs the log; null: it was only asked whether that may be done now.
 * @throws FirmsealError CONFLICT while the one before is not anchored, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE; SetupError
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
