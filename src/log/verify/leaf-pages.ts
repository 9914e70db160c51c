import { type LeafSpan, type Plane, selectLeavesOfSpans, type WalkedRow } from '../../database/index.ts';

export interface PageParts {
	readonly plane: Pick<Plane, 'read'>;
	/** Leaves of one query at most. */
	readonly page: number;
	/** Called before each query. */
	readonly breathe: () => Promise<void>;
}

/** Bytes of leaves that a query aims at: by the mean of the leaves of the one before. */
const AIM = 4 * 2 ** 20;
const FEWEST = 50;

export interface SpanPart {
	readonly rows: readonly WalkedRow[];
	/** Nothing more of the span comes. */
	readonly isLast: boolean;
}

/**
 * Leaves of spans, one span after the other: a part for each, and more for one that is larger than a page. Many small spans are read in
 * one query, a large one in many. A leaf that isn't there is left out.
 */
export async function* leafPages(
	{ plane, page, breathe }: PageParts,
	spans: readonly LeafSpan[],
): AsyncGenerator<SpanPart, void, undefined> {
	let room = Math.min(page, 500);
	let at = 0;
	let from = spans[0]?.from ?? 0;
	while (at < spans.length) {
		const asked = firstSpans([{ ...(spans[at] as LeafSpan), from }, ...spans.slice(at + 1, at + room)], room);
		await breathe();
		const rows = await plane.read(null, (tx) => selectLeavesOfSpans(tx, asked, room));
		const own = Map.groupBy(rows, ({ span }) => span);
		for (const [position, { to }] of asked.entries()) {
			const found = own.get(position) ?? [];
			const last = found.at(-1);
			const isLast = last === undefined || found.length < room || last.index === to - 1;
			yield { rows: found, isLast };
			if (isLast) {
				at += 1;
				from = spans[at]?.from ?? 0;
			} else from = last.index + 1;
		}
		if (rows.length > 0) {
			const mean = rows.reduce((sum, { leaf }) => sum + (leaf?.length ?? 0), 0) / rows.length;
			room = Math.max(FEWEST, Math.min(page, room * 4, Math.floor(AIM / Math.max(1, mean))));
		}
	}
}

/** As many as have room; the first in any case. */
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
