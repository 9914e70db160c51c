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

/** The class that files are of. */
export const FILE_CLASS = 'DOCUMENT';
/** The column that says where a file lies. */
const LOCATION = 'object_key';

const fileField = (coordinate: string, table: string): ContentField =>
	Object.freeze({ coordinate, class: FILE_CLASS, table, column: 'content', valueType: 'String', pad: 0 });

/**
 * The files of documents, as coordinates: known to rights, leases and the log, though no fields of the schema. The row of the first
 * is the document and means its latest file, that of the second is the version.
 */
export const FILE_FIELDS = Object.freeze({
	document: fileField('Document.content', 'documents'),
	version: fileField('DocumentVersion.content', 'document_versions'),
});

/** The field that says where a version's file lies. While it takes over a column of plaintext, what that names is in the clear itself. */
export const FILE_LOCATION_COORDINATE = 'DocumentVersion.objectKey';

/** Where a file's object is: its name in the store, or, in the clear still, what the column of plaintext says. */
export type FileLocation = string | { readonly clear: string };

/** A file that is to be. */
export interface VersionedFileSealer extends FileSealer {
	/** Version of the data key that it is sealed under. */
	readonly keyVersion: number;
}

/** Opens chunks of one file, in any order. */
export interface FileOpener {
	/**
	 * The plaintext of whole chunks, in one stretch or several, of which the first is at index `firstChunk`: a view of `target`, which has
	 * room for them and holds nothing of them if one does not open.
	 * @throws FirmsealError CIPHERTEXT_INVALID, LEASE_NOT_ACTIVE once the lease is over.
	 */
	open(target: Uint8Array, firstChunk: number, ...sealed: readonly Uint8Array[]): Uint8Array;
	/**
	 * Asks whether the key may still be used, which a long download does each second: what is refused meanwhile ends it. A lease's keys
	 * end with the lease. @throws FirmsealError KEY_UNAVAILABLE.
	 */
	confirmKey(): Promise<void>;
	/** The error for a file that isn't as it should be, such as by its length, although chunks open: recorded as one that doesn't. */
	recordFailure(): FirmsealError;
}

export interface FileContent {
	/**
	 * Seals a new file, which counts as one value under the data key of its class.
	 * @throws FirmsealError FORBIDDEN, KEY_UNAVAILABLE.
	 */
	sealFile(session: ContentSession, place: DocumentPlace): Promise<VersionedFileSealer>;
	/**
	 * Where a file's object is, from the row that it is of. Under a lease it is taken from the lease, as one value, once the
	 * intent is on record; `sealed`, what the plane itself has read, is then nothing. null if there is none, or the request may not see
	 * it, which is then reported by withheld(). A file in the clear is recorded as read here: there is no
	 * openFile() of it.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE, LEASE_NOT_ACTIVE, LEASE_SCOPE, AUDIT_UNAVAILABLE.
	 */
	locateFile(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
	): Promise<FileLocation | null>;
	/**
	 * Opens a file that begins with `start`, 72 bytes: recorded as opened before any of it is. null if the request may not see it, which
	 * is then reported by withheld(). What it gives may be used on after settle(), which is to come before the first byte is answered.
	 * `field` is one of FILE_FIELDS, `row` the record that it is of.
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
	const firm = session.assertMayWrite(FILE_FIELDS.version);
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
		// The key may have taken long, and the request was answered meanwhile.
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

/** A decision on one row must not open the file of another. */
function assertRowOf(field: ContentField, row: ContentRow, place: DocumentPlace): void {
	const file = [
		{ field: FILE_FIELDS.document, id: place.document },
		{ field: FILE_FIELDS.version, id: place.version },
	].find((each) => each.field === field);
	if (!file || file.id !== row.id || place.firm !== row.firm)
		throw new FirmsealError('INTERNAL', 'A file was asked for by the right to another row.');
}
