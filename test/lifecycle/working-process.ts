// Does jobs until it is killed, as by `kill -9`: nothing of it gets to end anything.
import { createLogger } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock.ts';
import { openDatabase, openLog, openObjects, openPlaneOf } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { startJobs } from '../../src/run-jobs.ts';

const config = readConfig();
const database = await openDatabase(config);
await startJobs({
	config,
	clock: systemClock,
	database,
	audit: openLog(openPlaneOf(database, 'firmseal_worker', 1)),
	store: await openObjects(config),
	logger: createLogger({ level: 'error' }),
	settleSeconds: 2,
	silenceSeconds: 1,
});
process.send?.('ready');
// Whoever has begun it is gone.
process.once('disconnect', () => process.exit(2));
