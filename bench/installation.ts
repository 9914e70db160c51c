import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import postgres from 'postgres';
import { actAsPerson, joinFirm } from '../examples/demo/act-as-person.ts';
import type { FirmPrincipal } from '../src/access/index.ts';
import { type Config, readConfig } from '../src/config/config.ts';
import { SUPERUSER, startEmbeddedServer } from '../src/database/index.ts';
import { type DatabaseAccess, openDatabase } from '../src/wiring/index.ts';
import { initInstallation } from '../src/wiring/installation.ts';
import { addFirm, findMember } from './people.ts';
import { withRequestServices } from './request-services.ts';

/** Settings of a server's process. */
export type Settings = Readonly<Record<string, string>>;

/** An installation of the benchmark's own, in a temporary directory: PostgreSQL, keyring, one firm with one member. */
export interface BenchInstallation {
	readonly settings: Settings;
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly firm: string;
	readonly member: FirmPrincipal;
	/** Bearer tokens. */
	readonly ownerToken: string;
	readonly token: string;
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
		const settings = {
			FIRMSEAL_DATA_DIR: directory,
			FIRMSEAL_PORT: '0',
			FIRMSEAL_PLANE: 'firm',
			FIRMSEAL_RATE_PER_MINUTE: '1000000',
			// One member asks by 64 connections, more than a member is answered by default.
			FIRMSEAL_REQUESTS_AT_ONCE: '256',
			DATABASE_URL: server.urlOf('firmseal_firm_login'),
			FIRMSEAL_OPERATOR_DATABASE_URL: server.urlOf('firmseal_operator_login'),
			FIRMSEAL_WORKER_DATABASE_URL: server.urlOf('firmseal_worker_login'),
			FIRMSEAL_BROKER_DATABASE_URL: server.urlOf('firmseal_broker_login'),
			FIRMSEAL_ADMIN_DATABASE_URL: server.urlOf(SUPERUSER),
		};
		const config = readConfig(settings);
		const database = await openDatabase(config);
		await initInstallation(config, database);
		const owner = await addFirm({ config, database }, 'bench');
		await withRequestServices(config, database, (services) =>
			actAsPerson({ services: services, principal: owner.principal }, (_desk, acting) =>
				joinFirm(services, acting, { email: MEMBER, name: 'Member', role: 'MEMBER' }),
			),
		);
		const { principal: member, token } = await findMember({ config, database }, MEMBER);
		return { settings, config, database, firm: member.firm, member, ownerToken: owner.token, token, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** The URL with another database of the same server. */
export const urlOfDatabase = (url: string, name: string): string =>
	Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Runs `work` as the superuser of a database of the embedded server. */
export async function asAdministrator<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		return await work(sql);
	} finally {
		await sql.end({ timeout: 5 });
	}
}
