import type { Logger } from '../../api/index.ts';
import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { SetupError } from '../../errors.ts';

/** Milliseconds between two checks. */
const PERIOD = 500;
/** Milliseconds after a restart: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** Restarts in a row. The count begins again when the server has run for SETTLED milliseconds. */
const MOST = 8;
const SETTLED = 30_000;

export interface SupervisedDatabase {
	readonly clock: Clock;
	readonly logger: Pick<Logger, 'error' | 'info'>;
	/** Shows a sentence to the person at the terminal. */
	readonly say: (sentence: string) => void;
	/** Path of the server's log. */
	readonly log: string;
	readonly isRunning: () => boolean;
	readonly restart: () => Promise<void>;
	/** Called when the last restart has not helped. */
	readonly onLost: (why: SetupError) => void;
}

/**
 * Restarts the embedded PostgreSQL of a serving process when it ends by itself, for example because it was killed. The pauses grow. Meanwhile
 * requests fail with AUDIT_UNAVAILABLE.
 */
export function superviseDatabase({
	clock,
	logger,
	say,
	log,
	isRunning,
	restart,
	onLost,
}: SupervisedDatabase): BackgroundTask {
	let attempts = 0;
	let ranSince = clock.now();
	let isDown = false;
	return clock.every(
		async () => {
			if (isRunning()) {
				if (clock.now() - ranSince >= SETTLED) attempts = 0;
				return PERIOD;
			}
			if (attempts === MOST) {
				onLost(new SetupError(`The embedded PostgreSQL keeps ending, and ${MOST} restarts did not help: see ${log}.`));
				return null;
			}
			if (!isDown) say('The embedded PostgreSQL ended unexpectedly and is being restarted.');
			isDown = true;
			logger.error({ count: attempts }, 'the embedded PostgreSQL ended unexpectedly and is being restarted');
			attempts += 1;
			const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
			try {
				await restart();
				ranSince = clock.now();
				isDown = false;
				say('The embedded PostgreSQL is running again.');
				logger.info({ count: attempts }, 'the embedded PostgreSQL is running again');
			} catch (error) {
				logger.error({ err: error, count: attempts }, 'the embedded PostgreSQL could not be started');
				const next = attempts === MOST ? 'It was the last' : `The next restart is in ${pause / 1_000} s`;
				say(`The embedded PostgreSQL is still down: restart ${attempts} of ${MOST} failed. ${next}.`);
			}
			return pause;
		},
		{ after: PERIOD },
	);
}
