import { type AuditLog, systemEntry } from '../../audit/index.ts';
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
import { eraseTermsFrom, erasureTargetOf, KEY_DELETION_DAYS, requestJob, writeEraseTerms } from '../engine/index.ts';
import { isErasureProven } from './erasure-record.ts';
import { type ErasureRecordStore, isSameSubject, readErasureRecord } from './erasure-record-store.ts';
import { createMismatchFinder, type FindMismatchedRecord } from './find-mismatched-record.ts';

interface ReplayParts {
	/** The worker's. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	readonly erasureRecords: ErasureRecordStore;
	/** Kept from look to look. */
	readonly compare: FindMismatchedRecord;
	readonly signal: AbortSignal;
	/** One that nobody of this installation has proven: what it names is closed, and not erased. Ids only. */
	readonly onUnproven: (erasure: Pick<NewErasure, 'id' | 'firmId'>) => void;
}

/** Asked for in one look. */
const MOST = 100;

/** What replayErasures() keeps: a row is right that is of the erasure record's subject, and proven, unless the erasure record is not either. */
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
 * Learns of erasure records that the database does not know, as after a restore, and asks for whatever is to be erased and is not: a firm is closed with the
 * commit that writes its erasure record down. Answers how many jobs were asked for. @throws what the store and the plane throw.
 */
export async function replayErasures(parts: ReplayParts): Promise<number> {
	do await importErasureRecords(parts);
	while (await repairErasureRecords(parts));
	await releaseUnprovenNumbers(parts);
	const { plane, rights, audit } = parts;
	const undone = await plane.read(null, (tx) => selectUnfinishedErasures(tx, MOST));
	let asked = 0;
	for (const erasure of undone) {
		const erasing = erasureTargetOf(erasure);
		if (!erasing || !(await isErasureProven(rights, erasure))) {
			parts.onUnproven(erasure);
			continue;
		}
		await requestJob(
			{ plane, rights },
			{
				firm: erasure.firmId,
				kind: 'ERASE',
				class: null,
				version: null,
				subject: erasure.subject,
				terms: writeEraseTerms(eraseTermsFrom(new Date(), 0, KEY_DELETION_DAYS.least)),
			},
			{ on: 'worker', user: null, record: (act) => audit.append([systemEntry('worker', act)]) },
		);
		asked += 1;
	}
	return asked;
}

/**
 * Whether there is an erasure record that the database does not know, or has something else for, or something is open that is said to be erased: then
 * it was restored from before, and nothing of it may be opened. For a process that keeps it, for which each erasure record is read once.
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
			// Another worker was faster; else there are two of the same.
			const isKnown = isUniqueViolation(error) && (await plane.read(null, selectNextErasureRecordNumber)) > number;
			if (!isKnown) throw error;
		}
	}
}

/**
 * Numbers that rows have and the store does not, which nobody has proven, are free again: an erasure waits until the erasure records below its own are written.
 * One that is written at that moment is learned of by the next look.
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

/** What has the number of another's erasure record gives it back; what nobody has proven becomes what a proven erasure record says. */
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
