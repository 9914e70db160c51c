import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import {
	type FileColumns,
	fillVersion,
	giveUpObject,
	insertObject,
	insertRows,
	isUniqueViolation,
	lockRow,
	nextVersionNumber,
	type Sealed,
	selectOpenVersion,
	selectRevision,
	setLatestFile,
	storeObject,
	type Transaction,
	tables,
	touchObject,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Acting, Desk } from '../firms/index.ts';
import { MOST_BYTES, objectSizeOf } from './file-size.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { type SealedStream, sealing } from './sealing.ts';

/** The bytes of a file as they come. */
export interface UploadBody {
	readonly bytes: AsyncIterable<Uint8Array>;
	/** How many there will be, where the sender says so. */
	readonly size: number | null;
	/** The sender is gone. */
	readonly signal: AbortSignal;
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
 * @throws FirmsealError NOT_FOUND, CONFLICT while another upload to the document is under way, PAYLOAD_TOO_LARGE, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE; ObjectStoreError; what `body.bytes` throws.
 */
export async function uploadFile(
	desk: Desk,
	store: ObjectStore,
	acting: Acting,
	documentId: string,
	body: UploadBody,
): Promise<UploadedFile> {
	if (body.size !== null && body.size > MOST_BYTES) throw tooLarge();
	const begun = await begin(desk, acting, documentId);
	const gone = new AbortController();
	const beat = setInterval(() => void stillThere(desk, acting, begun, gone), HEARTBEAT);
	try {
		const sealer = await desk.content.sealFile(acting.access, {
			firm: acting.firm,
			document: documentId,
			version: begun.versionId,
		});
		const stream = sealing(sealer, upTo(MOST_BYTES, body.bytes));
		const stored = await store.write(begun.name, stream, {
			size: body.size === null ? null : objectSizeOf(body.size),
			signal: AbortSignal.any([body.signal, gone.signal]),
		});
		const columns = await columnsOf(desk, acting, store, begun, stream);
		// Whoever takes a request back doesn't want what it would make, even if all of it has come.
		body.signal.throwIfAborted();
		return await publish(desk, acting, begun, columns, stored);
	} catch (error) {
		// Of a commit whose answer was lost nothing is taken back: what is stored stays stored.
		await desk.plane.write(acting.firm, (tx) => giveUpObject(tx, objectOf(acting, begun))).catch(() => {});
		throw gone.signal.aborted ? takenOver() : error;
	} finally {
		clearInterval(beat);
	}
}

interface Begun {
	readonly tag: string;
	/** Of the object. */
	readonly name: string;
	readonly documentId: string;
	readonly versionId: string;
	/** null: the version is made when its file is there. */
	readonly number: number | null;
}

const objectOf = (
	{ firm: firmId, client: clientId }: Acting,
	{ tag, documentId, versionId }: Pick<Begun, 'tag' | 'documentId' | 'versionId'>,
) => ({ tag, firmId, documentId, versionId, clientId });

async function begin(desk: Desk, acting: Acting, documentId: string): Promise<Begun> {
	const tag = randomUUID();
	try {
		return await desk.plane.write(acting.firm, async (tx) => {
			if ((await selectRevision(tx, documents, documentId)) === null) throw noSuchDocument();
			const open = await selectOpenVersion(tx, documentId, acting.user);
			const versionId = open?.id ?? uuidv7();
			await insertObject(tx, objectOf(acting, { tag, documentId, versionId }));
			const name = `${tag}/${randomBytes(16).toString('hex')}`;
			return { tag, name, documentId, versionId, number: open?.number ?? null };
		});
	} catch (error) {
		if (!isUniqueViolation(error)) throw error;
		throw new FirmsealError('CONFLICT', 'Another upload to this document is under way: repeat it when that has ended.');
	}
}

/** Whoever is silent for two minutes is given up, by the worker or by the next who uploads. */
async function stillThere({ plane }: Desk, { firm }: Acting, { tag }: Begun, gone: AbortController): Promise<void> {
	// A database that is away says nothing about the upload.
	const isThere = await plane.write(firm, (tx) => touchObject(tx, tag)).catch(() => true);
	if (!isThere) gone.abort();
}

async function* upTo(most: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let size = 0;
	for await (const piece of bytes) {
		size += piece.length;
		if (size > most) throw tooLarge();
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
	{ content, fieldsOf }: Desk,
	{ access }: Acting,
	{ bucket }: ObjectStore,
	{ name, documentId, versionId }: Begun,
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
		const [sealedBucket, objectKey, hash] = (await content.conceal(access, row, values)) as (Sealed | null)[];
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
	desk: Desk,
	acting: Acting,
	begun: Begun,
	{ ofVersion, ofDocument, fields }: Columns,
	stored: StoredObject,
): Promise<UploadedFile> {
	const { documentId, versionId } = begun;
	return desk.plane.write(acting.firm, async (tx) => {
		if (!(await lockRow(tx, documents, documentId, 'no key update'))) throw noSuchDocument();
		// A share may have been taken back while the lock was waited for; only a further statement sees that.
		if ((await selectRevision(tx, documents, documentId)) === null) throw noSuchDocument();
		if (!(await storeObject(tx, begun.tag, stored))) throw takenOver();
		const number = begun.number ?? (await nextVersionNumber(tx, documentId));
		if (number > MOST_VERSIONS)
			throw new FirmsealError(
				'CONFLICT',
				`The document has ${MOST_VERSIONS} versions, which is the most: make another document.`,
			);
		await writeVersion(tx, acting, begun, number, ofVersion);
		await setLatestFile(tx, documentId, { id: versionId, number }, ofDocument);
		await desk.content.record(acting.access, {
			action: begun.number === null ? 'content.create' : 'content.update',
			records: [versionId, documentId],
			coordinates: ['DocumentVersion.content', ...fields.map(({ coordinate }) => coordinate)],
		});
		return { documentId, versionId, number, byteSize: ofVersion.byteSize };
	});
}

/** The schema promises it. */
const MOST_VERSIONS = 200;

async function writeVersion(
	tx: Transaction,
	{ firm, user }: Acting,
	{ documentId, versionId: id, number: known }: Begun,
	number: number,
	file: FileColumns,
): Promise<void> {
	const isWritten =
		known === null
			? (await insertRows(tx, documentVersions, [
					{ id, firmId: firm, documentId, authorId: user, number, ...file },
				])) === 1
			: await fillVersion(tx, id, file);
	if (!isWritten)
		throw new FirmsealError('CONFLICT', 'The version has got a file or was removed meanwhile: repeat the upload.');
}

const noSuchDocument = () => new FirmsealError('NOT_FOUND', 'There is no such document.');
const takenOver = () =>
	new FirmsealError('CONFLICT', 'The upload was given up, because it had gone silent: repeat it.');
const tooLarge = () => new FirmsealError('PAYLOAD_TOO_LARGE', 'A file has at most 512 GiB: split it.');
