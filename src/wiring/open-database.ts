import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import {
	assertShellSafePath,
	type EmbeddedOptions,
	type EmbeddedServer,
	hasCluster,
	openPlane,
	type Plane,
	type PlaneLogin,
	type PlaneRole,
	prepareDatabase,
	refuseOtherMigrationsAt,
	SUPERUSER,
	startEmbeddedServer,
} from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { hasDataDirectory, makeDataDirectory } from '../local-files/index.ts';

/** The URLs by which planes sign in, and by which the database is prepared. */
export interface DatabaseAccess {
	readonly firm: string;
	readonly operator: string;
	readonly worker: string;
	readonly broker: string;
	/** The URL past a pooler, or null if the planes' own URLs use no pooler. */
	readonly direct: string | null;
	/** The administrator's URL, or null if this process doesn't have it. Only `firmseal init` needs it. */
	readonly admin: string | null;
	/** The directory of the embedded server's files; left out if the server is not embedded. */
	readonly files?: string;
	/** Left out if the server is not embedded. */
	readonly embedded?: Pick<EmbeddedServer, 'log' | 'isRunning' | 'restart'>;
	/** Stops the embedded server; does nothing if there is none. */
	stop: EmbeddedServer['stop'];
}

type Logins = Pick<DatabaseAccess, 'firm' | 'operator' | 'worker' | 'broker'>;

const logins = ({ firm, operator, worker, broker }: Logins): PlaneLogin[] => [
	{ url: firm, role: 'firmseal_firm' },
	{ url: firm, role: 'firmseal_portal' },
	{ url: operator, role: 'firmseal_operator' },
	{ url: operator, role: 'firmseal_break_glass' },
	{ url: worker, role: 'firmseal_worker' },
	{ url: worker, role: 'firmseal_maintenance' },
	{ url: worker, role: 'firmseal_log' },
	{ url: worker, role: 'firmseal_signer' },
	{ url: broker, role: 'firmseal_broker' },
];

/**
 * Opens the database of the settings, or the embedded one. In development one URL may serve all planes, because a transaction takes the role of
 * its plane, whichever login it has; production has a login for each plane. `mustExist`: an embedded database is not created.
 * @throws SetupError
 */
export async function openDatabase(
	config: Config,
	{
		forOneCommand = false,
		mustExist = false,
		signal,
	}: Omit<EmbeddedOptions, 'directory'> & { readonly mustExist?: boolean } = {},
): Promise<DatabaseAccess> {
	const { firm, operator, worker, broker, admin, direct } = config.database;
	if (firm === null && operator === null && worker === null && broker === null) {
		const directory = join(config.dataDir, 'postgres');
		assertShellSafePath(directory);
		if (mustExist && !(hasDataDirectory(config.dataDir) && hasCluster(directory)))
			throw new SetupError(
				`There is no database in ${config.dataDir}: go to the folder where you started Firmseal, run \`firmseal init\` for a new installation, or set DATABASE_URL to your server or FIRMSEAL_DATA_DIR to your directory.`,
			);
		makeDataDirectory(config.dataDir);
		const embedded = await startEmbeddedServer({
			directory,
			forOneCommand,
			...(signal && { signal }),
		});
		try {
			await refuseOtherMigrationsAt(embedded.urlOf(SUPERUSER), {
				place: `in ${config.dataDir}`,
				fix: 'set FIRMSEAL_DATA_DIR to a new directory',
			});
		} catch (error) {
			await embedded.stop();
			throw error;
		}
		return embeddedAccess(embedded);
	}
	const shared = config.env === 'development' ? (firm ?? operator ?? worker ?? broker) : null;
	const urlOf = (url: typeof firm) => (url ?? shared)?.expose() ?? '';
	return {
		firm: urlOf(firm),
		operator: urlOf(operator),
		worker: urlOf(worker),
		broker: urlOf(broker),
		direct: direct?.expose() ?? null,
		// Preparing the database needs a session of its own, which a pooler doesn't provide.
		admin: urlOf(admin ?? (shared && direct)) || null,
		stop: async () => {},
	};
}

const embeddedAccess = ({ urlOf, files, stop, ...embedded }: EmbeddedServer): DatabaseAccess => ({
	firm: urlOf('firmseal_firm_login'),
	operator: urlOf('firmseal_operator_login'),
	worker: urlOf('firmseal_worker_login'),
	broker: urlOf('firmseal_broker_login'),
	direct: null,
	admin: urlOf(SUPERUSER),
	files,
	embedded,
	stop,
});

/** Prepares roles, logins and schema. Idempotent. @throws SetupError without an administrator's URL */
export async function prepareInstallationDatabase(database: DatabaseAccess): Promise<void> {
	if (!database.admin) throw new SetupError('FIRMSEAL_ADMIN_DATABASE_URL is not set: preparing the database needs it.');
	await prepareDatabase(
		database.admin,
		logins(database).filter(({ url }) => url !== ''),
	);
}

/** @throws SetupError if the plane has no URL */
export function openPlaneOf(database: DatabaseAccess, role: PlaneRole, connections?: number): Plane {
	const login = logins(database).find((each) => each.role === role);
	if (!login?.url)
		throw new SetupError(`There is no database URL for the ${role.replace('firmseal_', '')} plane: set it.`);
	return openPlane({ url: login.url, role, ...(connections !== undefined && { connections }) });
}
