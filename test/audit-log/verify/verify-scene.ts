import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { systemEntry } from '../../../src/audit/index.ts';
import { nodeSha256 } from '../../../src/audit-log/leader/index.ts';
import {
	type DatabaseVerification,
	type LogFindingKind,
	type VerifyDatabaseOptions,
	verifyDatabase,
} from '../../../src/audit-log/verify/index.ts';
import type { Plane } from '../../../src/database/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { makeInstallation, publishLog, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';

export const NIL = '00000000-0000-0000-0000-000000000000';
/** Every table of the log. */
export const LOG_TABLES = [
	'audit_entries',
	'audit_leaves',
	'audit_root_leaves',
	'audit_root_checkpoints',
	'audit_trees',
	'audit_state',
	'audit_boots',
	'audit_gaps',
	'audit_anchors',
];

export interface Found {
	readonly kind: LogFindingKind;
	readonly tree: string | null;
	readonly index: number | null;
	readonly entry: string | null;
}

interface Asked extends Pick<VerifyDatabaseOptions, 'isRetry'> {
	readonly page?: number | undefined;
	/** Vkey of the root tree; by default the one that the log names. */
	readonly vkey?: string | null;
}

/** An installation with a complete log that no process changes, and a connection that may do everything in its database. */
export interface VerifyScene {
	readonly installation: TestInstallation;
	readonly plane: Plane;
	readonly firms: readonly string[];
	/** Appends as the program does, in one transaction per call. */
	append(firm: string | null, count: number): Promise<readonly string[]>;
	verify(options?: Asked): Promise<DatabaseVerification>;
	/** The findings, without those about the log's age. */
	found(page?: number): Promise<Found[]>;
	/** Changes the log with its triggers disabled. */
	tamper(work: (sql: Sql) => Promise<unknown>): Promise<void>;
	/** Copies the log, for restore(). */
	save(): Promise<void>;
	restore(): Promise<void>;
	close(): Promise<void>;
}

export async function makeVerifyScene(
	firmCount: number,
	settings: Readonly<Record<string, string>> = {},
): Promise<VerifyScene> {
	const installation = await makeInstallation(embedded, { settings });
	const { database, admin } = installation;
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const workerPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const log = openLog(workerPlane);
	const verify = ({ page, vkey = null, isRetry = false }: Asked = {}) =>
		verifyDatabase({
			plane,
			sha256: nodeSha256,
			rootVkey: vkey,
			isRetry: isRetry,
			...(page !== undefined && { page }),
		});

	async function tamper(work: (sql: Sql) => Promise<unknown>): Promise<void> {
		await admin.begin(async (sql) => {
			for (const table of LOG_TABLES) await sql`alter table ${sql(table)} disable trigger user`;
			await work(sql as unknown as Sql);
			const triggers = await sql`select tgrelid::regclass::text as table, tgname as name from pg_trigger
				where tgrelid::regclass::text = any (${LOG_TABLES}) and not tgisinternal`;
			for (const { table, name } of triggers) await sql`alter table ${sql(table)} enable always trigger ${sql(name)}`;
		});
	}

	return {
		installation,
		plane,
		firms: Array.from({ length: firmCount }, () => uuidv7()),
		append: (firm, count) =>
			log.append(Array.from({ length: count }, () => systemEntry('worker', { action: 'log.read', firm }))),
		verify,
		async found(page) {
			const { findings } = await verify({ page });
			return findings
				.filter(({ kind }) => kind !== 'LOG_FROZEN')
				.map(({ kind, tree, index, entry }) => ({ kind, tree, index, entry }));
		},
		tamper,
		async save() {
			await admin`drop schema if exists saved cascade`;
			await admin`create schema saved`;
			for (const table of LOG_TABLES) await admin`create table saved.${admin(table)} as table ${admin(table)}`;
		},
		restore: () =>
			tamper(async (sql) => {
				for (const table of LOG_TABLES) {
					await sql`delete from ${sql(table)}`;
					await sql`insert into ${sql(table)} select * from saved.${sql(table)}`;
				}
			}),
		async close() {
			await log.close();
			await Promise.all([plane.close(), workerPlane.close()]);
			await installation.close();
		},
	};
}

/** The same with a log of `each` entries per firm, published in three parts. */
export async function makeKeptScene(firmCount: number, each: number): Promise<VerifyScene> {
	const scene = await makeVerifyScene(firmCount);
	for (let part = 0; part < 3; part++) {
		for (const firm of scene.firms) await scene.append(firm, Math.ceil(each / 3));
		await scene.append(null, 2);
		await publishLog(scene.installation);
	}
	await scene.save();
	return scene;
}
