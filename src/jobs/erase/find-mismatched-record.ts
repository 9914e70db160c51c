import { type ErasureRecord, type Plane, selectKnownErasureRecords } from '../../database/index.ts';
import { type ErasureRecordStore, readErasureRecord } from './erasure-record-store.ts';

/** Rows per query, and erasure records that are read at once. */
const PAGE = 1_000;
const AT_ONCE = 16;

interface Parts {
	readonly plane: Pick<Plane, 'read'>;
	readonly erasureRecords: ErasureRecordStore;
	/** True if a row matches the erasure record with its number. */
	readonly isRight: (row: ErasureRecord, stored: ErasureRecord) => boolean | Promise<boolean>;
}

/** Returns an erasure record whose number has something else in the database; null if there is none. */
export type FindMismatchedRecord = (signal: AbortSignal) => Promise<ErasureRecord | null>;

/**
 * Compares the database's erasure records with the store, because a number in a row doesn't prove that the record was ever read. Each
 * record is compared once per finder; later calls compare new records, and those that were not written yet. The store has no gaps
 * (writeErasureRecord()), so a call ends at the first number that is missing in the store, no matter how many rows follow. A call throws
 * the errors of store and plane; the next call continues.
 */
export function createMismatchFinder({ plane, erasureRecords, isRight }: Parts): FindMismatchedRecord {
	/** Every number below this one matches. */
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
					// A record without a row must be imported first.
					if (row.number !== low || compared[index] !== 'RIGHT') return null;
					low += 1;
				}
			}
		}
	};
}
