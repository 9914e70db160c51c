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
 * Puts a check around any object store: on what goes in, since an adapter may trust its caller, and on what comes out, since no one
 * should have to trust an adapter. It also keeps the bounds of a write for every adapter alike: a body that is longer or shorter than
 * was said, or given up while nothing comes of it, throws inside the adapter, as does the body's own error, which then leaves as it
 * is. Throws INTERNAL for arguments that no caller of ours should make, ObjectStoreError otherwise; of an error that isn't ours the
 * text is dropped, for no one knows what it holds.
 */
export function guardStore(store: ObjectStore): ObjectStore {
	if (typeof store.bucket !== 'string' || store.bucket === '')
		throw new FirmsealError('INTERNAL', 'An object store has no name for the place of its objects.');
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
				// What the adapter made of the body's error is of no interest.
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
				throw new FirmsealError('INTERNAL', 'Unfinished uploads are swept up to a time.');
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
			'An object is named by a lower-case UUID, a slash and 32 hexadecimal digits in lower case.',
		);
}

function assertTag(tag: string): void {
	if (!isObjectTag(tag))
		throw new FirmsealError('INTERNAL', 'Objects are deleted by a tag, which is a lower-case UUID.');
}

function assertBytes(bytes: number): void {
	if (!Number.isSafeInteger(bytes) || bytes < 0)
		throw new FirmsealError('INTERNAL', 'A size or place in an object is a whole number of bytes.');
}

function assertRange({ start, end }: ByteRange): void {
	assertBytes(start);
	assertBytes(end);
	if (end < start) throw new FirmsealError('INTERNAL', 'The range of an object ends before it starts.');
}

function checkedStored({ size, sha256 }: StoredObject, bytesSent: number | null): StoredObject {
	assertAnswer(size === bytesSent && sha256 instanceof Uint8Array && sha256.length === 32);
	return { size, sha256 };
}

/** An answer of an object store that can't be right is as good as none. */
function assertAnswer(holds: boolean): void {
	if (!holds)
		throw new ObjectStoreError('AWAY', 'The object store gave an answer that cannot be right; it was not used.');
}

/** A number of bytes, or of anything else. */
function checkedSize(size: number): number {
	assertAnswer(Number.isSafeInteger(size) && size >= 0);
	return size;
}

/** Of so many tags: some of them, and each by a date or on hold. */
function checkedRetained({ objects, until, onHold }: RetainedObjects, tags: number): RetainedObjects {
	assertAnswer(checkedSize(objects) > 0 && objects <= tags && checkedSize(onHold) <= objects);
	assertAnswer(until === null ? onHold === objects : until instanceof Date && !Number.isNaN(until.getTime()));
	return { objects, until, onHold };
}

/** The findings with nothing but what the port names. */
function checkedFindings(findings: readonly StoreFinding[]): StoreFinding[] {
	assertAnswer(Array.isArray(findings));
	return findings.map(({ check, ok, mend }) => {
		assertAnswer(
			typeof check === 'string' && typeof ok === 'boolean' && (ok ? mend === null : typeof mend === 'string'),
		);
		return { check, ok, mend };
	});
}

/** The bytes of the range, no more and no fewer; what is too much isn't given out. */
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
	if (left > 0) throw new ObjectStoreError('AWAY', 'The object store ended in the middle of what it was asked for.');
}

/** Each name once, and after the one before: a caller that compares it with what should be there goes over it once. */
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

/** An answer so wrong that the check itself breaks is as good as none. */
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
	return new ObjectStoreError('AWAY', 'The object store does not answer; try again later.');
}
