import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { commandEntry } from '../../audit/index.ts';
import {
	type DisputedFile,
	type RebuildParts,
	type RebuildResult,
	rebuildLog,
	type SignedHeadFile,
} from '../../audit-log/rebuild/index.ts';
import type { Config } from '../../config/index.ts';
import { LOG_LEADER_LOCK, openLeaderLock, selectNewestAnchor } from '../../database/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { makeDataDirectory, readOwnerOnly, syncDirectory } from '../../local-files/index.ts';
import {
	anchorsDirectory,
	type Installation,
	openAnchors,
	openPlaneOf,
	openSignerKeys,
	withInstallation,
} from '../../wiring/index.ts';

export interface RebuildOptions {
	readonly dryRun: boolean;
	/** The root tree's key; null to accept the one that the anchors begin with. */
	readonly vkey: string | null;
	readonly onProgress: (done: number, total: number) => void;
}

/** `disputed`: the file with the rows of the database that differ from the anchors; null if there are none. */
export type RebuildLogResult = RebuildResult & {
	readonly disputed: { readonly file: string; readonly rows: number } | null;
};

/**
 * Restores the database's log from its anchors with rebuildLog(), where the two differ.
 * @throws FirmsealError CONFLICT while a process holds the log's leader lock; SetupError without an administrator's URL
 */
export function rebuildFromAnchors(config: Config, options: RebuildOptions): Promise<RebuildLogResult> {
	return withInstallation(config, (installation) => rebuildInstallationLog(config, installation, options));
}

async function rebuildInstallationLog(
	config: Config,
	of: Installation,
	options: RebuildOptions,
): Promise<RebuildLogResult> {
	const { database, audit, osAccount } = of;
	if (!database.admin)
		throw new SetupError(
			'FIRMSEAL_ADMIN_DATABASE_URL is not set. Set it: restoring the log needs it, because no role of the program may change the log.',
		);
	const leaderLock = await openLeaderLock(database.direct ?? database.worker, LOG_LEADER_LOCK);
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const signerPlane = openPlaneOf(database, 'firmseal_signer', 1);
	try {
		if (!(await leaderLock.isHeld()))
			throw new FirmsealError(
				'CONFLICT',
				'A process still maintains the audit log: stop every `firmseal worker`, then run this command again.',
			);
		const keys = await openSignerKeys(config, signerPlane);
		const disputed = openDisputedFile(config);
		const parts: RebuildParts = {
			plane,
			adminUrl: database.admin,
			store: await openAnchors(config),
			storeName: anchorsDirectory(config) ?? `the bucket ${config.anchors.bucket}`,
			newestWritten: async () => (await plane.read(null, selectNewestAnchor))?.number ?? null,
			installation: config.installation,
			vkey: options.vkey,
			signal: new AbortController().signal,
			onProgress: options.onProgress,
			ownVkeys: keys.vkeys,
			async rotate() {
				const { version, publicKey } = await keys.rotate();
				// Before anything is changed: if the log can't be written, it isn't restored either, so no restore goes unrecorded.
				await keys.record(audit);
				await audit.append([commandEntry(osAccount, { action: 'log.rebuild' })]);
				return { version, vkey: keys.vkeyOf(publicKey) };
			},
			headFile: signedHeadFileOf(config),
			disputed,
		};
		const rebuilt = await keys.recordAfter(audit, () => rebuildLog(parts, options));
		return { ...rebuilt, disputed: disputed.result() };
	} finally {
		await Promise.all([leaderLock.close(), plane.close(), signerPlane.close()]);
	}
}

const stamp = () => new Date().toISOString().replaceAll(':', '-');

function signedHeadFileOf({ dataDir }: Config): SignedHeadFile {
	const head = join(dataDir, 'signer', 'head');
	return {
		read: () => readOwnerOnly(head),
		async moveAside() {
			if ((await readOwnerOnly(head)) !== null) await rename(head, `${head}.lost-${stamp()}`);
		},
	};
}

/** A JSON Lines file that only its owner may read. The first row creates it. */
function openDisputedFile({ dataDir }: Config): DisputedFile & { result(): RebuildLogResult['disputed'] } {
	makeDataDirectory(dataDir);
	const file = join(dataDir, `disputed-${stamp()}.jsonl`);
	let handle: FileHandle | null = null;
	let rows = 0;
	return {
		async write(table, row) {
			handle ??= await open(file, 'wx', 0o600);
			await handle.appendFile(`${JSON.stringify({ row, table })}\n`);
			rows += 1;
		},
		async settled() {
			if (handle === null) return;
			await handle.sync();
			await handle.close();
			await syncDirectory(dataDir);
		},
		result: () => (rows === 0 ? null : { file, rows }),
	};
}
