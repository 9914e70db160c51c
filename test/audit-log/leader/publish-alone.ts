import { join } from 'node:path';
import {
	createSignedHeads,
	type LogLeader,
	type RootHeadFile,
	runLogLeader,
} from '../../../src/audit-log/leader/index.ts';
import type { Clock } from '../../../src/clock/clock.ts';
import { createDataKeyStore, LOG_LEADER_LOCK, openLeaderLock, type Plane } from '../../../src/database/index.ts';
import { createCheckpointKeys } from '../../../src/keys/index.ts';
import { readOwnerOnly, replaceOwnerOnly } from '../../../src/local-files/owner-only-file.ts';
import { openKeyring, openPlaneOf } from '../../../src/wiring/index.ts';
import { type TestInstallation, untilPublished } from '../../support/installation.ts';
import { steppedClock } from '../../support/stepped-clock.ts';

/** The file where an installation's signer keeps its last head. */
export function headOf({ directory }: Pick<TestInstallation, 'directory'>): RootHeadFile {
	const path = join(directory, 'signer', 'head');
	return { read: () => readOwnerOnly(path), write: (note) => replaceOwnerOnly(path, note) };
}

interface Watched {
	readonly clock: Clock;
	readonly failures: unknown[];
	/** Refused key logs; by default they are failures. */
	readonly refusals?: unknown[];
	readonly wallClock?: () => Date;
	readonly onAcceptance?: (origin: string) => void;
}

/** Starts a leader for an installation's log, with its own key and the test's planes. It neither compares nor anchors anything. */
export async function keepAlone(
	{ config, database }: Pick<TestInstallation, 'config' | 'database'>,
	{ plane, signerPlane, head }: { readonly plane: Plane; readonly signerPlane: Plane; readonly head: RootHeadFile },
	{ clock, failures, refusals = failures, wallClock, onAcceptance = () => {} }: Watched,
): Promise<LogLeader> {
	const keys = createCheckpointKeys({
		keyring: await openKeyring(config, 'signer'),
		store: createDataKeyStore(signerPlane),
	});
	return runLogLeader(
		{ plane, signerPlane, keys, heads: createSignedHeads(signerPlane, 'localhost', head), installation: 'localhost' },
		{
			clock,
			openLeaderLock: () => openLeaderLock(database.worker, LOG_LEADER_LOCK),
			onLeading: () => {},
			onFailure: (error) => failures.push(error),
			onRecovery: () => {},
			onGaps: () => {},
			onRefusal: (error) => refusals.push(error),
			onAcceptance,
			...(wallClock && { wallClock }),
		},
	);
}

/** Makes leaves of all entries and signs them. */
export async function publishAlone(installation: TestInstallation, head: RootHeadFile): Promise<void> {
	const { database } = installation;
	const [plane, signerPlane] = [openPlaneOf(database, 'firmseal_log', 2), openPlaneOf(database, 'firmseal_signer', 2)];
	const clock = steppedClock();
	const failures: unknown[] = [];
	const leader = await keepAlone(installation, { plane, signerPlane, head }, { clock, failures });
	async function turn(): Promise<void> {
		await clock.advance(1_000);
		if (failures.length > 0) throw new Error(`not published: ${failures[0]}`);
	}
	try {
		await untilPublished(installation.admin, turn);
	} finally {
		await leader.stop();
		await Promise.all([plane.close(), signerPlane.close()]);
	}
}
