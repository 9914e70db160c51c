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
import { MAX_FILE_BYTES, objectSizeOf } from './file-size.ts';
import { nameOfObject } from './object-name.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { type SealedStream, sealStream } from './seal-stream.ts';

/** The bytes of a file as they come. */
export interface UploadBody {
	readonly bytes: AsyncIterable<Uint8Array>;
	/** How many there will be, where the sender says so. */
	readonly size: number | null;
	/** The sender is gone. */
	readonly signal: AbortSignal;
	/** Whether what the sender insists on is so, with this version's file as the document's latest; null: it has none. */
	readonly isExpectedVersion: (latest: string | null) => boolean;
	/** Whether the sender may still upload here: a file may be long on its way. */
	readonly isStillAllowed: () => Promise<boolean>;
}

/** The document's latest file isn't what the sender insists on. */
export class FileReplacedError extends FirmsealError {
	override readonly name = 'FileReplacedError';

	constructor() {
		super('CONFLICT', 'The file is another than the one that you have: read it again.');
	}
}

/** A version of a document that has its file. */
export interface UploadedFile {
	readonly documentId: string;
	readonly versionId: string;
	readonly number: number;
	/** Bytes of the file. */
	readonly byteSize: number;
}

const { documents, documentVersions } = tables;

/** Milliseconds between two signs of life. */
const HEARTBEAT = 20_000;

/**
 * Takes a file: it is sealed while it comes, and is there once all of it is in the store and on record. It fills the caller's own
 * version that has no file yet, or makes the next one. Whatever goes wrong, nothing of it is to be seen, and the worker clears it away.
 * `receive` is asked for it once it is clear that there is such a document.
 * @throws FirmsealError NOT_FOUND, CONFLICT while another upload to the document is under way, PAYLOAD_TOO_LARGE, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE; FileReplacedError; ObjectStoreError; what `receive` and its `bytes` throw.
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
			return HEARTBEAT;
		},
		{ after: HEARTBEAT },
	);
	try {
		const sealer = await services.content.sealFile(acting.session, {
			firm: acting.firm,
			document: documentId,
			version: begun.versionId,
		});
		// Before any of it is stored: from now on no one closes this version behind it.
		if (!(await services.plane.write(acting.firm, (tx) => setObjectKeyVersion(tx, begun.tag, sealer.keyVersion))))
			throw uploadTakenOverError();
		const stream = sealStream(sealer, upTo(MAX_FILE_BYTES, body.bytes));
		const name = nameOfObject(begun.tag, sealer.start);
		const stored = await store.write(name, stream, {
			size: body.size === null ? null : objectSizeOf(body.size),
			signal: AbortSignal.any([body.signal, gone.signal]),
		});
		const columns = await columnsOf(services, acting, store, { ...begun, name }, stream);
		// A caller who takes a request back doesn't want what it would make, even if all of it has come.
		body.signal.throwIfAborted();
		if (!(await body.isStillAllowed())) throw uploadForbiddenError();
		return await publish(services, acting, begun, columns, stored);
	} catch (error) {
		// Of a commit whose answer was lost nothing is taken back: what is stored stays stored.
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
	/** null: the version is made when its file is there. */
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
			// From here on no one else's upload comes in between; what one made that was waited for, only a further statement sees.
			await assertHolds(tx, documentId, body);
			// Before all of it has come.
			if (!open) await nextVersion(tx, documentId);
			return { body, tag, documentId, versionId, number: open?.number ?? null };
		});
	} catch (error) {
		if (!isUniqueViolation(error)) throw error;
		throw new FirmsealError('CONFLICT', 'Another upload to this document is under way: repeat it when that has ended.');
	}
}

/** @throws FirmsealError NOT_FOUND; FileReplacedError */
async function assertHolds(tx: Transaction, documentId: string, { isExpectedVersion }: UploadBody): Promise<void> {
	const document = await selectRow(tx, documents, documentId, { columns: new Set(['versionId']), client: null });
	if (!document) throw noSuchDocumentError();
	if (!isExpectedVersion(document.versionId as string | null)) throw new FileReplacedError();
}

/** An upload that is silent for two minutes is given up, by the worker or by the next who uploads. */
async function sendHeartbeat(
	{ plane }: RequestServices,
	{ firm }: ActingMember,
	{ tag, body }: StartedUpload,
	gone: AbortController,
): Promise<void> {
	// A database or key service that is away says nothing about the upload.
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

/** Where the file lies and what it hashes to, sealed to the version's row and to the document's; before a transaction is open. */
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
			if (!field) throw new Error(`${type}.${of} is no encrypted field.`);
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

/** All of it at once, and on record, or nothing. */
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
		// A share may have been taken back, or a file made, while the lock was waited for; only a further statement sees that.
		await assertHolds(tx, documentId, begun.body);
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
		throw new FirmsealError('CONFLICT', 'The version has got a file or was removed meanwhile: repeat the upload.');
}

const noSuchDocumentError = () => new FirmsealError('NOT_FOUND', 'There is no such document.');
const uploadForbiddenError = () =>
	new FirmsealError('FORBIDDEN', 'You may not upload here any more: the file was not kept.');
const uploadTakenOverError = () =>
	new FirmsealError(
		'CONFLICT',
		'The upload was given up, because it had gone silent or the firm began one of its own: repeat it.',
	);
const fileTooLargeError = () => new FirmsealError('PAYLOAD_TOO_LARGE', 'A file has at most 512 GiB: split it.');
