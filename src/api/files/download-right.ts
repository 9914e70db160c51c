import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RequestLease } from '../../leases/index.ts';

/** Milliseconds between two askings whether the lease is still there. */
const LEASE_RENEWAL_MS = 1_000;
/** And whether a person of a firm may still read the file: most are sent in less. */
const MEMBER_RECHECK_MS = 5_000;

/** What a file is sent by: asked for again for as long as it takes. */
export interface DownloadRight {
	/** Resolves when the next bytes may go. @throws FirmsealError LEASE_NOT_ACTIVE */
	assertHeld(): Promise<void>;
	/** From when the lease is first held. */
	start(): void;
	stop(): void;
}

/**
 * Asks again what the caller may, since a long file outlives a removal and a share, and takes a lease again each second, whether or not
 * the reader reads: so a person who ends it waits for no slow reader, and nothing goes out after that. `onLost` is called as soon as it is
 * refused: what is in the socket must not go either.
 */
export function createDownloadRight(
	clock: Clock,
	may: () => Promise<boolean>,
	lease: Pick<RequestLease, 'renew' | 'assertNotExpired'> | null,
	onLost: () => void,
): DownloadRight {
	const period = lease ? LEASE_RENEWAL_MS : MEMBER_RECHECK_MS;
	let renewing: Promise<void> = Promise.resolve();
	let renewals: BackgroundTask | undefined;
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
		async assertHeld() {
			await renewing;
			lease?.assertNotExpired();
		},
		start() {
			renewals = clock.every(renewOnce, { after: period });
		},
		stop: () => void renewals?.stop(),
	};
}
