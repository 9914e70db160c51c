import type { ObjectResealer } from '../content/index.ts';
import { SEALED_CHUNK_LENGTH, unopenableError } from '../envelope/index.ts';
import { type FileLayout, layoutOfObject, OBJECT_START } from './file-ranges.ts';
import type { ObjectStore } from './object-store.ts';

/** Chunks that are handed over at once. */
const AT_ONCE = 16;

/** What an object begins with, and how it is laid out. @throws FirmsealError CIPHERTEXT_INVALID; ObjectStoreError */
export async function readStart(
	store: ObjectStore,
	name: string,
	size: number,
	signal: AbortSignal,
): Promise<{ readonly start: Uint8Array; readonly layout: FileLayout }> {
	const layout = layoutOfObject(size);
	// An object of another length than was written is none that opens.
	if (!layout || (await store.measure(name)) !== size) throw unopenableError();
	const start = new Uint8Array(OBJECT_START.end);
	let length = 0;
	for await (const piece of store.read(name, OBJECT_START, signal)) {
		start.set(piece.subarray(0, OBJECT_START.end - length), length);
		length += piece.length;
	}
	return { start, layout };
}

/** Whole chunks of an object, of which the first has the index `first`. */
interface Stretch {
	readonly first: number;
	readonly sealed: Uint8Array;
	/** The one chunk that it is of is the last, which may be shorter. */
	readonly isLast: boolean;
}

/** All chunks of an object, few at a time; each is good until the next is asked for. @throws FirmsealError CIPHERTEXT_INVALID */
export async function* readChunks(
	store: ObjectStore,
	name: string,
	{ chunks, last }: FileLayout,
	signal: AbortSignal,
): AsyncGenerator<Stretch> {
	const kept = new Uint8Array(AT_ONCE * SEALED_CHUNK_LENGTH);
	let held = 0;
	let next = 0;
	for await (const piece of store.read(name, { start: OBJECT_START.end, end: last.end }, signal)) {
		for (let from = 0; from < piece.length; ) {
			const taken = piece.subarray(from, from + kept.length - held);
			kept.set(taken, held);
			held += taken.length;
			from += taken.length;
			// Of the last chunk it is known only by its place that it is one.
			const whole = Math.min(Math.floor(held / SEALED_CHUNK_LENGTH), chunks - 1 - next);
			if (whole === 0) continue;
			const end = whole * SEALED_CHUNK_LENGTH;
			yield { first: next, sealed: kept.subarray(0, end), isLast: false };
			next += whole;
			kept.copyWithin(0, end, held);
			held -= end;
		}
	}
	if (next !== chunks - 1 || held !== last.end - last.start) throw unopenableError();
	yield { first: next, sealed: kept.subarray(0, held), isLast: true };
}

/** The object that takes the place of another, as it is made of it: as many bytes, and the same file. A few chunks are in memory. */
export async function* resealChunks(
	store: ObjectStore,
	name: string,
	layout: FileLayout,
	fresh: ObjectResealer,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	yield fresh.start;
	for await (const { first, sealed, isLast } of readChunks(store, name, layout, signal))
		yield isLast ? fresh.resealLast(first, sealed) : fresh.reseal(first, sealed);
}
