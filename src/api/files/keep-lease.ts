import type { RequestLease } from '../../leases/index.ts';

/** Milliseconds between two askings whether the lease is still there. */
const EVERY = 1_000;

/** A lease that is held for as long as a file is being sent. */
export interface KeptLease {
	/** Resolves when the next bytes may go. @throws FirmsealError LEASE_NOT_ACTIVE */
	live(): Promise<void>;
	/** From when all is opened and on record: until then the lease is held as for any other answer. */
	start(): void;
	stop(): void;
}

/**
 * Takes the lease again each second, whether or not the reader reads: so whoever ends it waits for no slow reader, and nothing goes out
 * after that. `onLost` is called as soon as it is refused: what is in the socket must not go either.
 */
export function keepLease(lease: Pick<RequestLease, 'renew' | 'assertLive'>, onLost: () => void): KeptLease {
	let renewing: Promise<void> = Promise.resolve();
	let isRunning = false;
	async function renew(): Promise<void> {
		isRunning = true;
		try {
			await lease.renew();
		} finally {
			isRunning = false;
		}
	}
	let timer: NodeJS.Timeout | undefined;
	function tick(): void {
		// One that takes longer than a second is waited for: meanwhile nothing goes out.
		if (isRunning) return;
		renewing = renew();
		renewing.catch(() => {
			clearInterval(timer);
			onLost();
		});
	}
	return {
		async live() {
			await renewing;
			lease.assertLive();
		},
		start() {
			timer = setInterval(tick, EVERY);
		},
		stop: () => clearInterval(timer),
	};
}

/** For who needs none. */
export const NO_LEASE: KeptLease = { live: async () => {}, start: () => {}, stop: () => {} };
