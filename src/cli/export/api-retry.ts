import { SetupError } from '../../errors.ts';
import { ApiUnreachableError, TransientError } from '../call/index.ts';
import { currentIo } from '../io.ts';

/** Tries in a row that bring nothing: half a minute where the API doesn't say how long, some minutes where it asks for a whole one. */
const MAX_TRIES = 8;
/** Milliseconds between two tries if the API doesn't say how long: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

/** Waits for an API that is away for a moment or asks to wait, and asks again. An API that was never there isn't waited for. */
export interface ApiRetry {
	/** @throws what the last try threw, once there were too many in a row */
	run<Result>(ask: () => Promise<Result>): Promise<Result>;
}

export interface ApiRetryOptions {
	readonly signal: AbortSignal;
	/** Tells the person who waits. */
	readonly notify: (sentence: string) => void;
}

export function createApiRetry({ signal, notify }: ApiRetryOptions): ApiRetry {
	let wasThere = false;
	return {
		async run(ask) {
			for (let tries = 1; ; tries++) {
				if (signal.aborted) throw new SetupError('Interrupted.');
				try {
					const result = await ask();
					wasThere = true;
					return result;
				} catch (error) {
					const passing = asTransientError(error);
					if (passing === null) throw error;
					const isThere = wasThere || !(passing.error instanceof ApiUnreachableError);
					if (tries === MAX_TRIES || !isThere) throw passing.error;
					const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
					notify(saying(passing));
					await currentIo().clock.sleep(passing.retryAfter ?? pause, signal);
				}
			}
		},
	};
}

function saying({ error, retryAfter }: TransientError): string {
	if (retryAfter !== null) return `The API asked to retry in ${retryAfter / 1000} s.`;
	return error instanceof ApiUnreachableError
		? 'The API cannot be reached: retrying.'
		: 'The API cannot answer now: retrying.';
}

function asTransientError(error: unknown): TransientError | null {
	if (error instanceof TransientError) return error;
	return error instanceof ApiUnreachableError ? new TransientError(error, null) : null;
}
