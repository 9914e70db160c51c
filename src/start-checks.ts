import type { Logger } from './api/index.ts';
import type { Config } from './config.ts';
import {
	type CatalogueOptions,
	checkAppend,
	type Finding,
	inspectCatalogue,
	inspectConnections,
	type Plane,
} from './database/index.ts';
import { FirmsealError, SetupError } from './errors.ts';
import { nodeFacts, type ProcessKind, productionRefusals, type StartFacts } from './production-refusals.ts';

/** @throws SetupError with every reason why production does not start so. */
export function refuseInProduction(
	config: Config,
	kind: ProcessKind,
	facts: Partial<Pick<StartFacts, 'roles' | 'introspection'>> = {},
): void {
	const whole = { roles: [], introspection: false, ...facts, ...nodeFacts(config) };
	const refusals = productionRefusals(config, whole, kind);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
}

/** @throws SetupError for a database that has no Firmseal, or an older one. */
export async function assertPrepared(plane: Plane): Promise<void> {
	try {
		await plane.read(null, checkAppend);
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError('The database is not prepared for this version of Firmseal: run `firmseal init`.');
	}
}

/**
 * What a login has set as defaults for itself keeps its own plane alone from starting: PostgreSQL lets every login do that, so others would
 * start or not as it likes.
 * @throws SetupError in production for a database that is not as the migrations left it, or whose logins can take each other's connections. Of
 * another login's defaults production is only warned, and development of everything.
 */
export async function refuseDrift(config: Config, plane: Plane, logger: Logger): Promise<void> {
	const wrong = await findWrong(plane, { sharedLogin: config.env === 'development' });
	if (wrong.length > 0 && config.env === 'production') {
		const refused = await findWrong(plane, { ownDefaults: true });
		if (refused.length > 0)
			throw new SetupError(refused.map(({ check, mend }) => `Not so: ${check}. ${mend}`).join('\n'));
	}
	for (const { check } of wrong)
		logger.warn({ check, count: wrong.length }, 'the database has drifted: firmseal doctor says how');
}

const findWrong = async (plane: Plane, options: CatalogueOptions): Promise<Finding[]> =>
	[...(await inspectCatalogue(plane, options)), ...(await inspectConnections(plane, options))].filter(({ ok }) => !ok);
