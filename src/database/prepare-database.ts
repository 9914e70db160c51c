import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { is, type Table } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { PgTable } from 'drizzle-orm/pg-core';
import pg, { type Client } from 'pg';
import { SetupError } from '../errors.ts';
import { openConnection } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { ERASABLE_TABLES } from './erased-tables.ts';
import { BY_ROLE_CREATOR, isLockHeld } from './is-lock-held.ts';
import { revokeLockFunctions } from './lock-functions.ts';
import { MIGRATIONS, refuseOtherMigrations } from './other-migrations.ts';
import { createRoles, grantOwnerToAdmin, type PlaneLogin } from './roles.ts';
import { guardSchema } from './schema-guard.ts';
import { sealedColumns } from './sealed.ts';
import * as tables from './tables/index.ts';
import { refuseServerDatabase, refuseUnusableDatabase } from './unusable-database.ts';

const LOCK = new URL('../../drizzle/sealed.lock.json', import.meta.url);
const OLDEST_SERVER = 150_000;

/** Number of an advisory lock. */
const PREPARATION_LOCK = 4_611_001;
/** Milliseconds. */
const LOOK_AGAIN = 100;

/**
 * Brings a database to the current schema: first roles and logins, then, as the owner, who cannot sign in, the migrations and the triggers and
 * policies that follow from the tables' columns. Idempotent; one process at a time does it.
 * `url` is that of a superuser or of a role that may create roles. `lockTimeout`: milliseconds to wait for a session that locks a table or a
 * role.
 * @throws SetupError as refuseUnusableDatabase and refuseOtherMigrations
 */
export function prepareDatabase(
	url: string,
	logins: readonly PlaneLogin[],
	{ lockTimeout = 30_000 } = {},
): Promise<void> {
	return withoutParameters(async () => {
		// Before the connection, which template0 refuses.
		refuseServerDatabase(new pg.Client(url));
		const admin = await openConnection(url);
		try {
			const { rows } = await admin.query("select current_setting('server_version_num')::int as version");
			if (rows[0].version < OLDEST_SERVER)
				throw new SetupError('PostgreSQL 15 or newer is needed: upgrade the server.');
			await admin.query("select set_config('lock_timeout', $1, false)", [String(lockTimeout)]);
			await refuseUnusableDatabase(admin);
			// Before any change, and again after the lock, because another process may have prepared the database meanwhile.
			await refuseOtherMigrations(admin);
			await acquirePreparationLock(admin);
			await refuseOtherMigrations(admin);
			await createRoles(admin, logins);
			await revokeLockFunctions(admin);
			await guardSchema(admin);
			await admin.query('set role firmseal_owner');
			// Before the migrations, so that none drops a column that still has triggers, and after them for new columns.
			await createColumnMoveTriggers(admin);
			await migrate(drizzle(admin), { migrationsFolder: MIGRATIONS });
			await createColumnMoveTriggers(admin);
			await admin.query('select public.secure_workspace($1)', [classesOfTables()]);
			await withOwnSentence(() => admin.query('select public.secure_erasure($1)', [ERASABLE_TABLES]));
		} catch (error) {
			throw isTableLocked(error) ? await describeTableLockHolders(admin) : error;
		} finally {
			await admin.end();
		}
	}, url);
}

/** Drizzle wraps the errors of a migration. */
const isTableLocked = (error: unknown): boolean =>
	error instanceof Error && ((error as { code?: unknown }).code === '55P03' || isTableLocked(error.cause));

/**
 * An open transaction that has read a table blocks changes of the table. A login can block its own row of pg_authid by an uncommitted new
 * password, and the database's row by a GRANT, even one that PostgreSQL only warns about.
 */
async function describeTableLockHolders(admin: Client): Promise<SetupError> {
	const { rows } = await admin.query(`
		select string_agg(distinct format('%s (%s)', a.usename, a.pid), ', ') as who
		from pg_locks l join pg_stat_activity a on a.pid = l.pid left join pg_class c on c.oid = l.relation
		where l.granted and a.pid <> pg_backend_pid() and (
			(a.datname = current_database() and c.relnamespace in ('public'::regnamespace, to_regnamespace('drizzle')))
			or (c.oid = 'pg_authid'::regclass and l.mode = 'RowExclusiveLock')
			or (l.locktype = 'transactionid' and a.datname = current_database()))`);
	return new SetupError(
		`The database can’t be changed while open transactions hold locks on its tables or roles. Sessions, with process ids: ${rows[0].who ?? 'none any more'}. Stop those processes, or end a session with \`select pg_terminate_backend(PID)\`, and try again.`,
	);
}

/** Waits for another session that prepares the database, but not for a login that cannot prepare it and holds the lock's number. */
async function acquirePreparationLock(admin: Client): Promise<void> {
	let strangers = 0;
	// Twice, because the first time another preparation may just have released the lock.
	while (strangers < 2) {
		if (await tryPreparationLock(admin)) return;
		if (await isLockHeld(admin, PREPARATION_LOCK, BY_ROLE_CREATOR)) {
			strangers = 0;
			await delay(LOOK_AGAIN);
		} else strangers++;
	}
}

async function tryPreparationLock(admin: Client): Promise<boolean> {
	const ask = async (): Promise<boolean> => {
		const { rows } = await admin.query('select pg_try_advisory_lock($1) as mine', [PREPARATION_LOCK]);
		return rows[0].mine === true;
	};
	try {
		return await ask();
	} catch (error) {
		// A superuser has revoked the function from all but the owner.
		if ((error as { readonly code?: unknown }).code !== '42501') throw error;
	}
	await grantOwnerToAdmin(admin);
	await admin.query('set role firmseal_owner');
	const isMine = await ask();
	await admin.query('reset role');
	return isMine;
}

/** Makes the triggers of plaintext columns that sealed columns take over, as the tables declare them. */
async function createColumnMoveTriggers(admin: Client): Promise<void> {
	const { rows } = await admin.query(
		"select to_regprocedure('public.create_move_triggers(jsonb)') is not null as made",
	);
	if (rows[0].made !== true) return;
	const moves = columnBindings().flatMap(({ coordinate, table, column, from }) =>
		from ? [{ coordinate, table, from: from.column, to: column, beside: companionColumnsOf(coordinate) }] : [],
	);
	await withOwnSentence(() => admin.query('select public.create_move_triggers($1)', [JSON.stringify(moves)]));
}

/** Our own functions raise 55000 with a sentence that names a column or a table (drizzle/0013_erasure.sql, 0014_column_moves.sql). @throws SetupError */
async function withOwnSentence(work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		throw error instanceof pg.DatabaseError && error.code === '55000' ? new SetupError(`${error.message}.`) : error;
	}
}

/** The other columns that describe the same file; null if the column holds a value and not a file's location. */
const companionColumnsOf = (coordinate: string) =>
	coordinate === tables.FILE_LOCATION_COLUMN.coordinate ? tables.FILE_LOCATION_COLUMN.beside : null;

/** The content class of each table with sealed columns. */
const classesOfTables = (): Readonly<Record<string, string>> =>
	Object.fromEntries(columnBindings().map(({ table, class: of }) => [table, of]));

/** Sealed columns with their coordinate and class from the lock file. Leaves out columns that are not in the lock file yet. */
function columnBindings() {
	const bound = Object.entries(
		JSON.parse(readFileSync(LOCK, 'utf8')) as Record<string, { table: string; column: string; class: string }>,
	);
	const ours = Object.fromEntries(
		Object.entries<unknown>(tables).filter((entry): entry is [string, Table] => is(entry[1], PgTable)),
	);
	return sealedColumns(ours).flatMap((column) => {
		const { table, column: name } = column.bind;
		const known = bound.find(([, each]) => each.table === table && each.column === name);
		return known ? [{ ...column, coordinate: known[0], class: known[1].class }] : [];
	});
}
