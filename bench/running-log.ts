import { createLogger } from '../src/api/index.ts';
import type { AppendingLog } from '../src/audit-log/index.ts';
import { systemClock } from '../src/clock/clock.ts';
import { startLogLeader } from '../src/processes/start-log-leader.ts';
import { openLog, openPlaneOf } from '../src/wiring/index.ts';
import type { BenchInstallation } from './data/installation.ts';

/** Runs the leader of the installation's log in this process while `work` runs. */
export async function withRunningLog<T>(
	{ config, database }: Pick<BenchInstallation, 'config' | 'database'>,
	work: (audit: AppendingLog) => Promise<T>,
): Promise<T> {
	const plane = openPlaneOf(database, 'firmseal_worker', 1);
	const audit = openLog(plane);
	const leader = await startLogLeader({
		config,
		clock: systemClock,
		database,
		logger: createLogger({ level: 'silent' }),
		audit,
	});
	try {
		return await work(audit);
	} finally {
		await leader.stop();
		await audit.close();
		await plane.close();
	}
}
