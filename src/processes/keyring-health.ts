import type { Logger, Metrics } from '../api/index.ts';
import { type KeyringHealthEvent, type KeyringPrincipal, KeyUnavailableError } from '../keys/index.ts';
import type { RefusalFeedOptions } from '../wiring/index.ts';

/** Counts each event of a process's resilient keyring in the metrics, and logs when the key service stops and starts to answer. */
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

/** Logs when a process can't read refusals, and when it can again. */
export const reportRefusalFeed = (
	logger: Logger,
	plane: KeyringPrincipal,
): Pick<RefusalFeedOptions, 'onFeedLost' | 'onFeedRestored' | 'logger'> => ({
	logger,
	onFeedLost: (error) =>
		logger.error(
			{ plane, ...(error !== null && { err: error }) },
			'could not read which firms’ keys are refused: cached keys are dropped',
		),
	onFeedRestored: () => logger.info({ plane }, 'reading which firms’ keys are refused works again'),
});

/**
 * Runs `check`. A process starts even if the key service is away or overloaded: the service may answer at any moment, and metadata is served
 * without it. Throws any other failure of `check`, which a person has to fix.
 */
export async function continueWithoutKeyService(
	plane: KeyringPrincipal,
	logger: Logger,
	check: () => Promise<void>,
): Promise<void> {
	try {
		await check();
	} catch (error) {
		if (!(error instanceof KeyUnavailableError) || error.reason === 'REFUSED') throw error;
		// Our own sentence, which says what to check; it holds no value.
		logger.error({ plane, err: error }, `content stays closed until the key service answers. ${error.message}`);
	}
}
