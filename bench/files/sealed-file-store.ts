import { randomBytes, randomUUID } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { openFilesystemObjects } from '../../src/adapters/objects-filesystem/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createFileSealer } from '../../src/content/file-sealer.ts';
import type { FileSealer } from '../../src/content/index.ts';
import { guardStore, type ObjectStore, type OpenedFile } from '../../src/documents/index.ts';
import { openStored } from '../../src/documents/open-stored.ts';
import { createChunkCipher, openChunkCipher, unopenableError } from '../../src/envelope/index.ts';

/** What Content.sealFile() and openFile() give, under a key of the benchmark's own, without whom asks and what is recorded. */
export interface SealedFileStore {
	readonly store: ObjectStore;
	seal(): FileSealer;
	/** `size`: bytes of the file. `onRead` is told how many bytes of the object are asked for. */
	open(name: string, size: number, onRead?: (bytes: number) => void): Promise<OpenedFile>;
}

const HEADER_LENGTH = 16;

export async function openSealedFileStore(directory: string, rawKey: Uint8Array): Promise<SealedFileStore> {
	const store = guardStore(await openFilesystemObjects({ directory }));
	const aead = createNodeAead();
	const key = aead.importKey(rawKey);
	// As long as that of a document.
	const context = new Uint8Array(160);
	return {
		store,
		seal: () => createFileSealer(new Uint8Array(HEADER_LENGTH), createChunkCipher(aead, key, context)),
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
					const cipher = openChunkCipher(aead, key, start.subarray(HEADER_LENGTH), context);
					return { open: cipher.open, confirmKey: async () => {}, recordFailure: unopenableError };
				},
			});
			if (!opened) throw new Error('The file was denied, which nobody can do here.');
			return opened;
		},
	};
}

export const NEVER = new AbortController().signal;

export const newName = (): string => `${randomUUID()}/${randomBytes(16).toString('hex')}`;
