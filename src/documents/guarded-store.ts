import { FirmsealError, SetupError } from '../errors.ts';
import { boundedBody, uploadAbortedError } from './bounded-body.ts';
import { isObjectName, isObjectTag } from './object-name.ts';
import {
	type ByteRange,
	type ListedObject,
	type ObjectStore,
	ObjectStoreError,
	type RetainedObjects,
	type StoredObject,
	type StoreFinding,
} from './object-store.ts';

/**
 * Wraps an object store with checks of the arguments, so that an adapter can trust them, and of the results, so that callers need not trust
 * the adapter. It also enforces the bounds of a write: inside the adapter, the body throws if it is longer or shorter than announced, or
 * when it is cancelled. That error, or the body's own error, is thrown unchanged to the caller. Throws INTERNAL for invalid arguments,
 * else ObjectStoreError. Drops the text of an unknown error, which may contain anything.
 */
export function guardStore(store: ObjectStore): ObjectStore {
	if (typeof store.bucket !== 'string' || store.bucket === '')
		throw new FirmsealError('INTERNAL', 'The object store does not name its bucket.');
	return {
		bucket: store.bucket,
		async write(name, body, { size, signal }) {
			assertName(name);
			if (size !== null) assertBytes(size);
			if (signal.aborted) throw uploadAbortedError();
			const bounded = boundedBody(body, { size, signal });
			const stored = await asked(
				() => store.write(name, bounded.pieces, { size, signal }),
				(answer) => checkedStored(answer, bounded.bytes()),
			).catch((error: unknown) => {
				// The body's own error counts, not what the adapter made of it.
				throw bounded.failure()?.error ?? (signal.aborted ? uploadAbortedError() : error);
			});
			const failure = bounded.failure();
			if (failure) throw failure.error;
			return stored;
		},
		async measure(name) {
			assertName(name);
			return asked(
				() => store.measure(name),
				(size) => (size === null ? null : checkedSize(size)),
			);
		},
		read(name, range, signal) {
			assertName(name);
			assertRange(range);
			return exactly(range, () => store.read(name, range, signal));
		},
		async delete(tag) {
			assertTag(tag);
			await asked(() => store.delete(tag), nothing);
		},
		list: () => inOrder(() => store.list()),
		async count(tag) {
			assertTag(tag);
			return asked(() => store.count(tag), checkedSize);
		},
		async retained(tags) {
			for (const tag of tags) assertTag(tag);
			return asked(
				() => store.retained(tags),
				(found) => found && checkedRetained(found, tags.length),
			);
		},
		async sweep(before) {
			if (!(before instanceof Date) || Number.isNaN(before.getTime()))
				throw new FirmsealError('INTERNAL', 'The sweep of unfinished uploads needs a valid date.');
			return asked(() => store.sweep(before), checkedSize);
		},
		inspect: () => asked(() => store.inspect(), checkedFindings),
		check: () => asked(() => store.check(), nothing),
	};
}

function assertName(name: string): void {
	if (!isObjectName(name))
		throw new FirmsealError(
			'INTERNAL',
			'The name of an object must be a lower-case UUID, a slash and 32 lower-case hexadecimal digits.',
		);
}

function assertTag(tag: string): void {
	if (!isObjectTag(tag)) throw new FirmsealError('INTERNAL', 'The tag of objects must be a lower-case UUID.');
}

function assertBytes(bytes: number): void {
	if (!Number.isSafeInteger(bytes) || bytes < 0)
		throw new FirmsealError('INTERNAL', 'A size or position must be a whole number of bytes.');
}

function assertRange({ start, end }: ByteRange): void {
	assertBytes(start);
	assertBytes(end);
	if (end < start) throw new FirmsealError('INTERNAL', 'The range ends before it starts.');
}

function checkedStored({ size, sha256 }: StoredObject, bytesSent: number | null): StoredObject {
	assertAnswer(size === bytesSent && sha256 instanceof Uint8Array && sha256.length === 32);
	return { size, sha256 };
}

/** An invalid answer is treated like no answer. */
function assertAnswer(holds: boolean): void {
	if (!holds) throw new ObjectStoreError('AWAY', 'The object store gave an invalid answer, which was not used.');
}

/** Checks a size, or another count. */
function checkedSize(size: number): number {
	assertAnswer(Number.isSafeInteger(size) && size >= 0);
	return size;
}

/** `tags`: the number of tags that were asked about. Each retained object must have a date or a hold. */
function checkedRetained({ objects, until, onHold }: RetainedObjects, tags: number): RetainedObjects {
	assertAnswer(checkedSize(objects) > 0 && objects <= tags && checkedSize(onHold) <= objects);
	assertAnswer(until === null ? onHold === objects : until instanceof Date && !Number.isNaN(until.getTime()));
	return { objects, until, onHold };
}

/** Copies only the properties that the port defines. */
function checkedFindings(findings: readonly StoreFinding[]): StoreFinding[] {
	assertAnswer(Array.isArray(findings));
	return findings.map(({ check, ok, fix }) => {
		assertAnswer(typeof check === 'string' && typeof ok === 'boolean' && (ok ? fix === null : typeof fix === 'string'));
		return { check, ok, fix };
	});
}

/** Yields exactly the bytes of the range, or throws. */
async function* exactly({ start, end }: ByteRange, read: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	let left = end - start;
	try {
		for await (const piece of read()) {
			assertAnswer(piece instanceof Uint8Array && piece.length <= left);
			left -= piece.length;
			yield piece;
		}
	} catch (error) {
		throw ofStore(error);
	}
	if (left > 0) throw new ObjectStoreError('AWAY', 'The object store sent fewer bytes than requested.');
}

/** Names must be unique and ascending, so that a caller can compare the list with its own in one pass. */
async function* inOrder(list: () => AsyncIterable<ListedObject>): AsyncIterable<ListedObject> {
	let before = '';
	try {
		for await (const { name, size } of list()) {
			assertAnswer(isObjectName(name) && name > before);
			yield { name, size: checkedSize(size) };
			before = name;
		}
	} catch (error) {
		throw ofStore(error);
	}
}

const nothing = () => undefined;

/** An answer that makes the check itself throw is also treated like no answer. */
async function asked<Answer, Checked>(
	ask: () => Promise<Answer>,
	checked: (answer: Answer) => Checked,
): Promise<Checked> {
	try {
		return checked(await ask());
	} catch (error) {
		throw ofStore(error);
	}
}

function ofStore(error: unknown): unknown {
	if (error instanceof FirmsealError || error instanceof SetupError) return error;
	return new ObjectStoreError('AWAY', 'The object store does not answer: try again later.');
}
