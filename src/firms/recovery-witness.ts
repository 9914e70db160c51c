import type { Clock, Repetition } from '../clock/index.ts';
import { type Plane, witnessOwnerRecoveries } from '../database/index.ts';

/** Milliseconds between two looks. */
const PERIOD = 60_000;

/**
 * Sees the approved recoveries of all firms, now and every minute, so that the 72 hours of each begin when its own people can
 * find it. `plane`: the firm's. What fails is told to `onFailure` and tried again a minute later.
 */
export async function openRecoveryWitness(
	plane: Plane,
	clock: Clock,
	onFailure: (error: unknown) => void,
): Promise<Repetition> {
	const look = async () => {
		await plane.write(null, witnessOwnerRecoveries).catch(onFailure);
		return PERIOD;
	};
	await look();
	return clock.every(look, { after: PERIOD, ref: false });
}
