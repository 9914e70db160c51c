import type { Access, Content } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import type { FoundFile } from './find-file.ts';
import type { ObjectStore } from './object-store.ts';
import { type OpenedFile, openStored } from './open-stored.ts';
import type { Gate } from './opening.ts';

interface OpeningParts {
	readonly content: Content;
	readonly store: ObjectStore;
	/** Passed before any of it is opened: a lease's. */
	readonly gate: Gate;
	/** The reader is gone. */
	readonly signal: AbortSignal;
}

/**
 * Opens a file that the request may see. Nothing of it may be answered before content.settle(access).
 * @throws FirmsealError NOT_FOUND when it is gone meanwhile, CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE, LEASE_SCOPE;
 * ObjectStoreError.
 */
export async function openFile(
	{ content, store, gate, signal }: OpeningParts,
	access: Access,
	{ field, row, content: of }: FoundFile,
): Promise<OpenedFile> {
	const name = of && (await content.locateFile(access, field, row, of.objectKey));
	if (!of || name === null) throw gone();
	// What the store has lost opens as nothing.
	const objectSize = (await store.measure(name)) ?? 0;
	const opened = await openStored({
		objectSize,
		byteSize: of.byteSize,
		read: (range) => store.read(name, range, signal),
		open: (start) => content.openFile(access, field, row, of.place, start),
		gate,
	});
	if (opened) return opened;
	throw gone();
}

const gone = () => new FirmsealError('NOT_FOUND', 'There is no such document, or no such file of it.');
