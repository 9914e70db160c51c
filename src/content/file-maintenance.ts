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

/** A SHA-256 hash under way: what is opened goes there, and nowhere else. */
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

/** What maintenance does with files: seals, compares and reseals them. */
export interface FileMaintenance {
	/** Seals a file that was in the clear. @throws FirmsealError KEY_UNAVAILABLE; INTERNAL without the right. */
	sealFile(capability: MaintenanceCapability, place: DocumentPlace): Promise<VersionedFileSealer>;
	/**
	 * Opens a file whose object begins with `start`, 72 bytes.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	hashFile(
		capability: MaintenanceCapability,
		place: DocumentPlace,
		start: Uint8Array,
		hash: HashSink,
	): Promise<FileHasher>;
	/**
	 * Reseals a file, chunk by chunk, whose object begins with `start`, 72 bytes, if it is under a version below `below`.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	resealFile(
		capability: MaintenanceCapability,
		place: DocumentPlace,
		start: Uint8Array,
		below: number,
	): Promise<FileToReseal>;
}

/** A file that was found, and what makes its new object. */
export interface FileToReseal {
	/** Version of the data key that the object was found under. */
	readonly foundVersion: number;
	/** Makes the new object; null: none is needed, since the version is new enough. */
	readonly resealer: ObjectResealer | null;
}

/** Turns chunks of an object into those of another that holds the same file. */
export interface ObjectResealer {
	readonly keyVersion: number;
	/** What the object begins with; 72 bytes. */
	readonly start: Uint8Array;
	/**
	 * Whole chunks, of which the first has the index `first`: as many, a view that is good until the next call.
	 * @throws FirmsealError CIPHERTEXT_INVALID
	 */
	reseal(first: number, sealed: Uint8Array): Uint8Array;
	/** The last chunk, which is shorter. @throws FirmsealError CIPHERTEXT_INVALID */
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

/** Opens chunk by chunk into the hash; the plaintext is overwritten before the next. */
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
	/** Opened and sealed in one stretch; the plaintext is overwritten before anything is answered. */
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
