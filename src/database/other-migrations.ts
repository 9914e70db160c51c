import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Client } from 'pg';
import { SetupError } from '../errors.ts';
import { openConnection, STATEMENT_TIMEOUT } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { grantOwnerToAdmin } from './roles.ts';
import { type DatabaseWords, findObjectInTheWay, wordsOf } from './unusable-database.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));

const OWNER = 'firmseal_owner';
const APPLIED = 'select hash, created_at as at from drizzle.__drizzle_migrations order by created_at, id';

interface Applied {
	readonly hash: string;
	readonly at: string | null;
}

/**
 * Drizzle compares only the time of the last migration with its own, so it would skip a database of another chain, or apply half of ours to it.
 * This compares the hashes, order and times of the migrations and the owner of their records. It changes nothing.
 * @throws SetupError if the database has a migration that this program does not have, has them in another order or with other times, if another role
 * owns the records, or if an object of an unprepared database has a name of ours
 */
export async function refuseOtherMigrations(connection: Client, { place, fix } = wordsOf(connection)): Promise<void> {
	const chain = readMigrationFiles({ migrationsFolder: MIGRATIONS });
	// Before the records: another process may commit both between two statements.
	const found = await findObjectInTheWay(connection, chain);
	const owner = await selectOwner(connection);
	if (owner !== null && owner !== OWNER)
		throw new SetupError(
			`The database ${place} records its migrations in a table of the role ${owner}, not of firmseal_owner: another program made it, or it was restored without its owners. Restore it with its owners (pg_restore without --no-owner), or ${fix}. Nothing in the database was changed.`,
		);
	const applied = owner === null ? [] : await selectApplied(connection);
	if (applied.length === 0 && found === null) return;
	if (applied.length === 0 && found !== null && found.owner !== OWNER)
		throw new SetupError(
			`The database ${place} already has the ${found.kind} ${found.name}, which belongs to the role ${found.owner} and not to Firmseal: ${fix}. Nothing in the database was changed.`,
		);
	const isOurs = ({ hash, at }: Applied, index: number) =>
		chain[index]?.hash === hash && `${chain[index]?.folderMillis}` === at;
	if (applied.length > 0 && applied.every(isOurs)) return;
	const own = new Set(chain.map(({ hash }) => hash));
	const unknown = applied.find(({ hash }) => !own.has(hash));
	if (unknown && applied.some(({ hash }) => own.has(hash)))
		throw new SetupError(
			`The database ${place} was prepared by a newer version of Firmseal: it has a migration of ${timeOf(unknown)} that this version does not know. Run that version or a newer one; nothing in the database was changed.`,
		);
	throw new SetupError(
		`The database ${place} has the migrations of another program, or of a version of Firmseal that was never published and has no upgrade: ${fix}. Nothing in the database was changed.`,
	);
}

/** The same for the database of a URL. */
export const refuseOtherMigrationsAt = (url: string, words: DatabaseWords): Promise<void> =>
	withoutParameters(async () => {
		const connection = await openConnection(url, { queryTimeout: STATEMENT_TIMEOUT });
		try {
			await refuseOtherMigrations(connection, words);
		} finally {
			await connection.end().catch(() => {});
		}
	}, url);

const timeOf = (applied: Applied | undefined): string => new Date(Number(applied?.at)).toISOString();

/** The owner of the records; null if there are none. */
async function selectOwner(connection: Client): Promise<string | null> {
	const { rows } = await connection.query(`
		select pg_get_userbyid(c.relowner) as owner from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'`);
	return rows[0]?.owner ?? null;
}

async function selectApplied(connection: Client): Promise<readonly Applied[]> {
	await connection.query('begin');
	try {
		// The transaction is rolled back, so a refusal changes nothing.
		await grantOwnerToAdmin(connection);
		await connection.query(`set local role ${OWNER}`);
		return (await connection.query(APPLIED)).rows;
	} finally {
		await connection.query('rollback');
	}
}
