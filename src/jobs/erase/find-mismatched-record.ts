import { type ErasureRecord, type Plane, selectKnownErasureRecords } from '../../database/index.ts';
import { type ErasureRecordStore, readErasureRecord } from './erasure-record-store.ts';

/** Rows that are asked for at once, and erasure records. */
const PAGE = 1_000;
const AT_ONCE = 16;

interface Parts {
	readonly plane: Pick<Plane, 'read'>;
	readonly erasureRecords: ErasureRecordStore;
	/** Whether a row is of what the erasure record of its number says. */
	readonly isRight: (row: ErasureRecord, stored: ErasureRecord) => boolean | Promise<boolean>;
}

/** Answers the erasure record of a number under which the database has something else; null: there is none such. */
export type FindMismatchedRecord = (signal: AbortSignal) => Promise<ErasureRecord | null>;

/**
 * Holds what the database says of erasure records against them, for a number in a row is no proof that its erasure record was ever read: each once, by whoever
 * keeps the comparison, and later what is new or was not written yet. The store has no gaps (writeErasureRecord()), so that a call ends at the first number
 * that is not in it, however many rows say more. A call throws what the store and the plane throw; the next goes on.
 */
export function createMismatchFinder({ plane, erasureRecords, isRight }: Parts): FindMismatchedRecord {
	/** Every number below it is right. */
	let low = 0;

	async function compare(row: ErasureRecord, signal: AbortSignal): Promise<ErasureRecord | 'RIGHT' | 'NOT_THERE'> {
		const found = await readErasureRecord(erasureRecords, row.number, signal);
		if (!found) return 'NOT_THERE';
		const stored = { ...found, number: row.number };
		return (await isRight(row, stored)) ? 'RIGHT' : stored;
	}

	return async (signal) => {
		for (;;) {
			const page = await plane.read(null, (tx) => selectKnownErasureRecords(tx, low, PAGE));
			if (page.length === 0) return null;
			for (let start = 0; start < page.length; start += AT_ONCE) {
				const some = page.slice(start, start + AT_ONCE);
				const compared = await Promise.all(some.map((row) => compare(row, signal)));
				const wrong = compared.find((each) => typeof each === 'object');
				if (wrong) return wrong;
				for (const [index, row] of some.entries()) {
					// What the database has no row for is learned of first.
					if (row.number !== low || compared[index] !== 'RIGHT') return null;
					low += 1;
				}
			}
		}
	};
}
