import {
	type Plane,
	selectKeyLogCheckpoints,
	selectLastCheckpoints,
	selectRootCheckpoint,
} from '../../database/index.ts';
import { keyLogOriginOf, originOf, treeNamedBy } from './note.ts';
import type { SignedHeads } from './signer.ts';

/** The last checkpoint of the root tree, kept outside the database: restoring the database doesn't restore this file. */
export interface RootHeadFile {
	/** null if there is none. */
	read(): Promise<string | null>;
	/** Resolves when the file is complete and on disk. */
	write(note: string): Promise<void>;
}

/**
 * The last checkpoints that were signed: those of firms' trees and key logs from the database, that of the root tree from the database or the file, the
 * larger of the two.
 */
export function createSignedHeads(signerPlane: Plane, installation: string, file: RootHeadFile): SignedHeads {
	const root = originOf(installation, null);
	return {
		async find(origins) {
			const found = new Map<string, string>();
			const named = origins.flatMap((origin) => treeNamedBy(origin, installation) ?? []);
			const idsOf = (keyLogs: boolean) => named.flatMap(({ tree, isKeyLog }) => (isKeyLog === keyLogs ? [tree] : []));
			const [trees, keyLogs] = [idsOf(false), idsOf(true)];
			const ofRoot = origins.includes(root);
			const { rows, logs, last } = await signerPlane.read(null, async (tx) => ({
				rows: trees.length > 0 ? await selectLastCheckpoints(tx, trees) : [],
				logs: keyLogs.length > 0 ? await selectKeyLogCheckpoints(tx, keyLogs) : [],
				last: ofRoot ? await selectRootCheckpoint(tx) : null,
			}));
			for (const { tree, leaf } of rows) found.set(originOf(installation, tree), leaf);
			for (const { firmId, note } of logs) found.set(keyLogOriginOf(installation, firmId), note);
			const kept = ofRoot ? await file.read() : null;
			const note = kept !== null && sizeOf(kept) > (last ? sizeOf(last.note) : 0) ? kept : last?.note;
			if (note !== undefined) found.set(root, note);
			return found;
		},
		saveRoot: (note) => file.write(note),
	};
}

const sizeOf = (note: string): number => Number(note.split('\n')[1]);
