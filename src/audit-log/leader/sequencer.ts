import { LRUCache } from 'lru-cache';
import { Frontier, hashOfLeaf, subtreesIn } from '../../audit/index.ts';
import {
	type AuditStateRow,
	type BootRow,
	insertAuditLeaves,
	insertGaps,
	lockLogLeadership,
	type NewGap,
	type NewLeaf,
	type Plane,
	selectBoots,
	selectTrees,
	selectUnsequenced,
	setBoots,
	setSequencerPosition,
	setTreeSizes,
	type Transaction,
	type UnsequencedEntry,
} from '../../database/index.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';
import { nodeSha256 } from './note.ts';
import { readSubtrees } from './read-subtrees.ts';

/** Most entries of one transaction. */
const MOST = 1_000;

/** Trees whose right edges are cached in memory. */
const MAX_TREES = 10_000;

export interface SequencedRound {
	/** Number of entries that became leaves. */
	readonly entries: number;
	/** True if more entries may wait. */
	readonly more: boolean;
	readonly gaps: readonly NewGap[];
	/** True if one of the entries ends a lease. */
	readonly leaseEnded: boolean;
	/** True if someone waits until the entries are published. */
	readonly isAwaited: boolean;
}

/** Makes leaves of entries, in order. Belongs to one leader. */
export interface Sequencer {
	/** Takes the waiting entries, at most 1,000, in one transaction. @throws LeaderLostError */
	next(): Promise<SequencedRound>;
	/** Right edges of trees as they are committed. */
	frontiers(tx: Transaction, trees: readonly string[]): Promise<Map<string, Frontier>>;
}

const LEASE_ENDS = /"action":"lease\.(?:release|revoke|expire|exhaust)"/;
const LEASE_USE = /"action":"lease\.use"/;

export function createSequencer(plane: Plane, { epoch, ...state }: AuditStateRow): Sequencer {
	let after = { transaction: state.afterTransaction, id: state.afterEntry };
	const edges: EdgeCache = new LRUCache<string, Frontier>({ max: MAX_TREES });
	return {
		frontiers: (tx, trees) => readFrontiers(tx, trees, edges),
		async next() {
			try {
				const { entries, gaps } = await plane.write(null, async (tx) => {
					const found = await selectUnsequenced(tx, after, MOST);
					const last = found.at(-1);
					if (!last) return { entries: found, gaps: [] };
					await lockLogLeadership(tx, epoch);
					await appendLeaves(tx, found, edges);
					await setSequencerPosition(tx, last);
					return { entries: found, gaps: await countBoots(tx, found) };
				});
				after = entries.at(-1) ?? after;
				return {
					entries: entries.length,
					more: entries.length === MOST,
					gaps,
					leaseEnded: entries.some(({ leaf }) => LEASE_ENDS.test(leaf)),
					isAwaited: entries.some(({ leaf }) => LEASE_USE.test(leaf)),
				};
			} catch (error) {
				// The cached edges may contain leaves that were never committed.
				edges.clear();
				throw error;
			}
		},
	};
}

type EdgeCache = LRUCache<string, Frontier>;

async function readFrontiers(
	tx: Transaction,
	trees: readonly string[],
	edges: EdgeCache,
): Promise<Map<string, Frontier>> {
	const missing = trees.filter((tree) => !edges.has(tree));
	const rows = missing.length > 0 ? await selectTrees(tx, missing) : [];
	const sizes = new Map(rows.map(({ tree, size }) => [tree, size]));
	const wanted = missing.map((tree) => subtreesIn({ start: 0, end: sizes.get(tree) ?? 0 }));
	const asked = missing.flatMap((tree, at) => (wanted[at] ?? []).map((subtree) => ({ tree, subtree })));
	const hashes = await readSubtrees(tx, asked);
	const found = new Map(trees.flatMap((tree) => (edges.has(tree) ? [[tree, edges.get(tree) as Frontier]] : [])));
	let taken = 0;
	for (const [at, tree] of missing.entries()) {
		const count = wanted[at]?.length ?? 0;
		const edge = new Frontier(nodeSha256, sizes.get(tree) ?? 0, hashes.slice(taken, taken + count));
		taken += count;
		edges.set(tree, edge);
		found.set(tree, edge);
	}
	return found;
}

async function appendLeaves(tx: Transaction, entries: readonly UnsequencedEntry[], edges: EdgeCache): Promise<void> {
	const trees = new Set(entries.map(treeOf));
	const grown = await readFrontiers(tx, [...trees], edges);
	const leaves: NewLeaf[] = entries.map((entry) => {
		const edge = grown.get(treeOf(entry)) as Frontier;
		const index = edge.size;
		return {
			tree: treeOf(entry),
			index,
			entry: entry.id,
			hashes: edge.append(hashOfLeaf(nodeSha256, Buffer.from(entry.leaf))),
		};
	});
	await insertAuditLeaves(tx, leaves);
	await setTreeSizes(tx, new Map([...grown].map(([tree, { size }]) => [tree, size])));
}

const treeOf = ({ firm }: UnsequencedEntry): string => firm ?? PLATFORM_FIRM_ID;

/** Records the last number of each boot, and the numbers that are missing. */
async function countBoots(tx: Transaction, entries: readonly UnsequencedEntry[]): Promise<NewGap[]> {
	const byBoot = Map.groupBy(entries, ({ role, boot }) => `${role} ${boot}`);
	const known = await selectBoots(tx, [...new Set(entries.map(({ boot }) => boot))]);
	const lastOf = new Map(known.map(({ role, boot, last }) => [`${role} ${boot}`, last]));
	const gaps: NewGap[] = [];
	const boots: BootRow[] = [];
	for (const [key, own] of byBoot) {
		const [{ role, boot } = { role: '', boot: '' }] = own;
		let last = lastOf.get(key) ?? 0;
		for (const { sequence } of own.toSorted((a, b) => a.sequence - b.sequence)) {
			if (sequence > last + 1) gaps.push({ role, boot, first: last + 1, last: sequence - 1 });
			last = Math.max(last, sequence);
		}
		boots.push({ role, boot, last });
	}
	await insertGaps(tx, gaps);
	await setBoots(tx, boots);
	return gaps;
}
