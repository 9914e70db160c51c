import type { FirmPrincipal } from '../../src/access/index.ts';
import { createLogger, createMetrics, createSchema } from '../../src/api/index.ts';
import { actAs as actAsPerson } from '../../src/cli/demo/person.ts';
import { type DatabaseAccess, openDesk, openKeyring, openLog, openPlaneOf } from '../../src/compose.ts';
import type { Config } from '../../src/config.ts';
import type { Acting, Desk } from '../../src/firms/index.ts';

const { registry } = createSchema();

/** Runs use cases as one of a firm's people, as a request of the API would, through the firm's plane and on record. */
export async function actAs<T>(
	config: Config,
	database: DatabaseAccess,
	principal: FirmPrincipal,
	work: (desk: Desk, acting: Acting) => Promise<T>,
): Promise<T> {
	const plane = openPlaneOf(database, 'firmseal_firm', 2);
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = openLog(logPlane);
	try {
		const keyring = await openKeyring(config, 'firm');
		const logger = createLogger({ level: 'silent' });
		const desk = openDesk({ plane, keyring, audit, registry, config, metrics: createMetrics(), logger });
		return await actAsPerson({ desk, principal }, work);
	} finally {
		await audit.close();
		await Promise.all([plane.close(), logPlane.close()]);
	}
}
