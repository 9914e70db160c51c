import { type Plane, selectLastCheckpoints, selectRootCheckpoint } from '../../database/index.ts';
import { originOf } from './note.ts';
import type { SignedHeads } from './signer.ts';

/** The last checkpoint of the root tree, kept outside of the database: whoever puts the database back doesn't put it back. */
export interface RootHeadFile {
	/** null: there is none. */
	read(): Promise<string | null>;
	/** Whole and on the disk when it resolves. */
	write(note: string): Promise<void>;
}

/**
 * What the signer has signed: of firms' trees by what is in the database, of the root tree by the larger of what the database and the
 * file say.
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
