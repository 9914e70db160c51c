// Runs jobs until it is killed with SIGKILL, so that no clean-up runs. With `stepped`, it works only when a message lets time pass.
import { createLogger } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { startJobRunner } from '../../src/processes/start-job-runner.ts';
import { openDatabase, openLog, openObjects, openPlaneOf } from '../../src/wiring/index.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** Lets `milliseconds` pass on the clock. The number is sent back when all work rests. */
export interface Stepped {
	readonly number: number;
	readonly milliseconds: number;
}

const config = readConfig();
const database = await openDatabase(config);
const stepped = process.argv.includes('stepped') ? steppedClock() : null;
await startJobRunner({
	config,
	clock: stepped ?? systemClock,
	database,
	audit: openLog(openPlaneOf(database, 'firmseal_worker', 1)),
	store: await openObjects(config),
	logger: createLogger({ level: 'error' }),
	propagationSeconds: 2,
	heartbeatTimeoutSeconds: 1,
});
process.on(
	'message',
	({ number, milliseconds }: Stepped) => void stepped?.advance(milliseconds).then(() => process.send?.(number)),
);
process.send?.('ready');
// The parent process is gone.
process.once('disconnect', () => process.exit(2));
