import {
	type ErasureRow,
	type NewErasure,
	type Plane,
	selectErasures,
	selectNextErasureRecordNumber,
} from '../../database/index.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { isErasureProven } from './erasure-record.ts';
import { ErasureRecordError, type ErasureRecordStore, readErasureRecord } from './erasure-record-store.ts';

interface CompareErasureRecordsParts {
	/** Plane of the worker. */
	readonly plane: Pick<Plane, 'read'>;
	readonly rights: RightsProofs;
	readonly erasureRecords: ErasureRecordStore;
	readonly signal: AbortSignal;
	/** Only the newest `most` records are compared; null for all. */
	readonly most: number | null;
}

export interface ErasureRecordReport {
	readonly compared: number;
	/** Numbers that the store has and the database doesn't know. */
	readonly unknown: readonly number[];
	/** Numbers that the database knows and the store doesn't have. */
	readonly missing: readonly number[];
	/** Numbers whose record differs from the database, or can't be read. */
	readonly other: readonly number[];
	/** Numbers whose record matches the database but was not proven by this installation. */
	readonly unproven: readonly number[];
}

/** Most unknown records that are searched above the last known one. Only a much older database has more. */
const MAX_UNKNOWN = 100;

const AT_ONCE = 8;

/** Milliseconds during which the row may have a number whose record is not in the store yet. */
const JUST_BEGUN = 60_000;

/** Compares the database's erasures with the erasure records beside the log's anchors. @throws errors of the store and of the plane */
export async function compareErasureRecords(parts: CompareErasureRecordsParts): Promise<ErasureRecordReport> {
	const { plane, erasureRecords, most } = parts;
	const rows = await plane.read(null, (tx) => selectErasures(tx, null));
	const numbered = rows
		.filter((row): row is Numbered => row.number !== null)
		.toSorted((left, right) => right.number - left.number);
	const waiting = numbered.slice(0, most ?? numbered.length);
	const compared = waiting.length;
	const found = { missing: [] as number[], other: [] as number[], unproven: [] as number[] };
	async function work(): Promise<void> {
		for (let row = waiting.pop(); row; row = waiting.pop()) {
			const what = await compare(parts, row);
			if (what) found[what].push(row.number);
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	const known = new Set(numbered.map(({ number }) => number));
	const unknown: number[] = [];
	for (let number = await plane.read(null, selectNextErasureRecordNumber); unknown.length < MAX_UNKNOWN; number += 1) {
		if (known.has(number)) continue;
		if (!(await erasureRecords.has(number))) break;
		unknown.push(number);
	}
	const sorted = (numbers: readonly number[]) => numbers.toSorted((left, right) => left - right);
	const { missing, other, unproven } = found;
	return { compared, unknown, missing: sorted(missing), other: sorted(other), unproven: sorted(unproven) };
}

type Numbered = ErasureRow & { readonly number: number };

async function compare(
	{ rights, erasureRecords, signal }: CompareErasureRecordsParts,
	row: Numbered,
): Promise<'missing' | 'other' | 'unproven' | null> {
	let there: NewErasure | null;
	try {
		there = await readErasureRecord(erasureRecords, row.number, signal);
	} catch (error) {
		if (error instanceof ErasureRecordError) return 'other';
		throw error;
	}
	if (!there) return Date.now() - row.begunAt.getTime() < JUST_BEGUN ? null : 'missing';
	if (there.firmId !== row.firmId || there.subject !== row.subject) return 'other';
	return (await isErasureProven(rights, there)) ? null : 'unproven';
}
