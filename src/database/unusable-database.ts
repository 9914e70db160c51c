import type { MigrationMeta } from 'drizzle-orm/migrator';
import type { Client } from 'pg';
import { SetupError } from '../errors.ts';

/** How to name a database in a sentence, and what a person does to get another one. */
export interface DatabaseWords {
	readonly place: string;
	readonly fix: string;
}

export const wordsOf = ({ host, port, database }: Pick<Client, 'host' | 'port' | 'database'>): DatabaseWords => ({
	place: `${database} at ${host}:${port}`,
	fix: 'make a new database, and set DATABASE_URL and the other database settings to it',
});

const SERVER_DATABASES: readonly (string | undefined)[] = ['postgres', 'template0', 'template1'];

/** Every server has these databases, and other programs use them. Template0 accepts no connection. @throws SetupError */
export function refuseServerDatabase(client: Pick<Client, 'host' | 'port' | 'database'>): void {
	if (!SERVER_DATABASES.includes(client.database)) return;
	const { place, fix } = wordsOf(client);
	throw new SetupError(
		`The database ${place} is one that every PostgreSQL server has for itself: ${fix}. Nothing in the database was changed.`,
	);
}

/** Refuses a database that cannot take the migrations at all. Changes nothing. @throws SetupError */
export async function refuseUnusableDatabase(connection: Client): Promise<void> {
	const { rows } = await connection.query(`select pg_is_in_recovery() as "isStandby",
		current_setting('transaction_read_only') = 'on' as "isReadOnly", current_setting('server_encoding') as encoding`);
	const [{ isStandby, isReadOnly, encoding }] = rows;
	const { place } = wordsOf(connection);
	if (isStandby)
		throw new SetupError(
			`The database ${place} is on a standby server, which can only be read: set the database settings to the primary server. Nothing in the database was changed.`,
		);
	if (isReadOnly)
		throw new SetupError(
			`The database ${place} is read-only, because default_transaction_read_only is on: turn it off where it was set, by ALTER DATABASE, ALTER ROLE or ALTER SYSTEM. Nothing in the database was changed.`,
		);
	if (encoding !== 'UTF8')
		throw new SetupError(
			`The database ${place} has the encoding ${encoding}, but Firmseal needs UTF8: make a new database by createdb --template=template0 --encoding=UTF8 --locale=C NAME, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.`,
		);
}

/** An object in the way of the migrations. */
export interface ObjectInTheWay {
	/** Such as `table`. */
	readonly kind: string;
	readonly name: string;
	readonly owner: string;
}

const CREATES = /\bCREATE (?:UNIQUE )?(?:TABLE|INDEX|SEQUENCE|DOMAIN|TYPE|FUNCTION) "(\w+)"|\bCONSTRAINT "(\w+)"/g;

/** The first object of an unprepared database that has a name of the migrations, tables first; null if there is none. */
export async function findObjectInTheWay(
	connection: Client,
	migrations: readonly MigrationMeta[],
): Promise<ObjectInTheWay | null> {
	const text = migrations.flatMap(({ sql }) => sql).join('\n');
	const names = [...text.matchAll(CREATES)].map(([, created, constraint]) => created ?? constraint);
	const { rows } = await connection.query(
		`with ours as (select unnest($1::text[]) as name)
		select kind, name, pg_get_userbyid(owner) as owner from (
			select case relkind when 'r' then 'table' when 'p' then 'table' when 'i' then 'index' when 'I' then 'index' when 'S' then 'sequence' else 'view' end as kind,
				relname::text as name, relowner as owner, relkind not in ('r', 'p') as is_later
			from pg_class where relnamespace = to_regnamespace('public') and relname::text in (select name from ours)
			union all select 'type', typname::text, typowner, true from pg_type
			where typnamespace = to_regnamespace('public') and typrelid = 0 and typname::text in (select name from ours)
			union all select 'function', proname::text, proowner, true from pg_proc
			where pronamespace = to_regnamespace('public') and proname::text in (select name from ours)
			union all select 'schema', nspname::text, nspowner, true from pg_namespace
			where nspname = 'drizzle' and pg_get_userbyid(nspowner) <> 'firmseal_owner'
		) found order by is_later, name, kind limit 1`,
		[names],
	);
	return rows[0] ?? null;
}
