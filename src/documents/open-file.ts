import type { Clock } from '../clock/index.ts';
import type { Content, ContentSession } from '../content/index.ts';
import type { DocumentPlace } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { FoundFile } from './find-file.ts';
import { nameOfObject, tagOfObject } from './object-name.ts';
import { type ObjectStore, ObjectStoreError } from './object-store.ts';
import type { ReleaseGate } from './open-range.ts';
import { type OpenedFile, openStored } from './open-stored.ts';
import { isPlaintextLocation, type PlaintextStore } from './plaintext-store.ts';

interface OpenFileParts {
	readonly content: Content;
	readonly store: ObjectStore;
	/** Files that have not been migrated yet; null if there are none. */
	readonly plaintextStore: PlaintextStore | null;
	/** Finds the file again. */
	readonly find: () => Promise<FoundFile | null>;
	/** Awaited each time before content is opened. */
	readonly gate: ReleaseGate;
	readonly clock: Clock;
	/** Aborts when the reader is gone. */
	readonly signal: AbortSignal;
	/** Called when the name of the object is known. Under a lease, the request holds the lease from then on. */
	readonly onLocated: () => void;
}

/**
 * Opens a file that the request may see. The caller must await content.settle(session) before it sends any of the file.
 * @throws FirmsealError NOT_FOUND if the file has been deleted, CONFLICT if it has been replaced, CIPHERTEXT_INVALID, KEY_UNAVAILABLE,
 * LEASE_NOT_ACTIVE, LEASE_SCOPE; ObjectStoreError.
 */
export async function openFile(parts: OpenFileParts, session: ContentSession, found: FoundFile): Promise<OpenedFile> {
	const { content, store, find, gate, clock, signal, onLocated } = parts;
	const { field, row, content: of, ofVersion } = found;
	const name = of && (await content.locateFile(session, field, row, of.objectKey));
	if (of && name === null && ofVersion) return openFile(parts, session, ofVersion);
	if (!of || name === null) throw noSuchFileError();
	onLocated();
	// The object's name was read after the metadata, so it may belong to a later file.
	if (of.objectKey === undefined) await assertThere(find, of.place);
	if (typeof name !== 'string') return openPlaintextFile(parts, name.clear);
	const objectSize = await store.measure(name);
	// If the row still exists, the store has lost the object, and opening zero bytes reports it as damaged.
	if (objectSize === null) await assertThere(find, of.place);
	const opened = await openStored({
		objectSize: objectSize ?? 0,
		byteSize: of.byteSize,
		read: (range) => store.read(name, range, signal),
		async open(start) {
			const opener = await content.openFile(session, field, row, of.place, start);
			// A failed upload to the same version may also have left an object.
			if (opener && name !== nameOfObject(tagOfObject(name), start)) throw opener.recordFailure();
			return opener;
		},
		gate,
		clock,
	}).catch(async (error: unknown) => {
		if (error instanceof ObjectStoreError && error.reason === 'ABSENT') await assertThere(find, of.place);
		throw error;
	});
	if (opened) return opened;
	throw noSuchFileError();
}

/** @throws FirmsealError if the document has been deleted, or has another file now. */
async function assertThere(find: OpenFileParts['find'], { version }: DocumentPlace): Promise<void> {
	const content = (await find())?.content;
	if (!content) throw noSuchFileError();
	if (content.place.version !== version) throw fileReplacedError();
}

/** Opens a file that has not been migrated yet. Nothing authenticates its bytes. */
async function openPlaintextFile(
	{ plaintextStore, gate, signal }: OpenFileParts,
	location: string,
): Promise<OpenedFile> {
	const size = plaintextStore && isPlaintextLocation(location) ? await plaintextStore.measure(location) : null;
	if (!plaintextStore || size === null) throw noSuchFileError();
	return {
		size,
		async *read(range) {
			for await (const piece of plaintextStore.read(location, range, signal)) {
				await gate();
				yield piece;
			}
		},
	};
}

const fileReplacedError = () => new FirmsealError('CONFLICT', 'The document’s file was replaced: repeat the download.');
const noSuchFileError = () => new FirmsealError('NOT_FOUND', 'This document, or this file of it, does not exist.');
