import { FirmsealError } from '../errors.ts';

/** An object that is in the store, whole. */
export interface StoredObject {
	/** Bytes. */
	readonly size: number;
	/** SHA-256 of exactly these bytes, computed here while they were handed over; 32 bytes. */
	readonly sha256: Uint8Array;
}

export interface WriteOptions {
	/** Bytes that will come, where that is known: the store prepares for so many. More or fewer make the write fail. */
	readonly size: number | null;
	/** Gives up: nothing of the object is left. */
	readonly signal: AbortSignal;
}

/** Part of an object, in bytes: from `start`, up to and without `end`. */
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

/** What a store lets no one delete now, the account's root included. */
export interface RetainedObjects {
	/** Tags of which anything is retained; 1 or more. */
	readonly objects: number;
	/** When the last of them that has a date may be deleted; null: none has one. */
	readonly until: Date | null;
	/** Those on a legal hold of the store, which has no date: someone must lift it there. */
	readonly onHold: number;
}

/** Something that was looked at, and what to do when it isn't as it should be. */
export interface StoreFinding {
	readonly check: string;
	readonly ok: boolean;
	/** null when it is in order. */
	readonly mend: string | null;
}

/**
 * Where the objects of files are, which are encrypted before they come here. An object is written once, whole, and never changed. Its name
 * is `<tag>/<name>`: a random lower-case UUID, by which it can be deleted without knowing more, and 32 hexadecimal digits that no one can
 * foresee.
 * Every method throws ObjectStoreError. Nothing here retries beyond what the service's own client does, logs or caches.
 */
export interface ObjectStore {
	/** What the store calls the place where its objects are, such as the bucket. */
	readonly bucket: string;
	/**
	 * Writes a new object and resolves when it is durable. Before that no one can see any of it, and if it fails or is given up,
	 * nothing is left but what delete() and sweep() take. What `body` throws is thrown on as it is; each of its pieces is
	 * valid until the next is asked for. EXISTS when there is one of that name.
	 */
	write(name: string, body: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<StoredObject>;
	/** Size of an object in bytes; null: there is none. */
	measure(name: string): Promise<number | null>;
	/**
	 * The bytes of a range that lies within the object, in pieces of any length, each valid until the next is asked for; ends early only by
	 * throwing. ABSENT when there is no such object.
	 */
	read(name: string, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
	/** Deletes every object of the tag, all versions of it that the store keeps, and uploads of it that were not finished. Idempotent. */
	delete(tag: string): Promise<void>;
	/**
	 * Every object that is there, whole, in the order of their names as ASCII has it; nothing that is unfinished, or has not our kind of name. What
	 * comes or goes meanwhile may be listed or not.
	 */
	list(): AsyncIterable<ListedObject>;
	/** How much of a tag there is: objects, earlier versions and marks of their deletion, unfinished uploads. 0: nothing at all. */
	count(tag: string): Promise<number>;
	/** What of these tags the store retains, by a date or by a legal hold of its own; null: nothing, all of it may be deleted. */
	retained(tags: readonly string[]): Promise<RetainedObjects | null>;
	/** Takes what unfinished uploads have left that began before `before`; answers how many. */
	sweep(before: Date): Promise<number>;
	/** How the store is set up, for `firmseal doctor`. */
	inspect(): Promise<readonly StoreFinding[]>;
	/** Throws when the store can't be used at all. */
	check(): Promise<void>;
}

/** AWAY: no answer in time. FULL: no room. REFUSED: no right, no such bucket, wrong region. EXISTS, ABSENT: the object. */
export type ObjectStoreReason = 'AWAY' | 'FULL' | 'REFUSED' | 'EXISTS' | 'ABSENT';

/** The message is for the operator of the program, and holds no name of an object. */
export class ObjectStoreError extends FirmsealError {
	override readonly name = 'ObjectStoreError';
	readonly reason: ObjectStoreReason;

	constructor(reason: ObjectStoreReason, message: string) {
		super('INTERNAL', message);
		this.reason = reason;
	}
}
