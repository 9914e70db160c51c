import {
	assignErasureRecordNumber,
	type ErasedSubject,
	type NewErasure,
	releaseErasureRecordNumber,
	type Transaction,
} from '../../database/index.ts';
import { decodeErasureRecord, encodeErasureRecord } from './erasure-record.ts';

/**
 * Where it is written down what is erased: where no restore of the database reaches. Erasure records have numbers 0, 1, 2 … and each is
 * written once; nothing here deletes one. Every method throws FirmsealError while the place is away.
 */
export interface ErasureRecordStore {
	/** Resolves when it is durable. false: there is one of that number. */
	write(number: number, record: Uint8Array, signal: AbortSignal): Promise<boolean>;
	/** null: there is none of that number. Of one that is longer than `most` bytes only as much, and a little more. */
	read(number: number, most: number, signal: AbortSignal): Promise<Uint8Array | null>;
	has(number: number): Promise<boolean>;
}

/** One that is of another number than the database thought, or can't be read. */
export class ErasureRecordError extends Error {
	override readonly name = 'ErasureRecordError';
}

/** Bytes of one, and some more. */
const MOST = 2_048;

/** null: there is none of that number. @throws ErasureRecordError for one that can't be read. */
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
 * Puts the record of an erasure where no restore of the database reaches it. Its number is in its row first, so that whoever is cut
 * off goes on with the same. @throws ErasureRecordError when another is of that number, which the database has to learn of first, or the one before it is not written; then it has
 * none again.
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
	// Who reads them one by one meets no gap.
	if (number > 0 && !(await store.has(number - 1))) {
		// Its own is not there either: the next try takes the lowest that is free by then.
		await parts.write((tx) => releaseErasureRecordNumber(tx, erasure, number));
		throw new ErasureRecordError(`Erasure record ${number - 1} is not written yet: its job goes first.`);
	}
	if (await store.write(number, encodeErasureRecord(erasure), signal)) return;
	const there = await readErasureRecord(store, number, signal);
	if (there && isSameSubject(there, erasure)) return;
	await parts.write((tx) => releaseErasureRecordNumber(tx, erasure, number));
	throw new ErasureRecordError(`Erasure record ${number} is another erasure’s, which the database does not know yet.`);
}

export const isSameSubject = (one: ErasedSubject, other: ErasedSubject): boolean =>
	one.firmId === other.firmId && one.subject === other.subject;
