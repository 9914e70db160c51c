import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataDirectory, readOwnerOnly, syncDirectory } from '../../adapters/local-files/index.ts';
import { commandEntry } from '../../audit/index.ts';
import {
	type DisputedFile,
	type LostHead,
	type RebuildParts,
	type Rebuilt,
	rebuildLog,
} from '../../audit-log/rebuild/index.ts';
import type { Config } from '../../config/index.ts';
import { LOG_PLACE, openPlaceSession, selectNewestAnchor } from '../../database/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
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
	/** Of the root tree; null: the one that the anchors begin with. */
	readonly vkey: string | null;
	readonly onProgress: (done: number, total: number) => void;
}

/** `disputed`: what was there and is not what is anchored. */
export type RebuiltLog = Rebuilt & { readonly disputed: { readonly file: string; readonly rows: number } | null };

/**
 * Makes the log of the database what is anchored, where it differs; as rebuildLog() does it.
 * @throws FirmsealError CONFLICT while a process keeps the log; SetupError without an administrator's URL
 */
export function rebuildFromAnchors(config: Config, options: RebuildOptions): Promise<RebuiltLog> {
	return withInstallation(config, (installation) => rebuildOf(config, installation, options));
}

async function rebuildOf(config: Config, of: Installation, options: RebuildOptions): Promise<RebuiltLog> {
	const { database, audit, account } = of;
	if (!database.admin)
		throw new SetupError(
			'FIRMSEAL_ADMIN_DATABASE_URL is not set: restoring the log needs it, since no role of the program may change the log.',
		);
	const place = await openPlaceSession(database.direct ?? database.worker, LOG_PLACE);
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	const signerPlane = openPlaneOf(database, 'firmseal_signer', 1);
	try {
		if (!(await place.holdsPlace()))
			throw new FirmsealError(
				'CONFLICT',
				'A process keeps the audit log: stop every `firmseal worker`, and run this again.',
			);
		const keys = await openSignerKeys(config, signerPlane);
		const disputed = openDisputed(config);
		const parts: RebuildParts = {
			plane,
			adminUrl: database.admin,
			store: await openAnchors(config),
			place: anchorsDirectory(config) ?? `the bucket ${config.anchors.bucket}`,
			newestWritten: async () => (await plane.read(null, selectNewestAnchor))?.number ?? null,
			installation: config.installation,
			vkey: options.vkey,
			signal: new AbortController().signal,
			onProgress: options.onProgress,
			ownVkeys: keys.vkeys,
			async rotate() {
				const { version, publicKey } = await keys.rotate();
				// Before anything is changed: a log that can't be written is not restored unrecorded.
				await keys.record(audit);
				await audit.append([commandEntry(account, { action: 'log.rebuild' })]);
				return { version, vkey: keys.vkeyOf(publicKey) };
			},
			head: headOf(config),
			disputed,
		};
		const rebuilt = await keys.recorded(audit, () => rebuildLog(parts, options));
		return { ...rebuilt, disputed: disputed.told() };
	} finally {
		await Promise.all([place.close(), plane.close(), signerPlane.close()]);
	}
}

const stamp = () => new Date().toISOString().replaceAll(':', '-');

function headOf({ dataDir }: Config): LostHead {
	const head = join(dataDir, 'signer', 'head');
	return {
		read: () => readOwnerOnly(head),
		async moveAside() {
			if ((await readOwnerOnly(head)) !== null) await rename(head, `${head}.lost-${stamp()}`);
		},
	};
}

/** JSON Lines, for the owner alone; made with the first row. */
function openDisputed({ dataDir }: Config): DisputedFile & { told(): RebuiltLog['disputed'] } {
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
		told: () => (rows === 0 ? null : { file, rows }),
	};
}
