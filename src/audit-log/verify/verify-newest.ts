import {
	createLogFindings,
	hashLeaf,
	type LogFinding,
	type LogFindings,
	NO_FIRM,
	type Sha256,
} from '../../audit/verify/log.ts';
import {
	type LeafSpan,
	type Plane,
	selectNewestSpans,
	selectNewestUnknown,
	type WalkedRow,
} from '../../database/index.ts';
import { readLeafPages } from './leaf-pages.ts';

export interface NewestOptions {
	/** Plane of the role firmseal_log. */
	readonly plane: Plane;
	readonly sha256: Sha256;
}

/** Seconds. */
const RECENT = 60;
/** Most leaves of a tree, leaves of the root tree, and entries that are checked. */
const MOST = 5_000;
const PAGE = 2_000;
/**
 * Checks only what was added to the log within the last minute: that each entry exists and matches its leaf. So a change right after the
 * write is found long before a full verification reaches it.
 */
export async function verifyNewest({ plane, sha256 }: NewestOptions): Promise<readonly LogFinding[]> {
	const findings = createLogFindings();
	const { spans, unknown } = await plane.read(null, async (tx) => ({
		spans: await selectNewestSpans(tx, { seconds: RECENT, most: MOST }),
		unknown: await selectNewestUnknown(tx, MOST),
	}));
	for (const entry of unknown) findings.add('ENTRY_UNKNOWN', { entry });
	const pages = readLeafPages({ plane, page: PAGE, yieldThread: async () => {} }, spans);
	for (const span of spans) {
		let next = span.from;
		for (let isLast = false; !isLast; ) {
			const { value } = await pages.next();
			if (!value) break;
			next = check(span, next, value.rows, { findings, sha256 });
			({ isLast } = value);
		}
		if (next < span.to) findings.add('LEAF_MISSING', { tree: span.tree, index: next });
	}
	return findings.list;
}

/** Returns the index after the last leaf. */
function check(
	{ tree }: LeafSpan,
	from: number,
	rows: readonly WalkedRow[],
	{ findings, sha256 }: { readonly findings: LogFindings; readonly sha256: Sha256 },
): number {
	let next = from;
	for (const { index, entry, leaf, firm, hashes } of rows) {
		if (index > next) findings.add('LEAF_MISSING', { tree, index: next });
		next = index + 1;
		const place = { tree, index, entry };
		if (leaf === null) findings.add('ENTRY_MISSING', place);
		else if ((firm ?? NO_FIRM) !== tree) findings.add('ENTRY_MISPLACED', place);
		else if (Buffer.compare(hashLeaf(sha256, Buffer.from(leaf)), hashes.subarray(0, 32)) !== 0)
			findings.add('ENTRY_CHANGED', place);
	}
	return next;
}
