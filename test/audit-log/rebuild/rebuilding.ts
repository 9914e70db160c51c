import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import { systemEntry } from '../../../src/audit/index.ts';
import { type AnchorChain, createAnchorChain, type OnFlaw } from '../../../src/audit/verify/log.ts';
import {
	type AnchorStore,
	findNewest,
	type WrittenAnchor,
	writeNextAnchor,
} from '../../../src/audit-log/anchors/index.ts';
import { nodeSha256 } from '../../../src/audit-log/leader/index.ts';
import {
	type RebuildLogResult,
	type RebuildOptions,
	rebuildFromAnchors,
} from '../../../src/cli/recovery/rebuild-log.ts';
import { openAnchors, openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import type { TestInstallation } from '../../support/installation.ts';
import { makePopulated } from '../../support/populated.ts';
import type { TestServer } from '../../support/servers.ts';
import { headOf, publishAlone } from '../leader/publish-alone.ts';

const TABLES = [
	'audit_entries',
	'audit_leaves',
	'audit_root_leaves',
	'audit_root_checkpoints',
	'audit_anchors',
	'audit_gaps',
] as const;

/** An installation whose log is anchored, and which tests can damage. */
export interface Anchoring {
	readonly installation: TestInstallation;
	readonly admin: Sql;
	readonly firms: readonly [string, string];
	readonly store: AnchorStore;
	append(firm: string | null, count: number): Promise<void>;
	/** Publishes and anchors all entries. */
	anchor(): Promise<WrittenAnchor | null>;
	publish(): Promise<void>;
	/** Changes the database as an administrator who has disabled the locks. */
	harm(work: (sql: Sql) => Promise<unknown>): Promise<void>;
	rebuild(options?: Partial<RebuildOptions>): Promise<RebuildLogResult>;
	/** The chain of all anchors, verified. @throws AuditProofError */
	chain(
		rootVkey: string,
		onFlaw?: OnFlaw,
	): Promise<{ readonly chain: AnchorChain; readonly leaves: readonly string[] }>;
	/** The first vkey of the log. */
	firstKey(): Promise<string>;
	close(): Promise<void>;
}

export async function makeAnchoring(server: TestServer): Promise<Anchoring> {
	const { installation, north, harbour } = await makePopulated(server);
	const { admin, config, database } = installation;
	const firms = [north.id, harbour.id] as const;
	const plane = openPlaneOf(database, 'firmseal_worker', 1);
	const logPlane = openPlaneOf(database, 'firmseal_log', 2);
	const log = openLog(plane);
	const store = await openAnchors(config);
	const { signal } = new AbortController();
	/** This leader anchors nothing: the test decides when to anchor. */
	const publish = () => publishAlone(installation, headOf(installation));
	return {
		installation,
		admin,
		firms,
		store,
		publish,
		async append(firm, count) {
			await log.append(Array.from({ length: count }, () => systemEntry('worker', { action: 'log.read', firm })));
		},
		async anchor() {
			await publish();
			const [{ epoch } = { epoch: 0 }] = await admin`select epoch from audit_state`;
			return writeNextAnchor({ plane: logPlane, store, installation: config.installation, signal }, Number(epoch));
		},
		async harm(work) {
			for (const table of TABLES) await admin.unsafe(`alter table ${table} disable trigger all`);
			await work(admin);
			for (const table of TABLES)
				for (const trigger of ['append_only_row', 'append_only_statement', 'append_only_truncate'])
					await admin.unsafe(`alter table ${table} enable always trigger ${trigger}`);
		},
		rebuild: (options = {}) => rebuildFromAnchors(config, { dryRun: false, vkey: null, onProgress() {}, ...options }),
		async chain(rootVkey, onFlaw) {
			const leaves: string[] = [];
			const chain = await createAnchorChain({
				rootVkey,
				sha256: nodeSha256,
				newHash: () => createHash('sha256'),
				onLeaf: ({ origin, index, leaf }) => void leaves.push(`${origin} ${index} ${leaf}`),
				...(onFlaw && { onFlaw }),
			});
			const newest = (await findNewest(store)) ?? -1;
			for (let number = 0; number <= newest; number++) {
				const bytes = await store.read(number, signal);
				if (bytes === null) throw new Error(`no anchor ${number}`);
				await chain.add(bytes);
			}
			return { chain, leaves };
		},
		async firstKey() {
			const [row] = await admin`select leaf from audit_root_leaves where index = 0`;
			return JSON.parse(row?.leaf).key;
		},
		async close() {
			await log.close();
			await Promise.all([plane.close(), logPlane.close()]);
			await installation.close();
		},
	};
}

/**
 * Every row of the log, and its position, without the entries that record that a signing key was opened or that the log was to be restored.
 */
export async function everything(admin: Sql): Promise<unknown> {
	const rows: Record<string, unknown> = {};
	for (const table of [...TABLES, 'audit_trees', 'audit_boots', 'audit_state']) {
		const found = await admin.unsafe(`select to_jsonb(t)::text as row from ${table} t order by to_jsonb(t)::text`);
		rows[table] = found
			.map(({ row }) => row)
			.filter((row) => !/key\.(?:unwrap|generate).*CHECKPOINT|log\.rebuild/.test(row));
	}
	return rows;
}
