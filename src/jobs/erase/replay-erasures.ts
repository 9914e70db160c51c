import type { AuditLog } from '../../audit/index.ts';
import {
	adoptErasureRecord,
	insertErasureRecord,
	isErasedDataPresent,
	isUniqueViolation,
	type NewErasure,
	type Plane,
	releaseRecordNumber,
	selectErasure,
	selectKnownErasureRecords,
	selectNextErasureRecordNumber,
	selectUnfinishedErasures,
} from '../../database/index.ts';
import type { RightsProofs } from '../../keys/index.ts';
import {
	eraseTermsFrom,
	erasureTargetOf,
	KEY_DELETION_DAYS,
	requestJobAsWorker,
	writeEraseTerms,
} from '../engine/index.ts';
import { isErasureProven } from './erasure-record.ts';
import { type ErasureRecordStore, isSameSubject, readErasureRecord } from './erasure-record-store.ts';
import { createMismatchFinder, type FindMismatchedRecord } from './find-mismatched-record.ts';

interface ReplayParts {
	/** Plane of the worker. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	readonly erasureRecords: ErasureRecordStore;
	/** Reused by later calls. */
	readonly compare: FindMismatchedRecord;
	readonly signal: AbortSignal;
	/** Called for an erasure that this installation has not proven: its subject is closed, and not erased. Only ids. */
	readonly onUnproven: (erasure: Pick<NewErasure, 'id' | 'firmId'>) => void;
}

/** Most jobs that one call requests. */
const MOST = 100;

/**
 * The finder that replayErasures() reuses. A row matches if it has the record's subject and is proven, or if the record isn't proven
 * either.
 */
export const createProvenMismatchFinder = (
	parts: Pick<ReplayParts, 'plane' | 'rights' | 'erasureRecords'>,
): FindMismatchedRecord =>
	createMismatchFinder({
		...parts,
		isRight: async (row, stored) =>
			isSameSubject(row, stored) &&
			((await isErasureProven(parts.rights, row)) || !(await isErasureProven(parts.rights, stored))),
	});

/**
 * Imports erasure records that the database doesn't know, as after a restore, and requests the erasures that are not done. A firm is closed
 * by the commit that imports its record. Returns the number of requested jobs.
 * @throws errors of the store and of the plane
 */
export async function replayErasures(parts: ReplayParts): Promise<number> {
	do await importErasureRecords(parts);
	while (await repairErasureRecords(parts));
	await releaseUnprovenNumbers(parts);
	const { plane, rights } = parts;
	const undone = await plane.read(null, (tx) => selectUnfinishedErasures(tx, MOST));
	let asked = 0;
	for (const erasure of undone) {
		const erasing = erasureTargetOf(erasure);
		if (!erasing || !(await isErasureProven(rights, erasure))) {
			parts.onUnproven(erasure);
			continue;
		}
		await requestJobAsWorker(parts, {
			firm: erasure.firmId,
			kind: 'ERASE',
			class: null,
			version: null,
			subject: erasure.subject,
			terms: writeEraseTerms(eraseTermsFrom(new Date(), 0, KEY_DELETION_DAYS.least)),
		});
		asked += 1;
	}
	return asked;
}

/**
 * Returns a function that returns true if the database is older than its erasure records: it doesn't know a record, has something else
 * under its number, or has open content that a record says is erased. Then no content may be opened. Each record is read once per returned
 * function.
 */
export function watchErasureRecords({
	plane,
	erasureRecords,
	signal,
}: Pick<ReplayParts, 'plane' | 'erasureRecords' | 'signal'>): () => Promise<boolean> {
	const compare = createMismatchFinder({ plane, erasureRecords, isRight: isSameSubject });
	return async () =>
		(await erasureRecords.has(await plane.read(null, selectNextErasureRecordNumber))) ||
		(await compare(signal)) !== null ||
		plane.read(null, isErasedDataPresent);
}

async function importErasureRecords({ plane, erasureRecords, signal }: ReplayParts): Promise<void> {
	for (;;) {
		const number = await plane.read(null, selectNextErasureRecordNumber);
		const found = await readErasureRecord(erasureRecords, number, signal);
		if (!found) return;
		try {
			await plane.write(null, (tx) => insertErasureRecord(tx, { ...found, number }));
		} catch (error) {
			// If another worker has imported it, continue; otherwise two records name the same erasure.
			const isKnown = isUniqueViolation(error) && (await plane.read(null, selectNextErasureRecordNumber)) > number;
			if (!isKnown) throw error;
		}
	}
}

/**
 * Releases numbers of unproven rows that the store doesn't have, because an erasure waits until all records with lower numbers are written.
 * A record that is being written at this moment is imported by the next call.
 */
async function releaseUnprovenNumbers({ plane, rights, erasureRecords }: ReplayParts): Promise<void> {
	const next = await plane.read(null, selectNextErasureRecordNumber);
	if (next === 0 || (await erasureRecords.has(next - 1))) return;
	// The store has no gaps, and `end` is not in it.
	let [first, end] = [0, next - 1];
	while (first < end) {
		const middle = Math.floor((first + end) / 2);
		if (await erasureRecords.has(middle)) first = middle + 1;
		else end = middle;
	}
	const ahead = await plane.read(null, (tx) => selectKnownErasureRecords(tx, first, MOST));
	for (const row of ahead)
		if (!(await isErasureProven(rights, row))) await plane.write(null, (tx) => releaseRecordNumber(tx, row.number));
}

/** Releases a number that belongs to another erasure's record, and replaces an unproven row by a proven record. */
async function repairErasureRecords({ compare, signal, plane, rights }: ReplayParts): Promise<boolean> {
	for (let repaired = 0; ; repaired += 1) {
		const wrong = await compare(signal);
		if (!wrong) return repaired > 0;
		const isProven = await isErasureProven(rights, wrong);
		await plane.write(null, async (tx) => {
			const { number } = (await selectErasure(tx, wrong)) ?? {};
			for (const taken of new Set([wrong.number, number ?? wrong.number])) await releaseRecordNumber(tx, taken);
			await insertErasureRecord(tx, wrong);
			if (isProven) await adoptErasureRecord(tx, wrong);
		});
	}
}
