import type { BackgroundTask, Clock } from '../clock/index.ts';
import { markOwnerRecoveriesSeen, type Plane } from '../database/index.ts';

/** Milliseconds between two looks. */
const PERIOD = 60_000;

/**
 * Sees the approved recoveries of all firms, now and every minute, so that the 72 hours of each begin when its own people can
 * find it. `plane`: the firm's. What fails is told to `onFailure` and tried again a minute later.
 */
export async function openRecoveryWatch(
	plane: Plane,
	clock: Clock,
	onFailure: (error: unknown) => void,
): Promise<BackgroundTask> {
	const look = async () => {
		await plane.write(null, markOwnerRecoveriesSeen).catch(onFailure);
		return PERIOD;
	};
	await look();
	return clock.every(look, { after: PERIOD, ref: false });
}
