import { AuditProofError, verifyCheckpoint } from '../../audit/verify/index.ts';
import type { TreeHasher } from '../../audit/verify/log.ts';
import { type Plane, type RootCheckpointRow, selectRootCheckpointsAfter } from '../../database/index.ts';

const PAGE = 1_000;

/** True if one of the keys signed the note and the note has this size and root. Tries the latest key first. */
export async function isSignedBy(
	note: string,
	vkeys: readonly string[],
	of: { readonly size: number; readonly root: Uint8Array } | null = null,
): Promise<boolean> {
	for (const vkey of vkeys.toReversed()) {
		try {
			const { size, root } = await verifyCheckpoint(note, vkey);
			return of === null || (size === of.size && Buffer.compare(root, of.root) === 0);
		} catch (error) {
			if (!(error instanceof AuditProofError)) throw error;
		}
	}
	return false;
}

/**
 * Keeps the root checkpoints of a database that agree with the anchored root tree while it grows. People hold such notes and must still be
 * able to get a proof from them.
 */
export function collectCheckpoints(plane: Pick<Plane, 'read'>, keep: (row: RootCheckpointRow) => Promise<void>) {
	let page: RootCheckpointRow[] = [];
	let isOver = false;
	let after = -1;

	async function nextFrom(size: number): Promise<RootCheckpointRow | undefined> {
		while (page[0] === undefined || page[0].size < size) {
			if (page.length > 0) page.shift();
			else if (isOver) return undefined;
			else {
				page = await plane.read(null, (tx) => selectRootCheckpointsAfter(tx, after, PAGE));
				after = page.at(-1)?.size ?? after;
				isOver = page.length < PAGE;
			}
		}
		return page[0];
	}

	return async (tree: Pick<TreeHasher, 'size' | 'root'>, vkeys: readonly string[]): Promise<void> => {
		const row = await nextFrom(tree.size);
		if (row?.size !== tree.size) return;
		if (await isSignedBy(row.note, vkeys, { size: tree.size, root: tree.root() })) await keep(row);
	};
}
