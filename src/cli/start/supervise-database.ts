import type { Logger } from '../../api/index.ts';
import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { SetupError } from '../../errors.ts';

/** Milliseconds between two looks; after an attempt, first and longest. */
const PERIOD = 500;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** Of attempts, until it has run for so many milliseconds. */
const MOST = 8;
const SETTLED = 30_000;

export interface SupervisedDatabase {
	readonly clock: Clock;
	readonly logger: Pick<Logger, 'error' | 'info'>;
	/** Says it where somebody reads along. */
	readonly say: (sentence: string) => void;
	/** Path of its log. */
	readonly log: string;
	readonly isRunning: () => boolean;
	readonly restart: () => Promise<void>;
	/** It does not run, and is not started again any more. */
	readonly onLost: (why: SetupError) => void;
}

/**
 * Looks after the embedded PostgreSQL of a process that serves. One that ended by itself, such as one that was killed, is started again
 * with growing pauses; meanwhile requests are answered that the database is away.
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
				const then = attempts === MOST ? 'it was the last' : `the next is in ${pause / 1_000} s`;
				say(`The embedded PostgreSQL is still down: restart ${attempts} of ${MOST} failed, ${then}.`);
			}
			return pause;
		},
		{ after: PERIOD },
	);
}
