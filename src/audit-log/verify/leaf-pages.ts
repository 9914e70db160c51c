import { type LeafSpan, type Plane, selectLeavesOfSpans, type WalkedRow } from '../../database/index.ts';

export interface PageParts {
	readonly plane: Pick<Plane, 'read'>;
	/** Most leaves of one query. */
	readonly page: number;
	/** Called before each query. */
	readonly yieldThread: () => Promise<void>;
}

/** Target size of a query in bytes of leaves, estimated from the mean leaf of the previous query. */
const AIM = 4 * 2 ** 20;
const FEWEST = 50;

export interface SpanPart {
	readonly rows: readonly WalkedRow[];
	/** True for the last part of the span. */
	readonly isLast: boolean;
}

/** Where the next query begins: the index of the span, and its first leaf. */
interface Cursor {
	readonly at: number;
	readonly from: number;
	/** Most leaves of this query. */
	readonly room: number;
}

/**
 * Leaves of spans, one span after the other: at least one part per span, more for a span larger than a page. Many small spans are read in
 * one query, a large span in several. The next page loads while the current one is checked. Missing leaves are skipped.
 */
export async function* readLeafPages(
	parts: PageParts,
	spans: readonly LeafSpan[],
): AsyncGenerator<SpanPart, void, undefined> {
	const first = { at: 0, from: spans[0]?.from ?? 0, room: Math.min(parts.page, 500) };
	let coming = spans.length > 0 ? readPage(parts, spans, first) : null;
	while (coming) {
		const { found, next } = await coming;
		coming = next && readPage(parts, spans, next);
		// The consumer gets the error when it asks for this page. If it never asks, the rejection must not be unhandled.
		coming?.catch(() => {});
		yield* found;
	}
}

async function readPage(
	{ plane, page, yieldThread }: PageParts,
	spans: readonly LeafSpan[],
	cursor: Cursor,
): Promise<{ readonly found: readonly SpanPart[]; readonly next: Cursor | null }> {
	let { at, from } = cursor;
	const { room } = cursor;
	const asked = firstSpans([{ ...(spans[at] as LeafSpan), from }, ...spans.slice(at + 1, at + room)], room);
	await yieldThread();
	const rows = await plane.read(null, (tx) => selectLeavesOfSpans(tx, asked, room));
	const own = Map.groupBy(rows, ({ span }) => span);
	const found = asked.map(({ to }, position): SpanPart => {
		const rows = own.get(position) ?? [];
		const last = rows.at(-1);
		const isLast = last === undefined || rows.length < room || last.index === to - 1;
		if (isLast) at += 1;
		from = isLast ? (spans[at]?.from ?? 0) : last.index + 1;
		return { rows, isLast };
	});
	return { found, next: at < spans.length ? { at, from, room: roomAfter(rows, room, page) } : null };
}

/** The number of leaves that fill the target size, at most four times the last number. */
function roomAfter(rows: readonly WalkedRow[], room: number, page: number): number {
	if (rows.length === 0) return room;
	const mean = rows.reduce((sum, { leaf }) => sum + (leaf?.length ?? 0), 0) / rows.length;
	return Math.min(page, Math.max(FEWEST, Math.min(room * 4, Math.floor(AIM / Math.max(1, mean)))));
}

/** The spans that fit into the query; always at least the first. */
function firstSpans(spans: readonly LeafSpan[], room: number): LeafSpan[] {
	const taken: LeafSpan[] = [];
	let left = room;
	for (const span of spans) {
		if (taken.length > 0 && span.to - span.from > left) break;
		taken.push(span);
		left -= span.to - span.from;
		if (left <= 0) break;
	}
	return taken;
}
