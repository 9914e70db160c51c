import type { Access, Content } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import type { FoundFile } from './find-file.ts';
import { nameOfObject, tagOfObject } from './object-name.ts';
import type { ObjectStore } from './object-store.ts';
import { type OpenedFile, openStored } from './open-stored.ts';
import type { Gate } from './opening.ts';

interface OpeningParts {
	readonly content: Content;
	readonly store: ObjectStore;
	/** Finds the file anew. */
	readonly find: () => Promise<FoundFile | null>;
	/** Passed before any of it is opened: a lease's. */
	readonly gate: Gate;
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
export async function openFile(
	{ content, store, find, gate, signal, onLocated }: OpeningParts,
	access: Access,
	{ field, row, content: of }: FoundFile,
): Promise<OpenedFile> {
	const name = of && (await content.locateFile(access, field, row, of.objectKey));
	if (!of || name === null) throw gone();
	onLocated();
	// Where it lies was read after what it is: it may lie where a later file does.
	if (of.objectKey === undefined && (await find())?.content?.place.version !== of.place.version) throw changed();
	// What the store has lost opens as nothing.
	const objectSize = (await store.measure(name)) ?? 0;
	const opened = await openStored({
		objectSize,
		byteSize: of.byteSize,
		read: (range) => store.read(name, range, signal),
		async open(start) {
			const opener = await content.openFile(access, field, row, of.place, start);
			// Of an upload to the same version that came to nothing there may be an object too.
			if (opener && name !== nameOfObject(tagOfObject(name), start)) throw opener.refuse();
			return opener;
		},
		gate,
	});
	if (opened) return opened;
	throw gone();
}

const changed = () =>
	new FirmsealError('CONFLICT', 'The document has got another file meanwhile: repeat the download.');
const gone = () => new FirmsealError('NOT_FOUND', 'There is no such document, or no such file of it.');
