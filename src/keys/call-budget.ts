import { systemClock } from '../clock/index.ts';
import { KeyUnavailableError } from './keyring.ts';

/** The time for one call with all its tries. */
export interface CallBudget {
	/** Rejects at the end of the time: THROTTLED if the call was queued then, otherwise AWAY. */
	readonly expired: Promise<never>;
	/** Aborted at the end of the time or of the call. */
	readonly signal: AbortSignal;
	/** Milliseconds. */
	remaining(): number;
	isExpired(): boolean;
	/** True while the call waits because the service is overloaded, false while it waits for an answer. */
	setQueued(isQueued: boolean): void;
	/** The call has ended, so that `expired` does not reject any more. */
	stop(): void;
}

export const throttledError = () =>
	new KeyUnavailableError('THROTTLED', 'The key service has too much to do; try again later.');

export function startBudget(milliseconds: number): CallBudget {
	const deadline = systemClock.now() + milliseconds;
	const gone = new AbortController();
	const { promise: over, reject } = Promise.withResolvers<never>();
	// Prevents an unhandled rejection if no one listens.
	over.catch(() => {});
	let isOver = false;
	let queued = false;
	const timer = setTimeout(() => {
		isOver = true;
		reject(
			queued
				? throttledError()
				: new KeyUnavailableError('AWAY', 'The key service does not answer in time; try again later.'),
		);
		gone.abort();
	}, milliseconds);
	return {
		expired: over,
		signal: gone.signal,
		remaining: () => deadline - systemClock.now(),
		isExpired: () => isOver,
		setQueued(isQueued) {
			queued = isQueued;
		},
		stop() {
			clearTimeout(timer);
			gone.abort();
		},
	};
}
