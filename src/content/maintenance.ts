import type { MaintenanceCapability } from '../access/index.ts';
import type { KeyUse } from '../audit/index.ts';
import {
	type Aead,
	type ChunkAead,
	type ChunkCipher,
	createChunkCipher,
	DOCUMENT_HEADER_LENGTH,
	documentContext,
	encodeDocumentHeader,
	encodeValue,
	openChunkCipher,
	openPayload,
	openValue,
	readDocumentHeader,
	readKeyVersion,
	sealPayload,
} from '../envelope/index.ts';
import { type ClassKey, type DataKeys, deriveFirmTag, type SealedField } from '../keys/index.ts';
import { FILE_CLASS, type FilePlace } from './file-content.ts';
import { assertMayMaintainFile, createFileMaintenance, type FileMaintenance } from './file-maintenance.ts';
import {
	assertMayMaintain,
	isUnopenable,
	keyVersionOrNull,
	loadOpeningKeys,
	maintenanceKeys,
	usesOf,
} from './maintenance-keys.ts';
import type { PlaintextCodec } from './plaintext-codec.ts';
import { createPlaintextMaintenance, type PlaintextMaintenance } from './plaintext-maintenance.ts';

/** A stored value, by the names that it is bound to. */
export interface StoredValue {
	readonly field: SealedField;
	/** Row id. */
	readonly row: string;
	readonly sealed: Uint8Array;
}

/** A text that is to be stored. */
export interface NewText extends Pick<StoredValue, 'field' | 'row'> {
	readonly text: string;
}

/** What became of a value: sealed anew, or null for one that does not open, which is left as it is. */
export type Resealed = Uint8Array | null;

export interface ResealedPage {
	/** In the order of the values. */
	readonly values: readonly Resealed[];
	/** The data keys that opened and sealed them, for the log. */
	readonly keys: readonly KeyUse[];
}

/**
 * The door to content for the jobs of maintenance. What is opened here is sealed again in the same stretch and never answered, but for where
 * a file lies; and no function takes a capability that wasn't issued for the firm and class.
 */
export interface Maintenance extends PlaintextMaintenance, FileMaintenance {
	/**
	 * Seals values of one row or many under the ACTIVE version of their key, byte for byte the same payload.
	 * @throws FirmsealError INTERNAL without the right; KeyUnavailableError when a key can't be had: nothing was sealed.
	 */
	reseal(capability: MaintenanceCapability, values: readonly StoredValue[]): Promise<ResealedPage>;
	/**
	 * The name of a file's object: the one thing that is answered in the clear, because the store has to be told it.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	locateFile(capability: MaintenanceCapability, location: StoredValue): Promise<string>;
	/** The same, not answered but sealed to another row: what a deletion list has of it. @throws as locateFile() */
	sealLocationFor(
		capability: MaintenanceCapability,
		location: StoredValue,
		place: Pick<StoredValue, 'field' | 'row'>,
	): Promise<Uint8Array>;
	/** Seals what rows say of a file from now on, such as where its object lies; in their order. @throws as reseal() */
	sealTexts(capability: MaintenanceCapability, texts: readonly NewText[]): Promise<readonly Uint8Array[]>;
	/**
	 * Seals a file anew, chunk by chunk, whose object begins with `start`, 72 bytes, if it is under a version below `below`.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	resealFile(
		capability: MaintenanceCapability,
		place: FilePlace,
		start: Uint8Array,
		below: number,
	): Promise<FileToReseal>;
}

/** Turns chunks of an object into those of another that holds the same file. */
export interface FileToReseal {
	/** Version of the data key that the object was found under. */
	readonly foundVersion: number;
	/** Of the object that is made; null: none is, since that is new enough. */
	readonly resealer: ObjectResealer | null;
}

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

export interface MaintenanceParts<Key> {
	/** Of the job alone: they come with it and go with it. */
	readonly dataKeys: DataKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	readonly plaintext: PlaintextCodec;
}

export function createMaintenance<Key>({ dataKeys, aead, plaintext }: MaintenanceParts<Key>): Maintenance {
	const keys = maintenanceKeys(dataKeys);
	const { opening, sealing } = keys;
	async function locate({ firm }: MaintenanceCapability, { field, row, sealed }: StoredValue): Promise<string> {
		const key = await opening(firm, field.class, readKeyVersion(sealed));
		return openValue(aead, key.field(field.table, field.column), row, 'String', sealed) as string;
	}
	return {
		...createPlaintextMaintenance({ keys, aead, plain: plaintext }),
		...createFileMaintenance({ keys, aead }),

		async reseal(capability, values) {
			for (const { field } of values) assertMayMaintain(capability, field);
			const [first] = values;
			if (!first || capability.class === null) return { values: [], keys: [] };
			const { firm, class: of } = capability;
			const opened = await loadOpeningKeys(keys, firm, of, values);
			// All of them, so that what is sealed is never more than was counted.
			const key = await sealing(firm, of, values.length);
			return {
				values: values.map((value) => resealOne(aead, opened, key, value)),
				keys: usesOf([...opened.values(), key]),
			};
		},

		async locateFile(capability, location) {
			assertMayMaintain(capability, location.field);
			return locate(capability, location);
		},

		async sealLocationFor(capability, location, { field, row }) {
			assertMayMaintain(capability, location.field);
			assertMayMaintain(capability, field);
			const name = await locate(capability, location);
			const key = await sealing(capability.firm, field.class, 1);
			return sealPayload(aead, key.field(field.table, field.column), row, encodeValue('String', name, 0));
		},

		async sealTexts(capability, texts) {
			for (const { field } of texts) assertMayMaintain(capability, field);
			const key = await sealing(capability.firm, FILE_CLASS, texts.length);
			return texts.map(({ field, row, text }) =>
				sealPayload(aead, key.field(field.table, field.column), row, encodeValue('String', text, 0)),
			);
		},

		async resealFile(capability, place, start, below) {
			assertMayMaintainFile(capability, place);
			const { firm } = capability;
			const firmTag = deriveFirmTag(firm);
			const { bytes, keyVersion: foundVersion } = readDocumentHeader(start, firmTag);
			const old = await opening(firm, FILE_CLASS, foundVersion);
			const from = openChunkCipher(
				aead,
				old.document(),
				start.subarray(DOCUMENT_HEADER_LENGTH),
				documentContext(bytes, place),
			);
			if (foundVersion >= below) return { foundVersion, resealer: null };
			const key = await sealing(firm, FILE_CLASS, 1);
			const header = encodeDocumentHeader(key.version, firmTag);
			const to = createChunkCipher(aead, key.document(), documentContext(header, place));
			return { foundVersion, resealer: freshObject(key.version, header, from, to) };
		},
	};
}

function freshObject(keyVersion: number, header: Uint8Array, from: ChunkCipher, to: ChunkCipher): ObjectResealer {
	let plaintext = new Uint8Array();
	let target = new Uint8Array();
	/** Opened and sealed in one stretch; the plaintext is overwritten before anything is answered. */
	function turn(sealed: Uint8Array, first: number, seal: (opened: Uint8Array) => Uint8Array): Uint8Array {
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
		reseal: (first, sealed) => turn(sealed, first, (opened) => to.sealFull(target, first, opened)),
		resealLast: (index, sealed) => turn(sealed, index, (opened) => to.sealLast(target, index, opened)),
	};
}

function resealOne<Key>(
	aead: Aead<Key>,
	opening: ReadonlyMap<number, ClassKey<Key>>,
	sealing: ClassKey<Key>,
	{ field: { table, column }, row, sealed }: StoredValue,
): Resealed {
	const key = opening.get(keyVersionOrNull(sealed) ?? 0);
	if (!key) return null;
	let payload: Uint8Array;
	try {
		payload = openPayload(aead, key.field(table, column), row, sealed);
	} catch (error) {
		if (isUnopenable(error)) return null;
		throw error;
	}
	try {
		return sealPayload(aead, sealing.field(table, column), row, payload);
	} finally {
		payload.fill(0);
	}
}
