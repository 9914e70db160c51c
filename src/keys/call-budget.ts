import { systemClock } from '../clock/index.ts';
import { KeyUnavailableError } from './keyring.ts';

/** What there is of time for one call with all its tries. */
export interface CallBudget {
	/** Rejects when the time is over, with what the call was waiting for then. */
	readonly expired: Promise<never>;
	/** Aborted when the time is over, or the call is. */
	readonly signal: AbortSignal;
	/** Milliseconds. */
	remaining(): number;
	isExpired(): boolean;
	/** Whether the call waits because the service is overloaded, or for an answer. */
	setQueued(does: boolean): void;
	/** The call is done with: nothing rejects any more. */
	stop(): void;
}

export const throttledError = () =>
	new KeyUnavailableError('THROTTLED', 'The key service has too much to do; try again later.');

/** `milliseconds` from now on. */
export function startBudget(milliseconds: number): CallBudget {
	const deadline = systemClock.now() + milliseconds;
	const gone = new AbortController();
	const { promise: over, reject } = Promise.withResolvers<never>();
	// Perhaps no one listens when it rejects: who does gets it all the same.
	over.catch(() => {});
	let isOver = false;
	let forRoom = false;
	const timer = setTimeout(() => {
		isOver = true;
		reject(
			forRoom
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
		setQueued(does) {
			forRoom = does;
		},
		stop() {
			clearTimeout(timer);
			gone.abort();
		},
	};
}
