import {
	type ChunkCipher,
	createChunkCipher,
	DOCUMENT_HEADER_LENGTH,
	type DocumentPlace,
	documentContext,
	encodeDocumentHeader,
	openChunkCipher,
	openValue,
	PLAIN_MARKER,
	readDocumentHeader,
	readKeyVersion,
	unopenableError,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { type ClassKey, deriveFirmTag } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentSession } from './content-session.ts';
import { createFileSealer, type FileSealer } from './file-sealer.ts';
import type { RequestedValue } from './lease-reader.ts';
import { readAlone } from './read-under-lease.ts';

/** The content class of files. */
export const FILE_CLASS = 'DOCUMENT';
/** The column with the location of a file. */
const LOCATION = 'object_key';

const fileField = (coordinate: string, table: string): ContentField =>
	Object.freeze({ coordinate, class: FILE_CLASS, table, column: 'content', valueType: 'String', pad: 0 });

/**
 * The coordinates of files. Rights, leases and the log use them; the schema has no such fields. The row of `document` is a document, and
 * means its latest file. The row of `version` is a version of a document.
 */
export const FILE_FIELDS = Object.freeze({
	document: fileField('Document.content', 'documents'),
	version: fileField('DocumentVersion.content', 'document_versions'),
});

/** The field with the location of a version's file. The files that its plaintext column names, while it has one, are plaintext too. */
export const FILE_LOCATION_COORDINATE = 'DocumentVersion.objectKey';

/** The name of a file's object in the store, or for a plaintext file the location in the plaintext column. */
export type FileLocation = string | { readonly clear: string };

/** Seals a new file. */
export interface VersionedFileSealer extends FileSealer {
	/** Version of the data key. */
	readonly keyVersion: number;
}

/** Opens chunks of one file, in any order. */
export interface FileOpener {
	/**
	 * The plaintext of whole chunks, in one or more pieces, the first at index `firstChunk`: a view of `target`, which must be large enough.
	 * `target` contains no plaintext if a chunk does not open.
	 * @throws FirmsealError CIPHERTEXT_INVALID, LEASE_NOT_ACTIVE after the end of the lease.
	 */
	open(target: Uint8Array, firstChunk: number, ...sealed: readonly Uint8Array[]): Uint8Array;
	/**
	 * Checks that the key may still be used. A long download calls this each second, so that a refusal of the key ends the download. The
	 * keys of a lease end with the lease. @throws FirmsealError KEY_UNAVAILABLE.
	 */
	confirmKey(): Promise<void>;
	/** The error for a file that is wrong although its chunks open, for example by its length. Records the file as one that does not open. */
	recordFailure(): FirmsealError;
}

export interface FileContent {
	/**
	 * Seals a new file, which counts as one value under the data key of its class.
	 * @throws FirmsealError FORBIDDEN, KEY_UNAVAILABLE.
	 */
	sealFile(session: ContentSession, place: DocumentPlace): Promise<VersionedFileSealer>;
	/**
	 * The location of a file's object, from the file's row. Under a lease the location is read through the lease, as one value, after the
	 * intent is recorded, and `sealed` (the value that the plane itself has read) is ignored. Null if there is no file, or if the request may
	 * not see the file, which withheld() then reports. A plaintext file is recorded as read here, because it has no openFile().
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE, LEASE_SCOPE, AUDIT_UNAVAILABLE.
	 */
	locateFile(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
	): Promise<FileLocation | null>;
	/**
	 * Opens a file whose object begins with `start`, 72 bytes, and records the file as opened. Null if the request may not see the file,
	 * which withheld() then reports. The caller must call settle() before it sends the first byte, and may use the opener afterwards. `field`
	 * is one of FILE_FIELDS, `row` is its record.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE.
	 */
	openFile(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		place: DocumentPlace,
		start: Uint8Array,
	): Promise<FileOpener | null>;
}

export async function sealFile(session: ContentSession, place: DocumentPlace): Promise<VersionedFileSealer> {
	const { dataKeys, aead } = session.parts;
	const firm = session.assertMaySeal(FILE_FIELDS.version);
	if (place.firm !== firm) throw new FirmsealError('FORBIDDEN', 'You may not write this content.');
	const key = dataKeys.sealingKey(firm, FILE_CLASS, 1) ?? (await dataKeys.loadSealingKey(firm, FILE_CLASS, 1));
	const header = encodeDocumentHeader(key.version, deriveFirmTag(firm));
	const cipher = createChunkCipher(aead, key.document(), documentContext(header, place));
	return { ...createFileSealer(header, cipher), keyVersion: key.version };
}

export async function locateFile(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array | null | undefined,
): Promise<FileLocation | null> {
	const denial = session.denialOf(field, row);
	if (denial !== null) {
		session.trackWithheld(field, row, denial);
		return null;
	}
	const stored = session.lease === null ? sealed : await readAlone(session, { field, row });
	if (!stored) return null;
	const { keys } = session;
	try {
		if (stored[0] === PLAIN_MARKER) return readPlaintextLocation(session, field, row, stored);
		const version = readKeyVersion(stored);
		const cached = keys.openingKey(row.firm, FILE_CLASS, version);
		const key = cached ?? (await keys.loadOpeningKey(row.firm, FILE_CLASS, version));
		session.assertOpen();
		session.trackKeyUse(key, cached ? 'CACHE' : 'KEYRING');
		return openValue(session.parts.aead, key.field(field.table, LOCATION), row.id, 'String', stored) as string;
	} catch (error) {
		session.trackError(field, row, error);
		throw error;
	}
}

function readPlaintextLocation(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	stored: Uint8Array,
): FileLocation {
	if (!session.parts.plaintext?.mayRead(FILE_LOCATION_COORDINATE)) throw unopenableError();
	session.assertOpen();
	session.trackOpened(field, row, null);
	return { clear: new TextDecoder('utf-8', { ignoreBOM: true }).decode(stored.subarray(1)) };
}

export async function openFile(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	place: DocumentPlace,
	start: Uint8Array,
): Promise<FileOpener | null> {
	assertRowOf(field, row, place);
	const denial = session.denialOf(field, row);
	if (denial !== null) {
		session.trackWithheld(field, row, denial);
		return null;
	}
	const { keys } = session;
	try {
		keys.assertNotExpired();
		const { bytes, keyVersion } = readDocumentHeader(start, deriveFirmTag(row.firm));
		const cached = keys.openingKey(row.firm, FILE_CLASS, keyVersion);
		const key = cached ?? (await keys.loadOpeningKey(row.firm, FILE_CLASS, keyVersion));
		// The request may have been answered while the key was loaded.
		session.assertOpen();
		if (!cached) session.trackKeyUse(key, 'KEYRING');
		const prefix = start.subarray(DOCUMENT_HEADER_LENGTH);
		const cipher = openChunkCipher(session.parts.aead, key.document(), prefix, documentContext(bytes, place));
		session.trackOpened(field, row, key);
		return createFileOpener(session, { field, row }, key, cipher);
	} catch (error) {
		session.trackError(field, row, error);
		throw error;
	}
}

function createFileOpener(
	session: ContentSession,
	{ field, row }: RequestedValue,
	key: ClassKey<unknown>,
	cipher: ChunkCipher,
): FileOpener {
	const { keys } = session;
	const trackAndThrow = (error: unknown): never => {
		session.trackError(field, row, error);
		throw error;
	};
	return {
		open(target, first, ...sealed) {
			try {
				keys.assertNotExpired();
				return cipher.open(target, first, ...sealed);
			} catch (error) {
				return trackAndThrow(error);
			}
		},
		confirmKey: () => keys.confirmKey(key).catch(trackAndThrow),
		recordFailure() {
			const error = unopenableError();
			session.trackError(field, row, error);
			return error;
		},
	};
}

/** A right to one row must not open the file of another row. */
function assertRowOf(field: ContentField, row: ContentRow, place: DocumentPlace): void {
	const file = [
		{ field: FILE_FIELDS.document, id: place.document },
		{ field: FILE_FIELDS.version, id: place.version },
	].find((each) => each.field === field);
	if (!file || file.id !== row.id || place.firm !== row.firm)
		throw new FirmsealError('INTERNAL', 'A file was requested with the right to another row.');
}
