import { randomBytes, randomUUID } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { openFilesystemObjects } from '../../src/adapters/objects-filesystem/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createFileSealer } from '../../src/content/file-sealer.ts';
import type { FileSealer } from '../../src/content/index.ts';
import { guardStore, type ObjectStore, type OpenedFile } from '../../src/documents/index.ts';
import { openStored } from '../../src/documents/open-stored.ts';
import { createChunkCipher, openChunkCipher, unopenableError } from '../../src/envelope/index.ts';

export const MIB = 2 ** 20;
export const NEVER = new AbortController().signal;
const HEADER_LENGTH = 16;
/** As long as the context of a document. */
const CONTEXT = new Uint8Array(160);

/** Seals and opens files as content/ does, with a key of the benchmark and without authorization or audit entries. */
export interface SealedFileStore {
	readonly store: ObjectStore;
	seal(): FileSealer;
	/** `size` is that of the file, in bytes. `onRead` gets the length of each range that is read from the object. */
	open(name: string, size: number, onRead?: (bytes: number) => void): Promise<OpenedFile>;
}

export async function openSealedFileStore(directory: string, rawKey: Uint8Array): Promise<SealedFileStore> {
	const store = guardStore(await openFilesystemObjects({ directory }));
	const aead = createNodeAead();
	const key = aead.importKey(rawKey);
	return {
		store,
		seal: () => createFileSealer(new Uint8Array(HEADER_LENGTH), createChunkCipher(aead, key, CONTEXT)),
		async open(name, size, onRead) {
			const opened = await openStored({
				objectSize: (await store.measure(name)) ?? 0,
				byteSize: size,
				clock: systemClock,
				read(range) {
					onRead?.(range.end - range.start);
					return store.read(name, range, NEVER);
				},
				async open(start) {
					const cipher = openChunkCipher(aead, key, start.subarray(HEADER_LENGTH), CONTEXT);
					return { open: cipher.open, confirmKey: async () => {}, recordFailure: unopenableError };
				},
			});
			if (!opened) throw new Error('The file of the benchmark was denied.');
			return opened;
		},
	};
}

export const newName = (): string => `${randomUUID()}/${randomBytes(16).toString('hex')}`;

/** The part of a name by which the store deletes. */
export const objectOf = (name: string): string => name.split('/')[0] ?? '';
