import type { Sql } from 'postgres';
import { verifyFreshCheckpoint } from '../../src/audit/verify/log.ts';
import { nodeSha256 } from '../../src/audit-log/leader/index.ts';
import { askForFreshCheckpoint, findKeyLogCheckpoint, readVerifierKeys } from '../../src/audit-log/proofs/index.ts';
import { verifyKeyLogs } from '../../src/audit-log/verify/index.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { createCheckpointKeys } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';
import { appendEntries, recordEntries, withoutTriggers } from './key-log-rows.ts';
import { headOf, keepAlone } from './leader/publish-alone.ts';

export interface KeyLogLeader {
	readonly failures: unknown[];
	readonly refusals: unknown[];
	/** Origins of key logs that are signed again. */
	readonly accepted: string[];
	readonly clock: SteppedClock;
	stop(): Promise<void>;
}

interface StoredCheckpoint {
	readonly size: number;
	/** Unix seconds. */
	readonly time: number;
	readonly note: string;
	/** Whether a client should ask for a fresh one. */
	readonly isOld: boolean;
}

/** An installation with firms whose key logs a test writes by SQL, and leaders that a test steps. */
export interface KeyLogScene {
	readonly installation: TestInstallation;
	/** The signer's time, which a test sets. */
	now: Date;
	addFirm(slug: string): Promise<string>;
	/** Appends entries as far as the database can tell. Returns their hashes. */
	append(firm: string, count: number): Promise<string[]>;
	/** Changes a key log with its triggers disabled. */
	tamper(work: (sql: Sql) => Promise<unknown>): Promise<void>;
	/** Has the audit log name entries. */
	record(firm: string, hashes: readonly string[]): Promise<void>;
	/** Kind, firm and `seq` of what a verification of all key logs finds. */
	found(): Promise<(readonly [string, string | null, number | null])[]>;
	lead(): Promise<KeyLogLeader>;
	/** Starts a leader, lets it sign, and stops it. Returns what it refused. */
	signOnce(): Promise<string[]>;
	/** The stored checkpoint, verified by the key that the installation publishes; null if there is none. */
	checkpoint(firm: string): Promise<StoredCheckpoint | null>;
	ask(firm: string): Promise<void>;
	/** Makes a new key for checkpoints. */
	rotate(): Promise<void>;
	close(): Promise<void>;
}

export const makeKeyLogScene = async (): Promise<KeyLogScene> => keyLogSceneOf(await makeInstallation(embedded));

/** The same in an installation that there is. */
export function keyLogSceneOf(installation: TestInstallation): KeyLogScene {
	const { database, admin } = installation;
	const [plane, signerPlane] = [openPlaneOf(database, 'firmseal_log', 2), openPlaneOf(database, 'firmseal_signer', 2)];
	const firmPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const scene: KeyLogScene = {
		installation,
		now: new Date(),
		addFirm: async (slug) => (await installation.addFirm(slug)).id,
		append: (firm, count) => appendEntries(admin, firm, count),
		tamper: (work) => withoutTriggers(admin, work),
		record: (firm, hashes) => recordEntries(admin, firm, hashes),
		found: async () =>
			(await verifyKeyLogs({ plane, sha256: nodeSha256 })).findings.map(({ kind, tree, index }) => [kind, tree, index]),
		async lead() {
			const [failures, refusals, accepted, clock]: [unknown[], unknown[], string[], SteppedClock] = [
				[],
				[],
				[],
				steppedClock(),
			];
			const parts = { plane, signerPlane, head: headOf(installation) };
			const leader = await keepAlone(installation, parts, {
				clock,
				failures,
				refusals,
				wallClock: () => scene.now,
				onAcceptance: (origin) => accepted.push(origin),
			});
			await clock.advance(1_000);
			return { failures, refusals, accepted, clock, stop: () => leader.stop() };
		},
		async signOnce() {
			const leader = await scene.lead();
			await leader.stop();
			if (leader.failures.length > 0) throw leader.failures[0];
			return leader.refusals.map(String);
		},
		checkpoint: async (firm) => {
			const { found, keys } = await firmPlane.read(firm, async (tx) => ({
				found: await findKeyLogCheckpoint(tx, firm),
				keys: (await readVerifierKeys(tx))(firm, true),
			}));
			if (found === null) return null;
			const verified = await verifyFreshCheckpoint(found.note, keys[0] ?? '');
			if (Math.floor(found.signedAt.getTime() / 1_000) !== verified.time)
				throw new Error('the row and the note have different times');
			return { size: verified.size, time: verified.time, note: found.note, isOld: found.isOld };
		},
		ask: (firm) => firmPlane.write(firm, (tx) => askForFreshCheckpoint(tx, firm)),
		async rotate() {
			const keyring = await openKeyring(installation.config, 'signer');
			await createCheckpointKeys({ keyring, store: createDataKeyStore(signerPlane) }).rotate();
		},
		async close() {
			await Promise.all([plane.close(), signerPlane.close(), firmPlane.close()]);
			await installation.close();
		},
	};
	return scene;
}
