import type postgres from 'postgres';
import { asAdministrator, type BenchInstallation, type Settings, urlOfDatabase } from './installation.ts';

/** Copies a database of the server and changes the copy as its superuser. */
export async function copyDatabase(
	adminUrl: string,
	from: string,
	to: string,
	change: (sql: postgres.Sql) => Promise<void>,
): Promise<void> {
	await asAdministrator(urlOfDatabase(adminUrl, 'postgres'), async (sql) => {
		// A template must have no connections.
		await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`;
		await sql`create database ${sql(to)} template ${sql(from)} strategy file_copy`;
	});
	await asAdministrator(urlOfDatabase(adminUrl, to), change);
}

export const nameOfDatabase = (url: string): string => new URL(url).pathname.slice(1);

/** The settings with all database URLs changed. */
export const onDatabase = (settings: Settings, name: string): Settings =>
	Object.fromEntries(
		Object.entries(settings).map(([key, value]) => [key, key.endsWith('_URL') ? urlOfDatabase(value, name) : value]),
	);

/** Data that grows from one database to the next. */
export interface Growing {
	/** Prefix of the names of the databases. */
	readonly name: string;
	/** Ascending. */
	readonly sizes: readonly number[];
	/** How many the installation has already. */
	readonly first: number;
	/** Adds the numbers `from` to `to` - 1. */
	fill(sql: postgres.Sql, from: number, to: number): Promise<void>;
}

/** Runs `work` with a copy of the installation's database for each size, so that sizes can be measured in turn. */
export async function withCopies<T>(
	{ settings, adminUrl }: Pick<BenchInstallation, 'settings' | 'adminUrl'>,
	{ name, sizes, first, fill }: Growing,
	work: (copies: ReadonlyMap<number, Settings>) => Promise<T>,
): Promise<T> {
	const nameOf = (size: number) => `${name}_${size}`;
	const copies = new Map<number, Settings>();
	try {
		let [before, from] = [nameOfDatabase(adminUrl), first];
		for (const size of sizes) {
			await copyDatabase(adminUrl, before, nameOf(size), async (sql) => {
				// The new rows are like existing ones, so checks and triggers have nothing to find.
				await sql`set session_replication_role = replica`;
				await fill(sql, from, size);
				await sql`vacuum analyze`;
			});
			copies.set(size, onDatabase(settings, nameOf(size)));
			[before, from] = [nameOf(size), size];
		}
		await asAdministrator(adminUrl, (sql) => sql`checkpoint`);
		return await work(copies);
	} finally {
		await asAdministrator(urlOfDatabase(adminUrl, 'postgres'), async (sql) => {
			for (const size of sizes) await sql`drop database if exists ${sql(nameOf(size))} with (force)`;
		});
	}
}
