import type { Logger } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import {
	DATABASE_URL_SETTINGS,
	nodeFacts,
	type ProcessKind,
	productionRefusals,
	type StartFacts,
} from '../config/index.ts';
import {
	assertMayAppend,
	type CatalogueOptions,
	type DatabaseCheck,
	identifyDatabase,
	identifyDatabaseAt,
	inspectCatalogue,
	inspectConnections,
	inspectLogin,
	type LoginPrivileges,
	type Plane,
} from '../database/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { type DatabaseAccess, openPlaneOf } from '../wiring/index.ts';

/** @throws SetupError with every reason why production does not start so. */
export function assertProductionRules(
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
		await plane.read(null, assertMayAppend);
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError('The database is not prepared for this version of Firmseal: run `firmseal init`.');
	}
}

/** Both planes of one process must be of one database: people of one would read of what the other has never seen. @throws SetupError */
export async function assertSameDatabase(planes: readonly Plane[]): Promise<void> {
	if (new Set(await Promise.all(planes.map(identifyDatabase))).size > 1)
		throw new SetupError(
			'FIRMSEAL_OPERATOR_DATABASE_URL leads to another database than DATABASE_URL: set both to the same one.',
		);
}

/**
 * The way past a pooler, by which a process holds its leader lock: there, at the same database, as the process itself. Elsewhere the lock would
 * keep no other process from the work, and one that can't be had would leave the work undone, with a code in the log. In development one way
 * may serve broker and worker. @throws SetupError, or what the database says of the sign-in
 */
export async function inspectDirectLogin(
	{ env }: Config,
	database: DatabaseAccess,
	side: 'broker' | 'worker',
	own: Plane,
): Promise<LoginPrivileges[]> {
	if (database.direct === null) return [];
	const setting = DATABASE_URL_SETTINGS[side];
	if ((await identifyDatabaseAt(database.direct)) !== (await identifyDatabase(own)))
		throw new SetupError(
			`FIRMSEAL_DIRECT_DATABASE_URL leads to another database than ${setting}: set it to the same one, past the pooler.`,
		);
	if (side === 'worker' && env === 'development') return [];
	const plane = openPlaneOf({ ...database, [side]: database.direct }, `firmseal_${side}`, 1);
	try {
		return [await inspectLogin(plane)];
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError(
			`FIRMSEAL_DIRECT_DATABASE_URL must sign in as ${setting} does: give it the login of the ${side}.`,
		);
	} finally {
		await plane.close();
	}
}

/** What broker and worker check of their logins and the database before they begin. @throws SetupError */
export async function assertMayStart(
	config: Config,
	side: 'broker' | 'worker',
	{ database, plane, logger }: { readonly database: DatabaseAccess; readonly plane: Plane; readonly logger: Logger },
): Promise<void> {
	const roles = [await inspectLogin(plane), ...(await inspectDirectLogin(config, database, side, plane))];
	assertProductionRules(config, side, { roles });
	await assertPrepared(plane);
	await assertNoDrift(config, plane, logger);
}

/**
 * What a login has set as defaults for itself keeps its own plane alone from starting: PostgreSQL lets every login do that, so others would
 * start or not as it likes.
 * @throws SetupError in production for a database that is not as the migrations left it, or whose logins can take each other's connections. Of
 * another login's defaults production is only warned, and development of everything.
 */
export async function assertNoDrift(config: Config, plane: Plane, logger: Logger): Promise<void> {
	const wrong = await findFailedChecks(plane, { sharedLogin: config.env === 'development' });
	if (wrong.length > 0 && config.env === 'production') {
		const refused = await findFailedChecks(plane, { ownDefaults: true });
		if (refused.length > 0)
			throw new SetupError(refused.map(({ check, mend }) => `Not so: ${check}. ${mend}`).join('\n'));
	}
	for (const { check } of wrong)
		logger.warn({ check, count: wrong.length }, 'the database has drifted from its migrations: run firmseal doctor');
}

const findFailedChecks = async (plane: Plane, options: CatalogueOptions): Promise<DatabaseCheck[]> =>
	[...(await inspectCatalogue(plane, options)), ...(await inspectConnections(plane, options))].filter(({ ok }) => !ok);
