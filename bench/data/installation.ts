import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { actAsPerson, joinFirm } from '../../examples/demo/act-as-person.ts';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { type DatabaseAccess, openDatabase } from '../../src/wiring/index.ts';
import { initInstallation } from '../../src/wiring/installation.ts';
import type { Headers } from '../harness/query.ts';
import { withPeople } from './people.ts';

/** Environment of a process. */
export type Settings = Readonly<Record<string, string>>;

/** An installation in a temporary directory: PostgreSQL, keyring, one firm with one member. */
export interface BenchInstallation {
	readonly settings: Settings;
	/** URL of the database, as its superuser. */
	readonly adminUrl: string;
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly firm: string;
	readonly member: FirmPrincipal;
	/** Headers of requests by the firm's owner, and by the member. */
	readonly ownerHeaders: Headers;
	readonly headers: Headers;
	close(): Promise<void>;
}

const MEMBER = 'member@bench.example';

export async function makeInstallation(): Promise<BenchInstallation> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-bench-'));
	const server = await startEmbeddedServer({ directory: join(directory, 'postgres') });
	const close = async () => {
		await server.stop();
		rmSync(directory, { recursive: true, force: true });
	};
	try {
		const adminUrl = server.urlOf(SUPERUSER);
		const settings = {
			FIRMSEAL_DATA_DIR: directory,
			FIRMSEAL_PORT: '0',
			FIRMSEAL_PLANE: 'firm',
			FIRMSEAL_RATE_PER_MINUTE: '1000000',
			// One member sends requests over 64 connections, more than the default allows.
			FIRMSEAL_REQUESTS_AT_ONCE: '256',
			DATABASE_URL: server.urlOf('firmseal_firm_login'),
			FIRMSEAL_OPERATOR_DATABASE_URL: server.urlOf('firmseal_operator_login'),
			FIRMSEAL_WORKER_DATABASE_URL: server.urlOf('firmseal_worker_login'),
			FIRMSEAL_BROKER_DATABASE_URL: server.urlOf('firmseal_broker_login'),
			FIRMSEAL_ADMIN_DATABASE_URL: adminUrl,
		};
		const config = readConfig(settings);
		const database = await openDatabase(config);
		await initInstallation(config, database);
		return await withPeople({ config, database }, async ({ services, addFirm, find }) => {
			const owner = await addFirm('bench');
			await actAsPerson({ services, principal: owner.principal }, (own, acting) =>
				joinFirm(own, acting, { email: MEMBER, name: 'Member', role: 'MEMBER' }),
			);
			const { principal: member, headers } = await find(MEMBER);
			const people = { member, headers, ownerHeaders: owner.headers };
			return { settings, adminUrl, config, database, firm: member.firm, ...people, close };
		});
	} catch (error) {
		await close();
		throw error;
	}
}

/** The URL with another database of the same server. */
export const urlOfDatabase = (url: string, name: string): string =>
	Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Runs `work` on one connection of the superuser. */
export async function asAdministrator<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		return await work(sql);
	} finally {
		await sql.end({ timeout: 5 });
	}
}
