import type { FirmPrincipal } from '../../src/access/index.ts';
import { createLogger, createMetrics, createSchema } from '../../src/api/index.ts';
import { actAs as actAsPerson } from '../../src/cli/demo/person.ts';
import { type DatabaseAccess, openDesk } from '../../src/compose.ts';
import type { Config } from '../../src/config.ts';
import type { Acting, Desk } from '../../src/firms/index.ts';
import { withSide } from '../../src/installation.ts';

const { registry } = createSchema();

/** Runs use cases as one of a firm's people, as a request of the API would, through the firm's plane and on record. */
export async function actAs<T>(
	config: Config,
	database: DatabaseAccess,
	principal: FirmPrincipal,
	work: (desk: Desk, acting: Acting) => Promise<T>,
): Promise<T> {
	return withSide(config, database, 'firm', 2, (parts) => {
		const logger = createLogger({ level: 'silent' });
		const desk = openDesk({ ...parts, registry, config, metrics: createMetrics(), logger });
		return actAsPerson({ desk, principal }, work);
	});
}
