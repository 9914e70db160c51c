// Runs jobs as a worker does, and measures what they take. Runs in the process that measure-lifecycle.ts starts.
import { createLogger, createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { startJobRunner } from '../../src/processes/start-job-runner.ts';
import { openDatabase, openLog, openObjects, openPlaneOf } from '../../src/wiring/index.ts';
import { MOVED_COLUMN } from './plaintext-column.ts';

/** Milliseconds. */
const SAMPLE_PERIOD = 20;

let cpuBefore = process.cpuUsage();
let peak = 0;

/** Runs jobs until the parent disconnects. */
export async function work(): Promise<void> {
	const config = readConfig(process.env);
	const field = createSchema().registry.get(MOVED_COLUMN.coordinate);
	if (!field) throw new Error(`${MOVED_COLUMN.coordinate} is not encrypted.`);
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
		// No other process seals, so there is nothing to wait for.
		propagationSeconds: 0,
		fieldMoves: [{ ...MOVED_COLUMN, file: null, field: { ...field, movedFrom: 'text' } }],
	});
	setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss());
	}, SAMPLE_PERIOD);
	const end = async () => {
		await jobs.stop();
		await audit.close();
		await plane.close();
		await database.stop();
		process.exit();
	};
	process.once('disconnect', () => void end());
}

/** Returns processor seconds and the highest resident memory, in bytes, since the last call. */
export async function take() {
	const { user, system } = process.cpuUsage(cpuBefore);
	const taken = { seconds: (user + system) / 1e6, peak };
	cpuBefore = process.cpuUsage();
	peak = process.memoryUsage.rss();
	return taken;
}
