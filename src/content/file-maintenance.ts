import { type MaintenanceCapability, mayMaintain } from '../access/index.ts';
import {
	type Aead,
	type ChunkAead,
	type ChunkCipher,
	createChunkCipher,
	DOCUMENT_HEADER_LENGTH,
	type DocumentPlace,
	documentContext,
	encodeDocumentHeader,
	openChunkCipher,
	readDocumentHeader,
} from '../envelope/index.ts';
import { deriveFirmTag } from '../keys/index.ts';
import { FILE_CLASS, type VersionedFileSealer } from './file-content.ts';
import { createFileSealer } from './file-sealer.ts';
import { type MaintenanceKeys, maintenanceForbiddenError } from './maintenance-keys.ts';

/** A SHA-256 hash in progress. The opened bytes go only there. */
export interface HashSink {
	/** The bytes are valid until the promise resolves. */
	update(bytes: Uint8Array): Promise<void>;
}

/** Opens a file, chunk by chunk, into a hash. */
export interface FileHasher {
	/** Version of the file's data key. */
	readonly keyVersion: number;
	/** Takes whole chunks, the first at index `first`. @throws FirmsealError CIPHERTEXT_INVALID */
	update(first: number, sealed: Uint8Array): Promise<void>;
}

/** Seals, compares and reseals files for jobs. */
export interface FileMaintenance {
	/** Seals a plaintext file. @throws FirmsealError KEY_UNAVAILABLE; INTERNAL without the right. */
	sealFile(capability: MaintenanceCapability, place: DocumentPlace): Promise<VersionedFileSealer>;
	/**
	 * Opens a file, whose object begins with `start` (72 bytes), into a hash.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	hashFile(
		capability: MaintenanceCapability,
		place: DocumentPlace,
		start: Uint8Array,
		hash: HashSink,
	): Promise<FileHasher>;
	/**
	 * Prepares to reseal a file, whose object begins with `start` (72 bytes), if its key version is lower than `below`.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	resealFile(
		capability: MaintenanceCapability,
		place: DocumentPlace,
		start: Uint8Array,
		below: number,
	): Promise<FileToReseal>;
}

export interface FileToReseal {
	/** Version of the data key of the existing object. */
	readonly foundVersion: number;
	/** Null if the version is recent enough, so that no new object is needed. */
	readonly resealer: ObjectResealer | null;
}

/** Turns the chunks of an object into the chunks of a new object with the same file. */
export interface ObjectResealer {
	readonly keyVersion: number;
	/** The first 72 bytes of the new object. */
	readonly start: Uint8Array;
	/**
	 * Reseals full chunks, the first at index `first`. Returns as many chunks, as a view that is valid until the next call.
	 * @throws FirmsealError CIPHERTEXT_INVALID
	 */
	reseal(first: number, sealed: Uint8Array): Uint8Array;
	/** Reseals the last chunk, which is shorter. @throws FirmsealError CIPHERTEXT_INVALID */
	resealLast(index: number, sealed: Uint8Array): Uint8Array;
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
			return createFileHasher(keyVersion, cipher, hash);
		},

		async resealFile(capability, place, start, below) {
			assertMayMaintainFile(capability, place);
			const { firm } = capability;
			const firmTag = deriveFirmTag(firm);
			const { bytes, keyVersion: foundVersion } = readDocumentHeader(start, firmTag);
			const old = await keys.opening(firm, FILE_CLASS, foundVersion);
			const from = openChunkCipher(
				aead,
				old.document(),
				start.subarray(DOCUMENT_HEADER_LENGTH),
				documentContext(bytes, place),
			);
			if (foundVersion >= below) return { foundVersion, resealer: null };
			const key = await keys.sealing(firm, FILE_CLASS, 1);
			const header = encodeDocumentHeader(key.version, firmTag);
			const to = createChunkCipher(aead, key.document(), documentContext(header, place));
			return { foundVersion, resealer: createObjectResealer(key.version, header, from, to) };
		},
	};
}

/** Overwrites the plaintext of each call after it is hashed. */
function createFileHasher(keyVersion: number, cipher: ChunkCipher, hash: HashSink): FileHasher {
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
}

function createObjectResealer(
	keyVersion: number,
	header: Uint8Array,
	from: ChunkCipher,
	to: ChunkCipher,
): ObjectResealer {
	let plaintext = new Uint8Array();
	let target = new Uint8Array();
	/** Synchronous. Overwrites the plaintext before it returns. */
	function openAndSeal(sealed: Uint8Array, first: number, seal: (opened: Uint8Array) => Uint8Array): Uint8Array {
		if (plaintext.length < sealed.length) plaintext = new Uint8Array(sealed.length);
		if (target.length < sealed.length) target = new Uint8Array(sealed.length);
		const opened = from.open(plaintext, first, sealed);
		try {
			return seal(opened);
		} finally {
			opened.fill(0);
		}
	}
	return {
		keyVersion,
		start: Uint8Array.from([...header, ...to.prefix]),
		reseal: (first, sealed) => openAndSeal(sealed, first, (opened) => to.sealFull(target, first, opened)),
		resealLast: (index, sealed) => openAndSeal(sealed, index, (opened) => to.sealLast(target, index, opened)),
	};
}

/** @throws FirmsealError INTERNAL */
function assertMayMaintainFile(capability: MaintenanceCapability, { firm }: DocumentPlace): void {
	if (capability.firm !== firm || !mayMaintain(capability, { firm, class: FILE_CLASS }))
		throw maintenanceForbiddenError();
}
