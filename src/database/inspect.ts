import { sql } from 'drizzle-orm';
import { type CatalogueOptions, readCatalogue, readExpectedCatalogue } from './inspect/catalogue.ts';
import {
	compareAreas,
	compareCatalogue,
	type DatabaseAreaCheck,
	type DatabaseCheck,
} from './inspect/compare-catalogue.ts';
import { selectLockFunctionGrantees } from './lock-functions.ts';
import type { Plane, Transaction } from './plane.ts';
import { inspectGuard } from './schema-guard.ts';
import { inspectTemporaryFiles } from './temporary-files.ts';

/** What production asks about a sign-in. */
export interface LoginPrivileges {
	readonly isOwner: boolean;
	readonly isSuperuser: boolean;
}

/** Whether the second lock and the log's protection are as the migrations made them: a finding for each area. */
export async function inspectCatalogue(plane: Plane, options?: CatalogueOptions): Promise<DatabaseCheck[]> {
	return compareCatalogue(readExpectedCatalogue(), await readCatalogue(plane, options));
}

/** Areas that are not so. */
export async function findDrift(plane: Plane, options?: CatalogueOptions): Promise<DatabaseAreaCheck[]> {
	const found = await readCatalogue(plane, options);
	return compareAreas(readExpectedCatalogue(), found).filter(({ ok }) => !ok);
}

/** Each area, and what the server is set to. */
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

/** No part of the catalogue's lines: a database that is a service may keep these functions as its own. */
async function inspectLockFunctions(plane: Plane): Promise<DatabaseCheck> {
	const takers = await selectLockFunctionGrantees(plane);
	const callable = takers.map(({ name, who }) => `${name} (${who})`).join(', ');
	return {
		check: 'no login can take advisory locks, large objects or space in the write-ahead log',
		ok: takers.length === 0,
		mend:
			takers.length === 0
				? null
				: `These may be called: ${callable}. Run \`firmseal init\` with the URL of a superuser in FIRMSEAL_ADMIN_DATABASE_URL, which takes them away. Where the database is a service that keeps them, nothing of Firmseal waits for such a lock, but any login can fill the server’s memory for locks and its disk: have both watched.`,
	};
}

/** What a login may not do here, it may in a database of the server's own: lock what all databases share, and fill its disk and memory. */
function inspectOtherDatabases(plane: Plane): Promise<DatabaseCheck> {
	return plane.read(null, async (tx) => {
		const { rows } = await tx.execute(sql`
			select datname as name from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
			where datname in ('postgres', 'template1') and datname <> current_database() and datallowconn
				and a.grantee = 0 and a.privilege_type = 'CONNECT' order by 1`);
		const names = rows.map(({ name }) => String(name)).join(', ');
		return {
			check: 'no login can sign in to the databases postgres and template1, which each server has',
			ok: rows.length === 0,
			mend:
				rows.length === 0
					? null
					: `What is taken from the logins here, they have there: as an administrator run REVOKE CONNECT ON DATABASE ${names} FROM PUBLIC, and grant it to those who need it.`,
		};
	});
}

/** What the server is set to, where a login could make use of it. */
function inspectSettings(plane: Plane): Promise<DatabaseCheck[]> {
	return plane.read(null, async (tx) => {
		const {
			rows: [row],
		} = await tx.execute(sql`
			select current_setting('log_error_verbosity') as verbosity, current_setting('max_prepared_transactions')::int as prepared`);
		const isTerse = row?.verbosity === 'terse';
		const prepared = Number(row?.prepared);
		return [
			{
				check: 'the server logs no rows in the detail of its errors',
				ok: isTerse,
				mend: isTerse ? null : 'Set log_error_verbosity = terse on the server: a failed CHECK prints the row.',
			},
			{
				check: 'no login can keep locks by a prepared transaction, without a session',
				ok: prepared === 0,
				mend:
					prepared === 0
						? null
						: `max_prepared_transactions is ${prepared}: set it to 0, which is PostgreSQL’s default, and start the server again. Where the database is a service that keeps it, any login can hold what it may lock until an administrator ends it by ROLLBACK PREPARED: have pg_prepared_xacts watched.`,
			},
		];
	});
}

/** Who the plane's own login is, whatever role its transactions take. */
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

/** Milliseconds by which the database's clock is ahead of this machine's, at least: it was read at some time until the answer came. */
export async function measureClockDifference(plane: Plane): Promise<number> {
	return plane.read(null, async (tx) => {
		const before = Date.now();
		const {
			rows: [row],
		} = await tx.execute(sql`select extract(epoch from clock_timestamp()) * 1000 as now`);
		const [now, after] = [Number(row?.now), Date.now()];
		return now < before ? now - before : Math.max(0, now - after);
	});
}
