import type { Logger } from '../api/index.ts';
import {
	type Config,
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

/** @throws SetupError with every reason why production refuses to start */
export function assertProductionRules(
	config: Config,
	kind: ProcessKind,
	facts: Partial<Pick<StartFacts, 'roles' | 'introspection'>> = {},
): void {
	const whole = { roles: [], introspection: false, ...facts, ...nodeFacts(config) };
	const refusals = productionRefusals(config, whole, kind);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
}

/** @throws SetupError if the database has no Firmseal, or an older version */
export async function assertPrepared(plane: Plane): Promise<void> {
	try {
		await plane.read(null, assertMayAppend);
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError('The database is not prepared for this version of Firmseal: run `firmseal init`.');
	}
}

/** All planes of a process must use one database: otherwise people on one plane would read of data that the other has never seen. @throws SetupError */
export async function assertSameDatabase(planes: readonly Plane[]): Promise<void> {
	if (new Set(await Promise.all(planes.map(identifyDatabase))).size > 1)
		throw new SetupError(
			'FIRMSEAL_OPERATOR_DATABASE_URL leads to another database than DATABASE_URL: set both to the same database.',
		);
}

/**
 * Checks the URL past a pooler, by which a process holds its leader lock: it must reach the same database, with the same login as the process.
 * A lock in another database would not stop a second leader, and a lock that can't be had would leave the work undone. In development one
 * URL may serve both broker and worker. @throws SetupError, or the database's error of the sign-in
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
			`FIRMSEAL_DIRECT_DATABASE_URL leads to another database than ${setting}: set it to the same database, past the pooler.`,
		);
	if (side === 'worker' && env === 'development') return [];
	const plane = openPlaneOf({ ...database, [side]: database.direct }, `firmseal_${side}`, 1);
	try {
		return [await inspectLogin(plane)];
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError(
			`FIRMSEAL_DIRECT_DATABASE_URL must sign in with the same login as ${setting}: give it the login of the ${side}.`,
		);
	} finally {
		await plane.close();
	}
}

/** Checks the logins and the database of a broker or worker. @throws SetupError */
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
 * PostgreSQL lets every login set defaults for itself. So the defaults of a login stop only the planes of that login: otherwise one login
 * could keep all others from starting.
 * @throws SetupError in production if the database isn't as the migrations left it, or if its logins can take each other's connections. The
 * defaults of another login are only a warning in production, and in development every finding is.
 */
export async function assertNoDrift(config: Config, plane: Plane, logger: Logger): Promise<void> {
	const wrong = await findFailedChecks(plane, { sharedLogin: config.env === 'development' });
	if (wrong.length > 0 && config.env === 'production') {
		const refused = await findFailedChecks(plane, { ownDefaults: true });
		if (refused.length > 0)
			throw new SetupError(refused.map(({ check, fix }) => `Check failed: ${check}. ${fix}`).join('\n'));
	}
	for (const { check } of wrong)
		logger.warn({ check, count: wrong.length }, 'the database has drifted from its migrations: run firmseal doctor');
}

const findFailedChecks = async (plane: Plane, options: CatalogueOptions): Promise<DatabaseCheck[]> =>
	[...(await inspectCatalogue(plane, options)), ...(await inspectConnections(plane, options))].filter(({ ok }) => !ok);
