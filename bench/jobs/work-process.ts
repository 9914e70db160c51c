// Does jobs, as a worker's process, and says what that took of it. Started by worker.ts.
import { once } from 'node:events';
import { createLogger, createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { startJobRunner } from '../../src/processes/start-job-runner.ts';
import { openDatabase, openLog, openObjects, openPlaneOf } from '../../src/wiring/index.ts';
import type { Settings } from '../installation.ts';
import { MOVED_COLUMN } from './plaintext-column.ts';

/** From one question to the next. */
export interface Taken {
	/** Of a processor. */
	readonly seconds: number;
	/** Bytes of memory at most, all that the process had. */
	readonly most: number;
}

/** Milliseconds between two looks at the memory. */
const LOOKING = 20;

const [settings] = (await once(process, 'message')) as [Settings];
const config = readConfig(settings);
const field = createSchema().registry.get(MOVED_COLUMN.coordinate);
if (!field) throw new Error('The field of the benchmark is none.');
const database = await openDatabase(config);
const plane = openPlaneOf(database, 'firmseal_worker', 1);
const audit = openLog(plane);
const jobs = await startJobRunner({
	config,
	clock: systemClock,
	database,
	audit,
	store: await openObjects(config),
	logger: createLogger({ level: 'error' }),
	// Nobody else seals: nothing is waited for that is not measured.
	propagationSeconds: 0,
	fieldMoves: [{ ...MOVED_COLUMN, file: null, field: { ...field, movedFrom: 'text' } }],
});

let before = process.cpuUsage();
let most = 0;
const looking = setInterval(() => {
	most = Math.max(most, process.memoryUsage.rss());
}, LOOKING);
process.on('message', () => {
	const { user, system } = process.cpuUsage(before);
	const taken: Taken = { seconds: (user + system) / 1e6, most };
	before = process.cpuUsage();
	most = process.memoryUsage.rss();
	process.send?.(taken);
});
process.once('disconnect', () => void stop());
process.send?.('ready');

async function stop(): Promise<void> {
	clearInterval(looking);
	await jobs.stop();
	await audit.close();
	await plane.close();
	await database.stop();
	process.exit();
}
