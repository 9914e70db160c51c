import type { Logger, Metrics } from './api/index.ts';
import type { KeyringPrincipal, KeyringTrouble } from './keys/index.ts';
import type { RefusalWatchOptions } from './refusal-watch.ts';

/** Tells metrics of everything that a process's steady keyring tells; whoever is on call, when the service goes away and comes back. */
export function tellTrouble(
	plane: KeyringPrincipal,
	logger: Logger,
	metrics?: Pick<Metrics, 'keyringTrouble'>,
): (event: KeyringTrouble) => void {
	let isAway = false;
	return (event) => {
		metrics?.keyringTrouble(plane, event);
		if (event.what !== 'breaker' || event.state === 'half-open') return;
		if (event.state === 'open' && !isAway)
			logger.error(
				{ plane },
				'the key service does not answer: it is asked now and then, and keys at hand serve meanwhile',
			);
		if (event.state === 'closed' && isAway) logger.info({ plane }, 'the key service answers again');
		isAway = event.state === 'open';
	};
}

/** What whoever is on call hears of a process that can't hear of refusals. */
export const tellSight = (
	logger: Logger,
	plane: KeyringPrincipal,
): Pick<RefusalWatchOptions, 'onBlind' | 'onSight'> => ({
	onBlind: (error) =>
		logger.error(
			{ plane, ...(error !== null && { err: error }) },
			'refusals of firms’ keys could not be looked for: no key stays at hand',
		),
	onSight: () => logger.info({ plane }, 'refusals of firms’ keys are looked for again'),
});
