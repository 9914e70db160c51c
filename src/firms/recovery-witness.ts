import { type Plane, witnessOwnerRecoveries } from '../database/index.ts';

export interface RecoveryWitness {
	/** Looks no more, and waits for the look that goes on. */
	stop(): Promise<void>;
}

/** Milliseconds between two looks. */
const PERIOD = 60_000;

/**
 * Sees the approved recoveries of all firms, now and every minute, so that the 72 hours of each begin when its own people can
 * find it. `plane`: the firm's. What fails is told to `onFailure` and tried again a minute later.
 */
export async function openRecoveryWitness(plane: Plane, onFailure: (error: unknown) => void): Promise<RecoveryWitness> {
	let looking = Promise.resolve();
	const look = () => {
		looking = plane.write(null, witnessOwnerRecoveries).catch(onFailure);
	};
	look();
	await looking;
	const timer = setInterval(look, PERIOD).unref();
	return {
		async stop() {
			clearInterval(timer);
			await looking;
		},
	};
}
