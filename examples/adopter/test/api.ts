import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { type SQL, sql } from 'drizzle-orm';
import type { Seed } from '../src/seed.ts';

export interface Operation {
	readonly query: string;
	readonly variables?: Readonly<Record<string, unknown>>;
}

export interface Answer {
	// biome-ignore lint/suspicious/noExplicitAny: a test says by its assertions what it expects.
	readonly data?: any;
	readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
	readonly extensions?: {
		readonly sealed?: readonly { readonly coordinate: string; readonly reason: string; readonly count: number }[];
	};
}

/** Starts the API on a free port, on DATABASE_URL or an embedded PostgreSQL, with a new data directory. */
export async function startApi() {
	const directory = mkdtempSync(join(tmpdir(), 'workspaces-'));
	// If root runs the test, PostgreSQL runs as another user.
	chmodSync(directory, 0o711);
	const { startEmbedded } = await import('../src/embedded.ts');
	const embedded = env.DATABASE_URL ? null : await startEmbedded(directory);
	if (embedded) env.DATABASE_URL = embedded.url;
	env.TOKEN_SECRET ??= 'only-for-tests';
	env.DATA_DIR = directory;
	const { db, prepareDatabase } = await import('../src/database.ts');
	const { seedWorkspace } = await import('../src/seed.ts');
	const { startServer } = await import('../src/server.ts');
	await prepareDatabase();
	const acme = await seedWorkspace('Acme');
	const globex = await seedWorkspace('Globex');
	const { url, stop } = await startServer(0);

	async function post(body: unknown, token: string | null): Promise<unknown> {
		const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
		const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
		return await response.json();
	}

	return {
		acme,
		globex,
		/** Executes a statement directly on the database. */
		// biome-ignore lint/suspicious/noExplicitAny: as above.
		sql: async (statement: SQL): Promise<any[]> => (await db.execute(statement)).rows,
		ask: async (token: string | null, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
			(await post({ query, variables }, token)) as Answer,
		batch: async (token: string | null, operations: readonly Operation[]) =>
			(await post(operations, token)) as readonly Answer[],
		async stop() {
			await stop();
			await embedded?.stop();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

export type Api = Awaited<ReturnType<typeof startApi>>;
export type Role = keyof Seed['tokens'];

/** The entries of requests since the last call, in the order of the log. */
export async function logReader({ sql: rowsOf }: Api) {
	const { encryption } = await import('../src/encryption.ts');
	const { boot } = encryption.audit;
	let last = 0;
	return async () => {
		const rows = await rowsOf(
			sql`select leaf from audit_entries where boot = ${boot} and sequence > ${last} order by sequence`,
		);
		const entries = rows.map(({ leaf }) => JSON.parse(leaf));
		last = entries.at(-1)?.sequence ?? last;
		return entries.filter(({ request }) => request !== null);
	};
}

/** Row ids in the encoding of an entry. */
export const recordOf = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

export const idOf = (record: string): string =>
	Buffer.from(record, 'base64url')
		.toString('hex')
		.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
