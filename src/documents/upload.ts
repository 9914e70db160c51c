import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import {
	abandonUpload,
	type FileColumns,
	insertObject,
	insertRows,
	isUniqueViolation,
	lockRow,
	markObjectStored,
	recordUploadHeartbeat,
	type Sealed,
	selectRevision,
	selectRow,
	selectVersionAwaitingFile,
	setLatestFile,
	setObjectKeyVersion,
	setVersionFile,
	type Transaction,
	tables,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type ActingMember, nextVersion, type RequestServices } from '../firms/index.ts';
import { objectSizeOf } from './file-ranges.ts';
import { nameOfObject } from './object-name.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { type SealedStream, sealStream } from './seal-stream.ts';

/** Bytes of the largest file: 512 GiB, which fit into the 10,000 parts of an S3 object. */
export const MAX_FILE_BYTES = 512 * 1024 ** 3;

/** A file that is being uploaded. */
export interface UploadBody {
	readonly bytes: AsyncIterable<Uint8Array>;
	/** Announced number of bytes; null if the sender did not announce it. */
	readonly size: number | null;
	/** Aborts when the sender is gone. */
	readonly signal: AbortSignal;
	/** Whether the sender's condition holds if the latest file is that of version `latest`, or null for a document without a file. */
	readonly isExpectedVersion: (latest: string | null) => boolean;
	/** Whether the sender may still upload here. An upload may take long. */
	readonly isStillAllowed: () => Promise<boolean>;
}

/** The document's latest file does not meet the sender's condition. */
export class FileReplacedError extends FirmsealError {
	override readonly name = 'FileReplacedError';

	constructor() {
		super('CONFLICT', 'The document has another file than the one you have read: read it again.');
	}
}

/** A version of a document with its file. */
export interface UploadedFile {
	readonly documentId: string;
	readonly versionId: string;
	readonly number: number;
	/** Bytes of the file. */
	readonly byteSize: number;
}

const { documents, documentVersions } = tables;

/** Milliseconds between two heartbeats. */
export const UPLOAD_HEARTBEAT_MS = 20_000;

/**
 * Uploads a file. It is sealed while it arrives, and becomes visible when all of it is stored and recorded. It fills the caller's own version
 * that has no file yet, or makes the next version. After any failure nothing is visible, and the worker deletes what was stored.
 * `receive` is called once the document has been found.
 * @throws FirmsealError NOT_FOUND, CONFLICT while another upload to the document is running, FORBIDDEN, PAYLOAD_TOO_LARGE, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE; FileReplacedError; ObjectStoreError; errors of `receive` and of its `bytes`.
 */
export async function uploadFile(
	services: RequestServices,
	store: ObjectStore,
	acting: ActingMember,
	documentId: string,
	receive: () => UploadBody,
): Promise<UploadedFile> {
	const begun = await begin(services, acting, documentId, receive);
	const { body } = begun;
	const gone = new AbortController();
	const beat = services.clock.every(
		async () => {
			// Not awaited: if its connection has died, the next heartbeat uses another one.
			void sendHeartbeat(services, acting, begun, gone);
			return UPLOAD_HEARTBEAT_MS;
		},
		{ after: UPLOAD_HEARTBEAT_MS },
	);
	try {
		const sealer = await services.content.sealFile(acting.session, {
			firm: acting.firm,
			document: documentId,
			version: begun.versionId,
		});
		// Before anything is stored: from here on the row shows that this key version is in use, so that no job closes it.
		if (!(await services.plane.write(acting.firm, (tx) => setObjectKeyVersion(tx, begun.tag, sealer.keyVersion))))
			throw uploadTakenOverError();
		const stream = sealStream(sealer, upTo(MAX_FILE_BYTES, body.bytes));
		const name = nameOfObject(begun.tag, sealer.start);
		const stored = await store.write(name, stream, {
			size: body.size === null ? null : objectSizeOf(body.size),
			signal: AbortSignal.any([body.signal, gone.signal]),
		});
		const columns = await columnsOf(services, acting, store, { ...begun, name }, stream);
		// A caller who cancelled the request doesn't want its result, even if all bytes have arrived.
		body.signal.throwIfAborted();
		if (!(await body.isStillAllowed())) throw uploadForbiddenError();
		return await publish(services, acting, begun, columns, stored);
	} catch (error) {
		// If only the answer to the commit was lost, this does nothing: an object that is STORED stays so.
		await services.plane.write(acting.firm, (tx) => abandonUpload(tx, objectOf(acting, begun))).catch(() => {});
		throw gone.signal.aborted ? gone.signal.reason : error;
	} finally {
		await beat.stop();
	}
}

interface StartedUpload {
	readonly body: UploadBody;
	readonly tag: string;
	readonly documentId: string;
	readonly versionId: string;
	/** null if the version is made when its file is complete. */
	readonly number: number | null;
}

const objectOf = (
	{ firm: firmId, client: clientId }: ActingMember,
	{ tag, documentId, versionId }: Pick<StartedUpload, 'tag' | 'documentId' | 'versionId'>,
) => ({ tag, firmId, documentId, versionId, clientId });

async function begin(
	services: RequestServices,
	acting: ActingMember,
	documentId: string,
	receive: () => UploadBody,
): Promise<StartedUpload> {
	const tag = randomUUID();
	try {
		return await services.plane.write(acting.firm, async (tx) => {
			if ((await selectRevision(tx, documents, documentId)) === null) throw noSuchDocumentError();
			const body = receive();
			if (body.size !== null && body.size > MAX_FILE_BYTES) throw fileTooLargeError();
			const open = await selectVersionAwaitingFile(tx, documentId, acting.user);
			const versionId = open?.id ?? uuidv7();
			await insertObject(tx, objectOf(acting, { tag, documentId, versionId }));
			// From here on no other upload can start. insertObject() may have waited for one, whose result only a later statement sees.
			await assertConditionHolds(tx, documentId, body);
			// Fails early if the document can have no further version.
			if (!open) await nextVersion(tx, documentId);
			return { body, tag, documentId, versionId, number: open?.number ?? null };
		});
	} catch (error) {
		if (!isUniqueViolation(error)) throw error;
		throw new FirmsealError('CONFLICT', 'Another upload to this document is running: repeat yours when it has ended.');
	}
}

/** @throws FirmsealError NOT_FOUND; FileReplacedError */
async function assertConditionHolds(
	tx: Transaction,
	documentId: string,
	{ isExpectedVersion }: UploadBody,
): Promise<void> {
	const document = await selectRow(tx, documents, documentId, { columns: new Set(['versionId']), client: null });
	if (!document) throw noSuchDocumentError();
	if (!isExpectedVersion(document.versionId as string | null)) throw new FileReplacedError();
}

/** The worker, or the next upload, abandons an upload without a heartbeat for two minutes. */
async function sendHeartbeat(
	{ plane }: RequestServices,
	{ firm }: ActingMember,
	{ tag, body }: StartedUpload,
	gone: AbortController,
): Promise<void> {
	// An unavailable database or key service does not end the upload.
	if (!(await body.isStillAllowed().catch(() => true))) gone.abort(uploadForbiddenError());
	if (!(await plane.write(firm, (tx) => recordUploadHeartbeat(tx, tag)).catch(() => true)))
		gone.abort(uploadTakenOverError());
}

async function* upTo(most: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let size = 0;
	for await (const piece of bytes) {
		size += piece.length;
		if (size > most) throw fileTooLargeError();
		yield piece;
	}
}

interface Columns {
	readonly ofVersion: FileColumns;
	readonly ofDocument: FileColumns;
	readonly fields: readonly ContentField[];
}

/** Seals name and hash of the file to the rows of the version and of the document. Must run before a transaction is open. */
async function columnsOf(
	{ content, fieldsOf }: RequestServices,
	{ session }: ActingMember,
	{ bucket }: ObjectStore,
	{ name, documentId, versionId }: StartedUpload & { readonly name: string },
	{ plaintext }: SealedStream,
): Promise<Columns> {
	const { size: byteSize, sha256 } = plaintext();
	const fields: ContentField[] = [];
	const sealedTo = async (type: string, row: string): Promise<FileColumns> => {
		const values = Object.entries({ bucket, objectKey: name, sha256 }).map(([of, value]) => {
			const field = fieldsOf(type)[of];
			if (!field) throw new Error(`${type}.${of} is not an encrypted field.`);
			return { field, value };
		});
		fields.push(...values.map(({ field }) => field));
		const [sealedBucket, objectKey, hash] = (await content.sealValues(session, row, values)) as (Sealed | null)[];
		return { byteSize, bucket: sealedBucket ?? null, objectKey: objectKey ?? null, sha256: hash ?? null };
	};
	return {
		ofVersion: await sealedTo('DocumentVersion', versionId),
		ofDocument: await sealedTo('Document', documentId),
		fields,
	};
}

/** Makes the file visible and records it, in one transaction. */
function publish(
	services: RequestServices,
	acting: ActingMember,
	begun: StartedUpload,
	{ ofVersion, ofDocument, fields }: Columns,
	stored: StoredObject,
): Promise<UploadedFile> {
	const { documentId, versionId } = begun;
	return services.plane.write(acting.firm, async (tx) => {
		if (!(await lockRow(tx, documents, documentId, 'no key update'))) throw noSuchDocumentError();
		// While this waited for the lock, a share may have ended or another file been stored. Only a later statement sees that.
		await assertConditionHolds(tx, documentId, begun.body);
		if (!(await markObjectStored(tx, begun.tag, stored))) throw uploadTakenOverError();
		const number = begun.number ?? (await nextVersion(tx, documentId));
		await writeVersion(tx, acting, begun, number, ofVersion);
		await setLatestFile(tx, documentId, { id: versionId, number }, ofDocument);
		await services.content.record(acting.session, {
			action: begun.number === null ? 'content.create' : 'content.update',
			records: [versionId, documentId],
			coordinates: ['DocumentVersion.content', ...fields.map(({ coordinate }) => coordinate)],
		});
		return { documentId, versionId, number, byteSize: ofVersion.byteSize };
	});
}

async function writeVersion(
	tx: Transaction,
	{ firm, user }: ActingMember,
	{ documentId, versionId: id, number: known }: StartedUpload,
	number: number,
	file: FileColumns,
): Promise<void> {
	const isWritten =
		known === null
			? (await insertRows(tx, documentVersions, [
					{ id, firmId: firm, documentId, authorId: user, number, ...file },
				])) === 1
			: await setVersionFile(tx, id, file);
	if (!isWritten)
		throw new FirmsealError(
			'CONFLICT',
			'The version has received another file or was removed during the upload: repeat the upload.',
		);
}

const noSuchDocumentError = () => new FirmsealError('NOT_FOUND', 'This document does not exist.');
const uploadForbiddenError = () =>
	new FirmsealError('FORBIDDEN', 'You lost the right to upload here, so the file was not stored.');
const uploadTakenOverError = () =>
	new FirmsealError(
		'CONFLICT',
		'The upload was stopped because it stalled, or because the firm started its own upload: repeat it.',
	);
const fileTooLargeError = () => new FirmsealError('PAYLOAD_TOO_LARGE', 'A file may have at most 512 GiB: split it.');
