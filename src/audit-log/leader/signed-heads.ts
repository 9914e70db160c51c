import { type Plane, selectLastCheckpoints, selectRootCheckpoint } from '../../database/index.ts';
import { originOf } from './note.ts';
import type { SignedHeads } from './signer.ts';

/** The last checkpoint of the root tree, kept outside the database: restoring the database doesn't restore this file. */
export interface RootHeadFile {
	/** null if there is none. */
	read(): Promise<string | null>;
	/** Resolves when the file is complete and on disk. */
	write(note: string): Promise<void>;
}

/**
 * The last checkpoints that were signed: those of firms' trees from the database, that of the root tree from the database or the file, the
 * larger of the two.
 */
export function createSignedHeads(signerPlane: Plane, installation: string, file: RootHeadFile): SignedHeads {
	const root = originOf(installation, null);
	const prefix = `${root}/`;
	return {
		async find(origins) {
			const found = new Map<string, string>();
			const trees = origins.flatMap((origin) => (origin.startsWith(prefix) ? [origin.slice(prefix.length)] : []));
			const ofRoot = origins.includes(root);
			const { rows, last } = await signerPlane.read(null, async (tx) => ({
				rows: trees.length > 0 ? await selectLastCheckpoints(tx, trees) : [],
				last: ofRoot ? await selectRootCheckpoint(tx) : null,
			}));
			for (const { tree, leaf } of rows) found.set(originOf(installation, tree), leaf);
			const kept = ofRoot ? await file.read() : null;
			const note = kept !== null && sizeOf(kept) > (last ? sizeOf(last.note) : 0) ? kept : last?.note;
			if (note !== undefined) found.set(root, note);
			return found;
		},
		saveRoot: (note) => file.write(note),
	};
}

const sizeOf = (note: string): number => Number(note.split('\n')[1]);
