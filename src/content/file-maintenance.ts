import { type MaintenanceCapability, mayMaintain } from '../access/index.ts';
import {
	type Aead,
	type ChunkAead,
	createChunkCipher,
	DOCUMENT_HEADER_LENGTH,
	documentContext,
	encodeDocumentHeader,
	openChunkCipher,
	readDocumentHeader,
} from '../envelope/index.ts';
import { deriveFirmTag } from '../keys/index.ts';
import { FILE_CLASS, type FilePlace, type VersionedFileSealer } from './file-content.ts';
import { createFileSealer } from './file-sealer.ts';
import { type MaintenanceKeys, maintenanceForbidden } from './maintenance-keys.ts';

/** SHA-256 that is fed: what is opened goes there, and nowhere else. */
export interface HashSink {
	/** The bytes are good until it resolves. */
	update(bytes: Uint8Array): Promise<void>;
}

/** Opens a file, chunk by chunk, into a hash. */
export interface FileHasher {
	/** Version of the data key that it is under. */
	readonly keyVersion: number;
	/** Whole chunks, of which the first has the index `first`. @throws FirmsealError CIPHERTEXT_INVALID */
	update(first: number, sealed: Uint8Array): Promise<void>;
}

/** What maintenance does of files that are moved: seals them, and compares. */
export interface FileMaintenance {
	/** Seals a file that was in the clear. @throws FirmsealError KEY_UNAVAILABLE; INTERNAL without the right. */
	sealFile(capability: MaintenanceCapability, place: FilePlace): Promise<VersionedFileSealer>;
	/**
	 * Opens a file whose object begins with `start`, 72 bytes.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	hashFile(capability: MaintenanceCapability, place: FilePlace, start: Uint8Array, hash: HashSink): Promise<FileHasher>;
}

interface FileMaintenanceParts<Key> {
	readonly keys: MaintenanceKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
}

export function createFileMaintenance<Key>({ keys, aead }: FileMaintenanceParts<Key>): FileMaintenance {
	return {
		async sealFile(capability, place) {
			assertMayMaintainFile(capability, place);
			const key = await keys.sealing(place.firm, FILE_CLASS, 1);
			const header = encodeDocumentHeader(key.version, deriveFirmTag(place.firm));
			const cipher = createChunkCipher(aead, key.document(), documentContext(header, place));
			return { ...createFileSealer(header, cipher), keyVersion: key.version };
		},

		async hashFile(capability, place, start, hash) {
			assertMayMaintainFile(capability, place);
			const { bytes, keyVersion } = readDocumentHeader(start, deriveFirmTag(place.firm));
			const key = await keys.opening(place.firm, FILE_CLASS, keyVersion);
			const prefix = start.subarray(DOCUMENT_HEADER_LENGTH);
			const cipher = openChunkCipher(aead, key.document(), prefix, documentContext(bytes, place));
			let target = new Uint8Array();
			return {
				keyVersion,
				async update(first, sealed) {
					if (target.length < sealed.length) target = new Uint8Array(sealed.length);
					const opened = cipher.open(target, first, sealed);
					try {
						await hash.update(opened);
					} finally {
						opened.fill(0);
					}
				},
			};
		},
	};
}

/** @throws FirmsealError INTERNAL */
export function assertMayMaintainFile(capability: MaintenanceCapability, { firm }: FilePlace): void {
	if (capability.firm !== firm || !mayMaintain(capability, { firm, class: FILE_CLASS })) throw maintenanceForbidden();
}
