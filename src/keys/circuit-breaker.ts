import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { KeyUnavailableError } from './keyring.ts';

/** `open`: no call is made. `half-open`: one call is made, and the others wait for its result. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
	/**
	 * Makes the call unless the breaker is open. An error for which `isAway` is false counts as an answer: the service is available.
	 * @throws OpenBreakerError if no call was made.
	 */
	run<Answer>(ask: () => Promise<Answer>, isAway: (error: unknown) => boolean): Promise<Answer>;
}

export interface CircuitBreakerOptions {
	/** The breaker opens after so many failures in a row. */
	readonly failureThreshold: number;
	/** Milliseconds until one call may try again. */
	readonly restMilliseconds: number;
	readonly onState: (state: BreakerState) => void;
}

/** No call was made, because the service was unavailable repeatedly. */
export class OpenBreakerError extends KeyUnavailableError {
	constructor() {
		super('AWAY', 'The key service does not answer; try again later.');
	}
}

type CallResult<Answer> = { readonly answer: Answer } | { readonly error: unknown };

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
	[CircuitState.Closed]: 'closed',
	[CircuitState.Open]: 'open',
	[CircuitState.HalfOpen]: 'half-open',
	[CircuitState.Isolated]: 'open',
};

export function createCircuitBreaker({
	failureThreshold,
	restMilliseconds,
	onState,
}: CircuitBreakerOptions): CircuitBreaker {
	const circuit = circuitBreaker(handleAll, {
		breaker: new ConsecutiveBreaker(failureThreshold),
		halfOpenAfter: restMilliseconds,
	});
	circuit.onStateChange((state) => onState(STATES[state]));
	return {
		async run<Answer>(ask: () => Promise<Answer>, isAway: (error: unknown) => boolean): Promise<Answer> {
			// Cockatiel would ignore an error that it does not count. A refusal must instead end the row of failures, so it is returned.
			const result = await circuit
				.execute(async (): Promise<CallResult<Answer>> => {
					try {
						return { answer: await ask() };
					} catch (error) {
						if (isAway(error)) throw error;
						return { error };
					}
				})
				.catch((error: unknown) => {
					throw error instanceof BrokenCircuitError ? new OpenBreakerError() : error;
				});
			if ('error' in result) throw result.error;
			return result.answer;
		},
	};
}
