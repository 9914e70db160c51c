import {
	assignErasureRecordNumber,
	type ErasedSubject,
	type NewErasure,
	releaseErasureRecordNumber,
	type Transaction,
} from '../../database/index.ts';
import { decodeErasureRecord, encodeErasureRecord } from './erasure-record.ts';

/**
 * The store of erasure records, which no restore of the database reaches. Records have numbers 0, 1, 2 … Each is written once; nothing here
 * deletes one. Every method throws FirmsealError while the store is unavailable.
 */
export interface ErasureRecordStore {
	/** Resolves when the record is durable. False if there is a record with this number. */
	write(number: number, record: Uint8Array, signal: AbortSignal): Promise<boolean>;
	/** null if there is no record with this number. Of a record longer than `most` bytes, returns only a little more than `most`. */
	read(number: number, most: number, signal: AbortSignal): Promise<Uint8Array | null>;
	has(number: number): Promise<boolean>;
}

/** A record whose number differs from the database's, or that can't be read. */
export class ErasureRecordError extends Error {
	override readonly name = 'ErasureRecordError';
}

/** Bytes to read: more than any record has. */
const MOST = 2_048;

/** null if there is no record with this number. @throws ErasureRecordError if the record can't be read */
export async function readErasureRecord(
	store: ErasureRecordStore,
	number: number,
	signal: AbortSignal,
): Promise<NewErasure | null> {
	const bytes = await store.read(number, MOST, signal);
	if (!bytes) return null;
	const read = decodeErasureRecord(bytes);
	if (!read) throw new ErasureRecordError(`Erasure record ${number} cannot be read.`);
	return read;
}

/**
 * Writes the record of an erasure to the store. The number is committed in the erasure's row first, so that after an interruption the same
 * number is used.
 * @throws ErasureRecordError if the store has another erasure under this number, which the database must learn first, or if the record
 * before is missing. The row then has no number again.
 */
export async function writeErasureRecord(
	parts: {
		readonly write: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
		readonly store: ErasureRecordStore;
	},
	erasure: NewErasure,
	signal: AbortSignal,
): Promise<void> {
	const { store } = parts;
	const number = await parts.write((tx) => assignErasureRecordNumber(tx, erasure));
	// Readers read the records one by one, so there must be no gap.
	if (number > 0 && !(await store.has(number - 1))) {
		// This record is not written either, so the next try takes the lowest free number.
		await parts.write((tx) => releaseErasureRecordNumber(tx, erasure, number));
		throw new ErasureRecordError(`Erasure record ${number - 1} is not written yet: its job must write it first.`);
	}
	if (await store.write(number, encodeErasureRecord(erasure), signal)) return;
	const there = await readErasureRecord(store, number, signal);
	if (there && isSameSubject(there, erasure)) return;
	await parts.write((tx) => releaseErasureRecordNumber(tx, erasure, number));
	throw new ErasureRecordError(
		`Erasure record ${number} belongs to another erasure, which the database does not know yet.`,
	);
}

export const isSameSubject = (one: ErasedSubject, other: ErasedSubject): boolean =>
	one.firmId === other.firmId && one.subject === other.subject;
