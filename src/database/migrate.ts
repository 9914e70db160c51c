import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { SetupError } from '../errors.ts';
import { withoutParameters } from './database-error.ts';
import { connect } from './plane.ts';
import { makeRoles, type PlaneLogin } from './roles.ts';

const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));
const OLDEST_SERVER = 150_000;

/** Any number, the same in every process that prepares a database. */
const PREPARING = 4_611_001;

/**
 * Brings a database to the present schema: roles, logins, then the migrations as the owner, who cannot sign in.
 * `url` belongs to a superuser, or to a role that may create roles. Idempotent, and one process at a time.
 */
export async function prepareDatabase(url: string, logins: readonly PlaneLogin[]): Promise<void> {
	const admin = connect(url, 1);
	try {
		await withoutParameters(async () => {
			const [server] = await admin`select current_setting('server_version_num')::int as version`;
			if (server?.version < OLDEST_SERVER) throw new SetupError('PostgreSQL 15 or newer is needed: upgrade the server.');
			await admin`select pg_advisory_lock(${PREPARING})`;
			await makeRoles(admin, logins);
			await admin`set role firmseal_owner`;
			await migrate(drizzle(admin), { migrationsFolder: MIGRATIONS });
		});
	} finally {
		await admin.end({ timeout: 5 });
	}
}
