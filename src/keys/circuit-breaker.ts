import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { KeyUnavailableError } from './keyring.ts';

/** `open`: nothing is asked; `half-open`: one call asks, and the others wait for what it hears. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
	/**
	 * Asks, unless the service has been away too often. What isn't `isAway` is an answer, of whatever kind, and so shows that the
	 * service is there.
	 * @throws OpenBreakerError and then nothing was asked.
	 */
	run<Answer>(ask: () => Promise<Answer>, isAway: (error: unknown) => boolean): Promise<Answer>;
}

export interface CircuitBreakerOptions {
	/** Tries in a row that found the service away. */
	readonly failureThreshold: number;
	/** Milliseconds until one call may try again. */
	readonly restMilliseconds: number;
	readonly onState: (state: BreakerState) => void;
}

/** The service was not asked, since it has been away for a while. */
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
			// An error that the circuit doesn't count would leave its row of failures as it is; a refusal ends it.
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
