import type { Clock, Repetition } from '../../clock/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RequestLease } from '../../leases/index.ts';

/** Milliseconds between two askings whether the lease is still there. */
const EVERY = 1_000;
/** And whether somebody of a firm may still read the file: most are sent in less. */
const EVERY_OF_FIRM = 5_000;

/** What a file is sent by: asked for again for as long as it takes. */
export interface KeptRight {
	/** Resolves when the next bytes may go. @throws FirmsealError LEASE_NOT_ACTIVE */
	live(): Promise<void>;
	/** From when the lease is first held. */
	start(): void;
	stop(): void;
}

/**
 * Asks again what the caller may, since a long file outlives a removal and a share, and takes a lease again each second, whether or not
 * the reader reads: so whoever ends it waits for no slow reader, and nothing goes out after that. `onLost` is called as soon as it is
 * refused: what is in the socket must not go either.
 */
export function keepRight(
	clock: Clock,
	may: () => Promise<boolean>,
	lease: Pick<RequestLease, 'renew' | 'assertLive'> | null,
	onLost: () => void,
): KeptRight {
	const period = lease ? EVERY : EVERY_OF_FIRM;
	let renewing: Promise<void> = Promise.resolve();
	let renewals: Repetition | undefined;
	async function renew(): Promise<void> {
		if (!(await may())) throw new FirmsealError('FORBIDDEN', 'You may not read this file any more.');
		await lease?.renew();
	}
	/** One that takes longer than a second is waited for: meanwhile nothing goes out. */
	async function renewOnce(): Promise<number | null> {
		const began = clock.now();
		renewing = renew();
		try {
			await renewing;
			return Math.max(0, began + period - clock.now());
		} catch {
			onLost();
			return null;
		}
	}
	return {
		async live() {
			await renewing;
			lease?.assertLive();
		},
		start() {
			renewals = clock.every(renewOnce, { after: period });
		},
		stop: () => void renewals?.stop(),
	};
}
