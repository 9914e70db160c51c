import type { Logger } from './api/index.ts';
import type { Config } from './config.ts';
import { checkAppend, inspectCatalogue, inspectConnections, type Plane } from './database/index.ts';
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

/** @throws SetupError in production for a database that is not as the migrations left it, or whose logins can take each other's connections; development is only warned. */
export async function refuseDrift(config: Config, plane: Plane, logger: Logger): Promise<void> {
	const options = { sharedLogin: config.env === 'development' };
	const findings = [...(await inspectCatalogue(plane, options)), ...(await inspectConnections(plane, options))];
	const wrong = findings.filter(({ ok }) => !ok);
	if (wrong.length > 0 && config.env === 'production')
		throw new SetupError(wrong.map(({ check, mend }) => `Not so: ${check}. ${mend}`).join('\n'));
	for (const { check } of wrong)
		logger.warn({ check, count: wrong.length }, 'the database has drifted: firmseal doctor says how');
}
