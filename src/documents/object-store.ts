import { FirmsealError } from '../errors.ts';

/** A complete object in the store. */
export interface StoredObject {
	/** Bytes. */
	readonly size: number;
	/** SHA-256 of the bytes, 32 bytes, computed by the adapter while it passed them to the store. */
	readonly sha256: Uint8Array;
}

export interface WriteOptions {
	/** Length of the body in bytes; null if it is not known. A body of another length makes the write fail. */
	readonly size: number | null;
	/** Cancels the write. Then no object is left. */
	readonly signal: AbortSignal;
}

/** Bytes from `start` to `end`, excluding `end`. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/** An object as the store lists it. */
export interface ListedObject {
	readonly name: string;
	/** Bytes. */
	readonly size: number;
}

/** Objects that no one can delete now, not even the account's root. */
export interface RetainedObjects {
	/** Number of tags with a retained object; at least 1. */
	readonly objects: number;
	/** The latest date until which one of them is retained; null if none has a date. */
	readonly until: Date | null;
	/** Number of tags with a legal hold, which has no date. Someone must lift it in the store. */
	readonly onHold: number;
}

/** The result of a check of the store. */
export interface StoreFinding {
	readonly check: string;
	readonly ok: boolean;
	/** How to fix the problem; null if there is none. */
	readonly fix: string | null;
}

/**
 * Stores the objects of files, which are encrypted before they arrive. An object is written once, as a whole, and never changed. Its name is
 * `<tag>/<name>`: a random lower-case UUID, which is enough to delete the object, and 32 unpredictable hexadecimal digits.
 * Every method throws ObjectStoreError. An adapter does not log or cache, and retries only as the service's own client does.
 */
export interface ObjectStore {
	/** The store's name for the container of its objects, such as the bucket. */
	readonly bucket: string;
	/**
	 * Writes a new object and resolves when it is durable. Until then no part of it is visible. After a failure or cancellation, only data that
	 * delete() and sweep() remove is left. An error of `body` is thrown unchanged. Each piece of `body` is valid until the next is
	 * requested. EXISTS if the name is taken.
	 */
	write(name: string, body: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<StoredObject>;
	/** Size of an object in bytes; null if there is none. */
	measure(name: string): Promise<number | null>;
	/**
	 * The bytes of a range within the object, in pieces of any length, each valid until the next is requested. If it ends early, it throws.
	 * ABSENT if there is no such object.
	 */
	read(name: string, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
	/** Deletes all objects of the tag, with all their versions and unfinished uploads. Idempotent. */
	delete(tag: string): Promise<void>;
	/**
	 * All complete objects, in ASCII order of their names. Omits names of another form. An object that is written or deleted during the call may
	 * or may not be listed.
	 */
	list(): AsyncIterable<ListedObject>;
	/** Number of objects, earlier versions, delete markers and unfinished uploads of a tag. */
	count(tag: string): Promise<number>;
	/** Which of the tags' objects the store retains, by a date or a legal hold; null if all of them can be deleted. */
	retained(tags: readonly string[]): Promise<RetainedObjects | null>;
	/** Removes unfinished uploads that began before `before`. Returns their number. */
	sweep(before: Date): Promise<number>;
	/** Checks the configuration of the store, for `firmseal doctor`. */
	inspect(): Promise<readonly StoreFinding[]>;
	/** Throws if the store can't be used at all. */
	check(): Promise<void>;
}

/** AWAY: no answer in time. FULL: no room. REFUSED: no right, no such bucket, wrong region. EXISTS, ABSENT: the object. */
export type ObjectStoreReason = 'AWAY' | 'FULL' | 'REFUSED' | 'EXISTS' | 'ABSENT';

/** The message is for the person who runs Firmseal, and contains no object name. */
export class ObjectStoreError extends FirmsealError {
	override readonly name = 'ObjectStoreError';
	readonly reason: ObjectStoreReason;

	constructor(reason: ObjectStoreReason, message: string) {
		super('INTERNAL', message);
		this.reason = reason;
	}
}

/** Passes `pieces` on. Throws what `toError` makes of their error. */
export async function* mapErrors<Piece>(
	pieces: AsyncIterable<Piece>,
	toError: (error: unknown) => unknown,
): AsyncIterable<Piece> {
	try {
		yield* pieces;
	} catch (error) {
		throw toError(error);
	}
}
