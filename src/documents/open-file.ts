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
	/** Where files still are in the clear; null: nowhere. */
	readonly plaintextStore: PlaintextStore | null;
	/** Finds the file again. */
	readonly find: () => Promise<FoundFile | null>;
	/** Passed before any of it is opened: a lease's. */
	readonly gate: ReleaseGate;
	readonly clock: Clock;
	/** The reader is gone. */
	readonly signal: AbortSignal;
	/** Called once it is known where the file lies: under a lease, it is held from then on. */
	readonly onLocated: () => void;
}

/**
 * Opens a file that the request may see. Nothing of it may be answered before content.settle(access).
 * @throws FirmsealError NOT_FOUND when it is gone meanwhile, CONFLICT when there is another, CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE, LEASE_SCOPE;
 * ObjectStoreError.
 */
export async function openFile(parts: OpenFileParts, session: ContentSession, found: FoundFile): Promise<OpenedFile> {
	const { content, store, find, gate, clock, signal, onLocated } = parts;
	const { field, row, content: of, ofVersion } = found;
	const name = of && (await content.locateFile(session, field, row, of.objectKey));
	if (of && name === null && ofVersion) return openFile(parts, session, ofVersion);
	if (!of || name === null) throw noSuchFileError();
	onLocated();
	// Where it lies was read after what it is: it may lie where a later file does.
	if (of.objectKey === undefined) await assertThere(find, of.place);
	if (typeof name !== 'string') return openPlaintextFile(parts, name.clear);
	const objectSize = await store.measure(name);
	// Deleted meanwhile it is gone; what the store has lost opens as nothing.
	if (objectSize === null) await assertThere(find, of.place);
	const opened = await openStored({
		objectSize: objectSize ?? 0,
		byteSize: of.byteSize,
		read: (range) => store.read(name, range, signal),
		async open(start) {
			const opener = await content.openFile(session, field, row, of.place, start);
			// Of an upload to the same version that came to nothing there may be an object too.
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

/** @throws FirmsealError when the document is gone meanwhile, or has another file. */
async function assertThere(find: OpenFileParts['find'], { version }: DocumentPlace): Promise<void> {
	const content = (await find())?.content;
	if (!content) throw noSuchFileError();
	if (content.place.version !== version) throw fileReplacedError();
}

/** A file as it was before it is moved. Its bytes prove nothing: what is there is what is sent. */
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

const fileReplacedError = () =>
	new FirmsealError('CONFLICT', 'The document has got another file meanwhile: repeat the download.');
const noSuchFileError = () => new FirmsealError('NOT_FOUND', 'There is no such document, or no such file of it.');
