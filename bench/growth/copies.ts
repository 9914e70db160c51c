// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type postgres from 'postgres';
import { asAdministrator, type BenchInstallation, type Settings, urlOfDatabase } from '../installation.ts';

/** Something of which there is more and more. */
export interface Growing {
	/** Of the database that is filled. */
	readonly name: string;
	/** The fewest first. */
	readonly sizes: readonly number[];
	/** How many there are before. */
	readonly first: number;
	/** Adds numbers `from` to `to` - 1. */
	fill(sql: postgres.Sql, from: number, to: number): Promise<void>;
}

/** Copies of the installation's database, each with as many as its size says: so they can be measured in turns. */
export async function withCopies<T>(
	{ settings }: BenchInstallation,
	{ name, sizes, first, fill }: Growing,
	work: (copies: ReadonlyMap<number, Settings>) => Promise<T>,
): Promise<T> {
	const admin = settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '';
	const source = new URL(admin).pathname.slice(1);
	const nameOf = (size: number) => `${name}_${size}`;
	const copies = new Map<number, Settings>();
	try {
		let [before, from] = [source, first];
		for (const size of sizes) {
			await copyDatabase(admin, before, nameOf(size));
			await asAdministrator(urlOfDatabase(admin, nameOf(size)), async (sql) => {
				// Rows like those that are there: nothing needs to be looked for or told.
				await sql`set session_replication_role = replica`;
				await fill(sql, from, size);
				await sql`vacuum analyze`;
			});
			copies.set(size, onDatabase(settings, nameOf(size)));
			[before, from] = [nameOf(size), size];
		}
		await asAdministrator(admin, (sql) => sql`checkpoint`);
		return await work(copies);
	} finally {
		await asAdministrator(urlOfDatabase(admin, 'postgres'), async (sql) => {
			for (const size of sizes) await sql`drop database if exists ${sql(nameOf(size))} with (force)`;
		});
	}
}

async function copyDatabase(admin: string, from: string, to: string): Promise<void> {
	await asAdministrator(urlOfDatabase(admin, 'postgres'), async (sql) => {
		// A template must have no connections.
		await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`;
		await sql`create database ${sql(to)} template ${sql(from)} strategy file_copy`;
	});
}

const onDatabase = (settings: Settings, name: string): Settings =>
	Object.fromEntries(
		Object.entries(settings).map(([key, value]) => [key, key.endsWith('_URL') ? urlOfDatabase(value, name) : value]),
	);

/** What a column of a clone is to be, as SQL of `n`, its number, and of `x`, the row that it is a clone of. */
type Changes = Readonly<Record<string, string>>;

/** Each row of a table that `where` says, once for each number from `from` to `to` - 1. */
export async function cloneRows(
	sql: postgres.Sql,
	{ table, where, changes }: { readonly table: string; readonly where: string; readonly changes: Changes },
	[from, to]: readonly [number, number],
): Promise<void> {
	const pairs = Object.entries(changes).map(([column, value]) => `'${column}', ${value}`);
	await sql.unsafe(`insert into ${table} select r.* from ${table} x, generate_series(${from}, ${to - 1}) n,
		lateral jsonb_populate_record(x, jsonb_build_object(${pairs.join(', ')})) r where ${where}`);
}
