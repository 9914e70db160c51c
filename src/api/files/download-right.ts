import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RequestLease } from '../../leases/index.ts';

/** Milliseconds between two checks that the lease is still active. */
const LEASE_RENEWAL_MS = 1_000;
/** Milliseconds between two checks that a person of a firm may still read the file. Most downloads are shorter. */
export const MEMBER_RECHECK_MS = 5_000;

/** The right by which a file is sent. It is checked again during the download. */
export interface DownloadRight {
	/** Resolves when the next bytes may be sent. @throws FirmsealError LEASE_NOT_ACTIVE */
	assertHeld(): Promise<void>;
	/** Called when the lease is first held. */
	start(): void;
	stop(): void;
}

/**
 * Checks the caller's right again during a download, since a long download can outlive a removal or the end of sharing. Renews a lease
 * every second, even while the reader does not read. So a person who ends the lease does not wait for a slow reader, and nothing is
 * sent afterwards. Calls `onLost` as soon as the right is refused: bytes in the socket must not be sent either.
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
		if (!(await may())) throw new FirmsealError('FORBIDDEN', 'You may no longer read this file.');
		await lease?.renew();
	}
	/** If a check takes longer than the period, the download waits for it. */
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
