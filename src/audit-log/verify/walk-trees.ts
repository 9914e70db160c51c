import type { LogChecks, LogFindings } from '../../audit/verify/log.ts';
import {
	type LeafSpan,
	type LogExtent,
	type Plane,
	type RootCheckpointRow,
	type RootLeafRow,
	selectCountedTrees,
	selectRootCheckpointsUpTo,
	selectRootLeavesFrom,
} from '../../database/index.ts';
import { createFirmTreesWalk, type FirmTreesWalk } from './firm-walk.ts';
import { type PageParts, readLeafPages } from './leaf-pages.ts';
import { createRootTreeWalk } from './root-walk.ts';

export interface WalkParts extends PageParts {
	readonly plane: Plane;
	readonly checks: LogChecks;
	readonly findings: LogFindings;
	/** Called with the number of leaves of firms' trees that were checked. */
	readonly onLeaves: (count: number) => void;
}

export interface WalkTotals {
	/** Number of leaves of firms' trees that were checked, and number of trees. */
	readonly leaves: number;
	readonly trees: number;
	/** Number of signed checkpoints of the root tree. */
	readonly rootCheckpoints: number;
}

/** Leaves of the root tree, checkpoints, or trees, per query. */
const PAGE = 500;

/**
 * Reads the root tree leaf by leaf. For each checkpoint of a firm's tree, it reads that tree's leaves up to the checkpoint and builds the
 * tree again; for each checkpoint of the root tree, it compares the root tree. Keeps no leaf.
 */
export async function walkTrees(parts: WalkParts, extent: LogExtent): Promise<WalkTotals> {
	const { plane, checks, findings, yieldThread } = parts;
	const firms = createFirmTreesWalk(checks, findings);
	const root = createRootTreeWalk(checks, findings);
	const covers = rootCheckpoints(parts, extent.rootSize);
	let next = await covers.next();
	let covered = 0;

	async function coverRoot(): Promise<void> {
		while (!next.done && next.value.size <= root.size) {
			await root.checkCheckpoint(next.value);
			covered += 1;
			next = await covers.next();
		}
	}

	async function takePage(rows: readonly RootLeafRow[]): Promise<void> {
		const spans = spansOf(rows, (tree) => firms.sizeOf(tree));
		const pages = readLeafPages(
			parts,
			spans.flatMap((span) => span ?? []),
		);
		for (const [at, row] of rows.entries()) {
			const span = spans[at] ?? null;
			if (span) await takeSpan(parts, firms, span, pages);
			const checkpoint = await root.addRow(row);
			if (checkpoint && row.tree !== null) firms.checkCheckpoint(row.tree, checkpoint, row.index);
			await coverRoot();
		}
	}

	for (let from = 0; from < extent.rootSize; ) {
		await yieldThread();
		const rows = await plane.read(null, (tx) => selectRootLeavesFrom(tx, from, extent.rootSize, PAGE));
		await takePage(rows);
		from = (rows.at(-1)?.index ?? extent.rootSize) + 1;
	}
	await takeUncovered(parts, firms);
	if (extent.signed > extent.rootSize) findings.add('ROOT_CHECKPOINT_WRONG', { index: extent.signed });
	root.finish();
	firms.finish();
	return { leaves: firms.leaves, trees: firms.trees, rootCheckpoints: covered };
}

async function takeSpan(
	{ onLeaves }: WalkParts,
	firms: FirmTreesWalk,
	{ tree, to }: LeafSpan,
	pages: ReturnType<typeof readLeafPages>,
): Promise<void> {
	for (let isLast = false; !isLast; ) {
		const { value } = await pages.next();
		if (!value) break;
		firms.addRows(tree, value.rows);
		onLeaves(firms.leaves);
		({ isLast } = value);
	}
	firms.addMissing(tree, to);
}

/** Reads the leaves that no checkpoint covers yet, and checks the log's own counts. */
async function takeUncovered(parts: WalkParts, firms: FirmTreesWalk): Promise<void> {
	const { plane, findings, yieldThread } = parts;
	let after: string | null = null;
	for (let isLast = false; !isLast; ) {
		await yieldThread();
		const rows = await plane.read(null, (tx) => selectCountedTrees(tx, after, PAGE));
		for (const { tree, size, signed, leaves, checkpoint } of rows) {
			if (leaves > size) findings.add('LEAF_UNKNOWN', { tree, index: size });
			if (signed > checkpoint) findings.add('CHECKPOINT_MISSING', { tree, index: signed });
		}
		const spans = rows.map(({ tree, size }) => ({ tree, from: firms.sizeOf(tree), to: size }));
		const grown = spans.filter(({ from, to }) => to > from);
		const pages = readLeafPages(parts, grown);
		for (const span of grown) await takeSpan(parts, firms, span, pages);
		after = rows.at(-1)?.tree ?? null;
		isLast = rows.length < PAGE;
	}
}

/** For each row that is a checkpoint, the leaves that its tree has grown by since the previous checkpoint; null for other rows. */
function spansOf(rows: readonly RootLeafRow[], sizeOf: (tree: string) => number): (LeafSpan | null)[] {
	const sizes = new Map<string, number>();
	return rows.map(({ tree, size, leaf }) => {
		if (tree === null || size === null) return null;
		const from = sizes.get(tree) ?? sizeOf(tree);
		// If row and note name different sizes, use the smaller: leaves that were never signed are not reported as missing.
		const noted = Number(leaf.split('\n', 2)[1]);
		const to = Number.isSafeInteger(noted) ? Math.min(noted, size) : size;
		if (to <= from) return null;
		sizes.set(tree, to);
		return { tree, from, to };
	});
}

async function* rootCheckpoints({ plane }: WalkParts, to: number): AsyncGenerator<RootCheckpointRow> {
	for (let above = -1; ; ) {
		const rows = await plane.read(null, (tx) => selectRootCheckpointsUpTo(tx, above, to, PAGE));
		yield* rows;
		if (rows.length < PAGE) return;
		above = rows.at(-1)?.size ?? above;
	}
}
