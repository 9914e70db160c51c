import { type Plane, selectLastRootLeaf, selectNewestAnchor } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CheckpointKeys } from '../../keys/index.ts';
import { originOf, verifierKeyOf } from './note.ts';

export interface RotationParts {
	/** Of the role firmseal_log. */
	readonly plane: Pick<Plane, 'read'>;
	readonly keys: CheckpointKeys;
	readonly installation: string;
}

/** A key that signs from now on; whoever keeps the log takes it up within five seconds. */
export interface RotatedSigner {
	readonly version: number;
	/** By which the root tree is to be verified. */
	readonly vkey: string;
}

/**
 * Whether another key may be made: the one in force is anchored, so that the way from each anchor to the next is by two keys at most.
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
			'The log has no signing key yet: start `firmseal worker`, which makes the first.',
		);
	// Not active(), which would make one: after a loss of the key service it would be in the place of what comes back.
	const [newest] = await keys.all();
	if (!newest)
		throw new FirmsealError(
			'CONFLICT',
			"No signing key opens: bring the platform's keys back from their escrow first.",
		);
	if (JSON.parse(signer.leaf).key !== verifierKeyOf(originOf(installation, null), newest.publicKey))
		throw new FirmsealError(
			'CONFLICT',
			'The newest signing key is not in use yet: let `firmseal worker` take it up and anchor it.',
		);
	if (signer.index >= (anchor?.size ?? 0))
		throw new FirmsealError('CONFLICT', 'The signing key in use is not anchored yet: try again after the next anchor.');
}

/** Makes a new key the one that signs. @throws FirmsealError as assertRotatable does */
export async function rotateSigner(parts: RotationParts): Promise<RotatedSigner> {
	await assertRotatable(parts);
	const { version, publicKey } = await parts.keys.rotate();
	return { version, vkey: verifierKeyOf(originOf(parts.installation, null), publicKey) };
}
