import { type Plane, selectLastRootLeaf, selectNewestAnchor } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CheckpointKeys } from '../../keys/index.ts';
import { originOf, verifierKeyOf } from './note.ts';

export interface RotationParts {
	/** Plane of the role firmseal_log. */
	readonly plane: Pick<Plane, 'read'>;
	readonly keys: CheckpointKeys;
	readonly installation: string;
}

/** A key that signs from now on. The log's leader takes it up within five seconds. */
export interface RotatedSigner {
	readonly version: number;
	/** The vkey that verifies the root tree. */
	readonly vkey: string;
}

/**
 * Checks that a new key may be made: the active key must be anchored, so that at most two keys sign between one anchor and the next.
 * @throws FirmsealError CONFLICT, KEY_UNAVAILABLE
 */
export async function assertRotatable({ plane, keys, installation }: RotationParts): Promise<void> {
	const { signer, anchor } = await plane.read(null, async (tx) => ({
		signer: await selectLastRootLeaf(tx, 'SIGNER'),
		anchor: await selectNewestAnchor(tx),
	}));
	if (signer === null)
		throw new FirmsealError(
			'CONFLICT',
			'The log has no signing key yet: start `firmseal worker`, which makes the first one.',
		);
	// Not active(), which would make a key: after a loss of the key service, the new key would replace the keys that come back.
	const [newest] = await keys.all();
	if (!newest)
		throw new FirmsealError(
			'CONFLICT',
			"No signing key can be opened: recover the platform's keys from their escrow first.",
		);
	if (JSON.parse(signer.leaf).key !== verifierKeyOf(originOf(installation, null), newest.publicKey))
		throw new FirmsealError(
			'CONFLICT',
			'The newest signing key is not in use yet: wait until `firmseal worker` uses and anchors it.',
		);
	if (signer.index >= (anchor?.size ?? 0))
		throw new FirmsealError('CONFLICT', 'The signing key in use is not anchored yet: try again after the next anchor.');
}

/** Makes a new key the active one. @throws FirmsealError as assertRotatable does */
export async function rotateSigner(parts: RotationParts): Promise<RotatedSigner> {
	await assertRotatable(parts);
	const { version, publicKey } = await parts.keys.rotate();
	return { version, vkey: verifierKeyOf(originOf(parts.installation, null), publicKey) };
}
