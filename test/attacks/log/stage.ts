import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { AuditProofError, verifyCheckpoint, verifyConsistency } from '../../../src/audit/verify/index.ts';
import { compareWithAnchors, writeNextAnchor } from '../../../src/audit-log/anchors/index.ts';
import { MissingLeavesError } from '../../../src/audit-log/leader/index.ts';
import { findCheckpoint, proveConsistency, readVerifierKeys } from '../../../src/audit-log/proofs/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { openAnchors, openPlaneOf } from '../../../src/wiring/index.ts';
import { publishAlone } from '../../audit-log/leader/publish-alone.ts';
import { LOG_TABLES, makeVerifyScene, type VerifyScene } from '../../audit-log/verify/verify-scene.ts';

/** Whether the error means that there is no valid proof: an invalid proof, missing leaves, or smaller trees. */
const isNoProof = (error: unknown): boolean =>
	error instanceof AuditProofError ||
	error instanceof MissingLeavesError ||
	(error instanceof FirmsealError && error.code === 'BAD_USER_INPUT');

/** A log of two firms, published and anchored, with ways to attack it and to check it. */
export interface LogStage {
	readonly scene: VerifyScene;
	readonly north: string;
	readonly south: string;
	/** Appends four entries of a process, and deletes the first three before they become leaves. */
	loseNewest(): Promise<void>;
	/** Restores the log's tables from before the last entries. */
	putBackOlder(): Promise<void>;
	/** Changes entries, and rebuilds and signs the whole log again. */
	rewrite(change: (sql: Sql) => Promise<unknown>): Promise<void>;
	/** Whether a new worker raises LOG_FORK or LOG_GAP within ten seconds. */
	watch(): Promise<boolean>;
	/** Whether a starting process finds that the log differs from the anchors. */
	differsFromAnchors(): Promise<boolean>;
	/** Whether the present log is consistent with the kept checkpoints. */
	isConsistent(): Promise<boolean>;
	/** Restores the state before the attack. */
	restore(): Promise<void>;
	close(): Promise<void>;
}

const DIRECTORIES = ['anchors', 'signer'];

export async function makeLogStage(): Promise<LogStage> {
	const scene = await makeVerifyScene(2);
	const { installation } = scene;
	const { admin, config, database, directory } = installation;
	const [north = '', south = ''] = scene.firms;
	const operator = openPlaneOf(database, 'firmseal_operator', 2);
	const saved = join(directory, 'saved');

	async function grow(): Promise<void> {
		const worker = await installation.startWorker();
		for (const firm of [north, south]) await scene.append(firm, 5);
		await worker.publishLog();
		await worker.stop();
		const plane = openPlaneOf(database, 'firmseal_log', 2);
		const [state] = await admin`select epoch::int from audit_state`;
		const store = await openAnchors(config);
		const signal = AbortSignal.timeout(10_000);
		// The worker may have written an anchor without recording it.
		while ((await writeNextAnchor({ plane, store, installation: 'localhost', signal }, state?.epoch)) !== null);
		await plane.close();
	}
	const noteOf = (tree: string | null) => operator.read(null, (tx) => findCheckpoint(tx, tree));

	await grow();
	await admin`create schema older`;
	for (const table of LOG_TABLES) await admin`create table older.${admin(table)} as table ${admin(table)}`;
	await grow();
	const kept = [await noteOf(north), await noteOf(null)];
	await scene.save();
	mkdirSync(saved);
	// `-a` keeps the modes: a directory that others can access is refused for anchors.
	for (const name of DIRECTORIES) execFileSync('cp', ['-a', join(directory, name), saved]);

	return {
		scene,
		north,
		south,
		async loseNewest() {
			const gone = await scene.append(north, 3);
			await scene.append(north, 1);
			await scene.tamper((sql) => sql`delete from audit_entries where id = any(${[...gone]}::uuid[])`);
		},
		putBackOlder: () =>
			scene.tamper(async (sql) => {
				for (const table of LOG_TABLES) {
					await sql`delete from ${sql(table)}`;
					await sql`insert into ${sql(table)} select * from older.${sql(table)}`;
				}
			}),
		async rewrite(change) {
			await scene.tamper(async (sql) => {
				await change(sql);
				for (const table of LOG_TABLES.filter((each) => each !== 'audit_entries' && each !== 'audit_state'))
					await sql`delete from ${sql(table)}`;
				await sql`update audit_state set after_transaction = '0', after_entry = '00000000-0000-0000-0000-000000000000'`;
			});
			await publishAlone(installation, { read: async () => null, write: async () => {} });
		},
		async watch() {
			const [{ now } = { now: null }] = await admin`select clock_timestamp() as now`;
			const worker = await installation.startWorker();
			const hasAlert = async () =>
				(await admin`select 1 from alerts where rule in ('LOG_FORK', 'LOG_GAP') and last_at >= ${now}`).length > 0;
			try {
				for (let second = 1; second <= 10; second++) {
					await worker.advance();
					if (await hasAlert()) return true;
				}
				return false;
			} finally {
				await worker.stop();
			}
		},
		async differsFromAnchors() {
			const vkeys = (await operator.read(null, readVerifierKeys))(null);
			const { state } = await compareWithAnchors({
				plane: operator,
				store: await openAnchors(config),
				installation: 'localhost',
				vkeys,
				signal: AbortSignal.timeout(10_000),
			});
			return state === 'DISAGREES' || state === 'BEHIND';
		},
		async isConsistent() {
			for (const [at, before] of kept.entries()) {
				const tree = at === 0 ? north : null;
				try {
					const now = await noteOf(tree);
					if (!now || !before) return false;
					const vkeys = (await operator.read(null, readVerifierKeys))(tree);
					await verifyCheckpoint(now.note, vkeys[0] ?? '');
					const proof = await operator.read(null, (tx) => proveConsistency(tx, tree, before.size, now.size));
					if (!proof) return false;
					const { size: size1, root: root1 } = before;
					await verifyConsistency({ size1, root1, size2: now.size, root2: now.root, proof: proof.hashes });
				} catch (error) {
					if (isNoProof(error)) return false;
					throw error;
				}
			}
			return true;
		},
		async restore() {
			await scene.restore();
			for (const name of DIRECTORIES) {
				rmSync(join(directory, name), { recursive: true, force: true });
				execFileSync('cp', ['-a', join(saved, name), directory]);
			}
		},
		async close() {
			await operator.close();
			await scene.close();
		},
	};
}
