import { createLogger, createMetrics, createSchema } from '../src/api/index.ts';
import { systemClock } from '../src/clock/clock.ts';
import type { Config } from '../src/config/config.ts';
import type { RequestServices } from '../src/firms/index.ts';
import { type DatabaseAccess, openKeyring, openLog, openPlaneOf, openRequestServices } from '../src/wiring/index.ts';

/** Works with the services of the firm plane, without a server. */
export async function withRequestServices<T>(
	config: Config,
	database: DatabaseAccess,
	work: (services: RequestServices) => Promise<T>,
): Promise<T> {
	const plane = openPlaneOf(database, 'firmseal_firm', 2);
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = openLog(logPlane);
	try {
		const { registry } = createSchema();
		const keyring = await openKeyring(config, 'firm');
		const logger = createLogger({ level: 'error' });
		return await work(
			openRequestServices({
				plane,
				keyring,
				audit,
				registry,
				config,
				metrics: createMetrics(),
				logger,
				clock: systemClock,
			}),
		);
	} finally {
		await audit.close();
		await Promise.all([plane.close(), logPlane.close()]);
	}
}
