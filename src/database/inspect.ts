import { sql } from 'drizzle-orm';
import { type CatalogueOptions, readCatalogue, readExpectedCatalogue } from './inspect/catalogue.ts';
import {
	compareAreas,
	compareCatalogue,
	type DatabaseAreaCheck,
	type DatabaseCheck,
	databaseCheck,
} from './inspect/compare-catalogue.ts';
import { selectLockFunctionGrantees } from './lock-functions.ts';
import type { Plane, Transaction } from './plane.ts';
import { inspectGuard } from './schema-guard.ts';
import { selectNumber } from './single-row.ts';
import { inspectTemporaryFiles } from './temporary-files.ts';

export interface LoginPrivileges {
	readonly isOwner: boolean;
	readonly isSuperuser: boolean;
}

/** Compares the second lock and the log's protection with what the migrations make: one check for each area. */
export async function inspectCatalogue(plane: Plane, options?: CatalogueOptions): Promise<DatabaseCheck[]> {
	return compareCatalogue(readExpectedCatalogue(), await readCatalogue(plane, options));
}

/** The areas that differ. */
export async function findDrift(plane: Plane, options?: CatalogueOptions): Promise<DatabaseAreaCheck[]> {
	const found = await readCatalogue(plane, options);
	return compareAreas(readExpectedCatalogue(), found).filter(({ ok }) => !ok);
}

/** Checks each area of the catalogue, and the server's settings. */
export async function inspectDatabase(plane: Plane, options?: CatalogueOptions): Promise<DatabaseCheck[]> {
	return [
		...(await inspectCatalogue(plane, options)),
		await inspectLockFunctions(plane),
		await inspectGuard(plane),
		await inspectTemporaryFiles(plane, options),
		await inspectOtherDatabases(plane),
		...(await inspectSettings(plane)),
	];
}

/** Not part of the catalogue's lines, because a managed service may not let these functions be revoked. */
async function inspectLockFunctions(plane: Plane): Promise<DatabaseCheck> {
	const takers = await selectLockFunctionGrantees(plane);
	const callable = takers.map(({ name, who }) => `${name} (${who})`).join(', ');
	return databaseCheck(
		'no login can take advisory locks, large objects or space in the write-ahead log',
		takers.length === 0
			? null
			: `Logins can call these functions: ${callable}. Run \`firmseal init\` with the URL of a superuser in FIRMSEAL_ADMIN_DATABASE_URL to revoke them. On a managed service that keeps them, Firmseal does not wait for such a lock, but any login can fill the server’s lock memory and its disk: monitor both.`,
	);
}

/** In the server's own databases a login keeps what `init` revokes in ours: it can lock what all databases share, and fill disk and memory. */
function inspectOtherDatabases(plane: Plane): Promise<DatabaseCheck> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(sql`
			select datname as name from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
			where datname in ('postgres', 'template1') and datname <> current_database() and datallowconn
				and a.grantee = 0 and a.privilege_type = 'CONNECT' order by 1`);
		const names = rows.map(({ name }) => String(name)).join(', ');
		return databaseCheck(
			'no login can sign in to the databases postgres and template1, which each server has',
			rows.length === 0
				? null
				: `Logins keep there the privileges that are revoked here: as an administrator run REVOKE CONNECT ON DATABASE ${names} FROM PUBLIC, and grant CONNECT to those who need it.`,
		);
	});
}

/** Server settings that a login could exploit. */
function inspectSettings(plane: Plane): Promise<DatabaseCheck[]> {
	return plane.read(null, async (tx) => {
		const {
			rows: [row],
		} = await tx.execute(sql`
			select current_setting('log_error_verbosity') as verbosity, current_setting('max_prepared_transactions')::int as prepared`);
		const isTerse = row?.verbosity === 'terse';
		const prepared = Number(row?.prepared);
		return [
			databaseCheck(
				'the server logs no rows in the detail of its errors',
				isTerse ? null : 'Set log_error_verbosity = terse on the server: a failed CHECK prints the row.',
			),
			databaseCheck(
				'no login can keep locks by a prepared transaction, without a session',
				prepared === 0
					? null
					: `max_prepared_transactions is ${prepared}: set it to 0, which is PostgreSQL’s default, and restart the server. On a managed service that keeps it, any login can hold its locks until an administrator runs ROLLBACK PREPARED: monitor pg_prepared_xacts.`,
			),
		];
	});
}

/** Privileges of the plane's login itself, not of the role that its transactions take. */
export async function inspectLogin(plane: Plane): Promise<LoginPrivileges> {
	return plane.read(null, async (tx: Transaction) => {
		const {
			rows: [row],
		} = await tx.execute(sql`
			select rolsuper or rolbypassrls as "isSuperuser", pg_has_role(session_user, 'firmseal_owner', 'member') as "isOwner"
			from pg_roles where rolname = session_user`);
		return { isSuperuser: row?.isSuperuser === true, isOwner: row?.isOwner === true };
	});
}

/** Minimum in milliseconds by which the database's clock is ahead of this machine's: the clock was read at an unknown time before the answer. */
export async function measureClockDifference(plane: Plane): Promise<number> {
	return plane.read(null, async (tx) => {
		const before = Date.now();
		const now = await selectNumber(tx, sql`select extract(epoch from clock_timestamp()) * 1000`);
		const after = Date.now();
		return now < before ? now - before : Math.max(0, now - after);
	});
}
