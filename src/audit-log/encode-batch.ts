import { encodeLeaf, leafVersionOf } from '../audit/index.ts';
import type { AppendQueue, PendingAppend } from './append-queue.ts';

/** A row of the log's table. `leaf` is canonical JSON, at most 64 KiB. The other columns repeat keys of it for the database. */
export interface LogRow {
	readonly id: string;
	readonly firm: string | null;
	readonly boot: string;
	readonly sequence: number;
	readonly leaf: string;
}

export interface Batch {
	readonly rows: readonly LogRow[];
	/** The appends that the rows belong to. */
	readonly appends: readonly PendingAppend[];
}

/** A batch takes no further caller once its leaves have this many bytes. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Takes whole callers in order, and numbers their entries from `after` + 1. A caller whose draft does not follow FORMAT.md gets its error
 * here and uses no number.
 */
export function encodeBatch(
	queue: AppendQueue,
	{ boot, after, maxEntries }: { boot: string; after: number; maxEntries: number },
): Batch {
	const rows: LogRow[] = [];
	const callers: PendingAppend[] = [];
	let bytes = 0;
	for (const caller of queue.take()) {
		try {
			const own = encodeEntries(caller, boot, after + rows.length + 1);
			rows.push(...own);
			callers.push(caller);
			for (const row of own) bytes += row.leaf.length;
		} catch (error) {
			caller.reject(error as Error);
		}
		if (rows.length >= maxEntries || bytes >= MAX_BATCH_BYTES) break;
	}
	return { rows, appends: callers };
}

function encodeEntries(caller: PendingAppend, boot: string, first: number): LogRow[] {
	return caller.entries.map(({ draft, id, at }, index) => {
		const sequence = first + index;
		return {
			id,
			firm: draft.firm,
			boot,
			sequence,
			leaf: encodeLeaf({ ...draft, v: leafVersionOf(draft), id, boot, sequence, at }),
		};
	});
}
