import type { Logger, Metrics } from '../api/index.ts';
import { type KeyringHealthEvent, type KeyringPrincipal, KeyUnavailableError } from '../keys/index.ts';
import type { RefusalFeedOptions } from '../wiring/index.ts';

/** Tells metrics of everything that a process's resilient keyring reports, and logs when the service goes away and comes back. */
export function reportKeyringHealth(
	plane: KeyringPrincipal,
	logger: Logger,
	metrics?: Pick<Metrics, 'keyringHealth'>,
): (event: KeyringHealthEvent) => void {
	let isAway = false;
	return (event) => {
		metrics?.keyringHealth(plane, event);
		if (event.what !== 'breaker' || event.state === 'half-open') return;
		if (event.state === 'open' && !isAway)
			logger.error({ plane }, 'the key service does not answer: retrying, and cached keys are used meanwhile');
		if (event.state === 'closed' && isAway) logger.info({ plane }, 'the key service answers again');
		isAway = event.state === 'open';
	};
}

/** What whoever is on call hears of a process that can't hear of refusals. */
export const reportRefusalFeed = (
	logger: Logger,
	plane: KeyringPrincipal,
): Pick<RefusalFeedOptions, 'onFeedLost' | 'onFeedRestored'> => ({
	onFeedLost: (error) =>
		logger.error(
			{ plane, ...(error !== null && { err: error }) },
			'could not read which firms’ keys are refused: cached keys are dropped',
		),
	onFeedRestored: () => logger.info({ plane }, 'reading which firms’ keys are refused works again'),
});

/**
 * A key service that is away or overloaded may be back any moment, and metadata is served without it: a process starts all the same.
 * Throws what `look` throws else, since a person has to fix that.
 */
export async function continueWithoutKeyService(
	plane: KeyringPrincipal,
	logger: Logger,
	look: () => Promise<void>,
): Promise<void> {
	try {
		await look();
	} catch (error) {
		if (!(error instanceof KeyUnavailableError) || error.reason === 'REFUSED') throw error;
		// Its sentence is ours, and tells what to look at.
		logger.error({ plane, err: error }, `content stays closed until the key service answers. ${error.message}`);
	}
}
