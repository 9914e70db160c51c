import { randomUUID } from 'node:crypto';
import { decideMaintenance } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { FILE_FIELDS, type Maintenance } from '../../content/index.ts';
import {
	abandonUpload,
	insertResealing,
	type JobPageRow,
	type JobRow,
	lockRow,
	markObjectStored,
	recordUploadHeartbeat,
	replaceObject,
	type StaleFiles,
	type StoredFileRow,
	selectNextStaleFile,
	selectStoredFile,
	setFoundKeyVersion,
	type Transaction,
	tables,
} from '../../database/index.ts';
import {
	nameOfObject,
	type ObjectStore,
	ObjectStoreError,
	readStart,
	resealChunks,
	type StoredObject,
} from '../../documents/index.ts';
import { unopenableError } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { SealedField } from '../../keys/index.ts';
import {
	failedEntry,
	JobFailure,
	type JobStep,
	type JobTransactions,
	keyUse,
	type PageResult,
	pageEntry,
	pageResult,
} from '../engine/index.ts';

export interface ReencryptFilesParts extends JobTransactions {
	readonly clock: Clock;
	readonly store: ObjectStore;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
	readonly signal: AbortSignal;
}

export const FILE_CONTENT_CLASS = 'DOCUMENT';

/** Milliseconds between two heartbeats of an object that is being written. */
const HEARTBEAT = 20_000;

export const staleFilesOf = ({ firmId, version }: JobRow): StaleFiles => ({ firm: firmId, below: version ?? 0 });

/** Writes each file under an older version again, beside the old object. The old object is deleted once the rows name the new one. */
export const reencryptFiles = (parts: ReencryptFilesParts): JobStep => ({
	isSinglePage: false,
	async plan(tx, job) {
		const upto = await selectNextStaleFile(tx, staleFilesOf(job), job.after);
		return upto === null ? null : { upto, rows: 1 };
	},
	work: (job, page) => reencryptFile(parts, job, page),
});

const OBJECT_KEY = { class: FILE_CONTENT_CLASS, column: 'object_key' } as const;
const ofVersion: SealedField = { ...OBJECT_KEY, table: FILE_FIELDS.version.table };
const ofDocument: SealedField = { ...OBJECT_KEY, table: FILE_FIELDS.document.table };

async function reencryptFile(parts: ReencryptFilesParts, job: JobRow, { upto }: JobPageRow): Promise<PageResult> {
	const file = upto === null ? null : await parts.read(job, (tx) => selectStoredFile(tx, upto));
	if (!file) return {};
	try {
		return await reseal(parts, job, file);
	} catch (error) {
		if (!isFileUnreadable(error)) throw error;
		const now = await parts.read(job, (tx) => selectStoredFile(tx, file.versionId));
		// The file was removed meanwhile, and its object with it.
		if (now?.tag !== file.tag) return {};
		const coordinates = [FILE_FIELDS.version.coordinate];
		return pageResult({ failed: 1 }, [failedEntry(job, { coordinates, records: [file.versionId] })]);
	}
}

/** True for a file that can't be opened or is missing: a retry would not help. */
export const isFileUnreadable = (error: unknown) =>
	(error instanceof ObjectStoreError && error.reason === 'ABSENT') ||
	(error instanceof FirmsealError && error.code === 'CIPHERTEXT_INVALID');

async function reseal(parts: ReencryptFilesParts, job: JobRow, file: StoredFileRow): Promise<PageResult> {
	const { store, signal } = parts;
	const maintenance = parts.maintenanceOf(job);
	const right = decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });
	const { firmId: firm, versionId: version, documentId: document } = file;
	const name = await maintenance.locateFile(right, { field: ofVersion, row: version, sealed: file.objectKey });
	const { start, layout } = await readStart(store, name, file.size, signal);
	// The same check that a reader makes: an object that was put in another's place is not re-encrypted.
	if (name !== nameOfObject(file.tag, start) || layout.size !== file.byteSize) throw unopenableError();
	const { foundVersion, resealer } = await maintenance.resealFile(
		right,
		{ firm, document, version },
		start,
		job.version ?? 0,
	);
	if (!resealer)
		return {
			async write(tx) {
				await setFoundKeyVersion(tx, file.tag, foundVersion);
				return {};
			},
		};
	if (resealer.keyVersion < (job.version ?? 0)) throw new JobFailure('NO_VERSION');
	const object = { tag: randomUUID(), firmId: firm, documentId: document, versionId: version, clientId: file.clientId };
	await parts.write(job, (tx) => insertResealing(tx, object, resealer.keyVersion));
	try {
		const freshName = nameOfObject(object.tag, resealer.start);
		const stored = await writeWithHeartbeat(parts, job, object.tag, (gone) =>
			store.write(freshName, resealChunks(store, name, layout, resealer, gone), { size: file.size, signal: gone }),
		);
		const [objectKey, objectKeyOfDocument] = await maintenance.sealTexts(right, [
			{ field: ofVersion, row: version, text: freshName },
			{ field: ofDocument, row: document, text: freshName },
		]);
		if (!objectKey || !objectKeyOfDocument) throw new Error('The location of the file was not sealed.');
		const keys = [foundVersion, resealer.keyVersion].map((of) => keyUse(FILE_CONTENT_CLASS, of));
		return {
			async write(tx) {
				await publish(tx, file, { ...object, stored, objectKey, objectKeyOfDocument });
				const page = { coordinates: [FILE_FIELDS.version.coordinate], records: [version], keys };
				return { progress: { done: 1 }, entries: [pageEntry(job, page)] };
			},
		};
	} catch (error) {
		await parts.write(job, (tx) => abandonUpload(tx, object)).catch(() => {});
		throw error;
	}
}

/**
 * Sends heartbeats to the object's row while the object is written. If the row says that the upload was abandoned, the write is aborted.
 */
export async function writeWithHeartbeat<T>(
	parts: Pick<ReencryptFilesParts, 'clock' | 'write' | 'signal'>,
	job: JobRow,
	tag: string,
	write: (gone: AbortSignal) => Promise<T>,
): Promise<T> {
	const given = new AbortController();
	const touch = async () => {
		const isThere = await parts.write(job, (tx) => recordUploadHeartbeat(tx, tag)).catch(() => true);
		if (!isThere) given.abort();
	};
	const beat = parts.clock.every(
		async () => {
			// Not awaited: if its connection has died, the next heartbeat uses another one.
			void touch();
			return HEARTBEAT;
		},
		{ after: HEARTBEAT },
	);
	try {
		return await write(AbortSignal.any([parts.signal, given.signal]));
	} finally {
		await beat.stop();
	}
}

interface Fresh {
	readonly tag: string;
	readonly stored: StoredObject;
	readonly objectKey: Uint8Array;
	readonly objectKeyOfDocument: Uint8Array;
}

/**
 * Publishes the new object, all or nothing.
 * @throws FirmsealError CONFLICT if the file was replaced or removed, or its upload was abandoned
 */
async function publish(
	tx: Transaction,
	file: StoredFileRow,
	{ tag, stored, objectKey, objectKeyOfDocument }: Fresh,
): Promise<void> {
	const ofItsDocument = file.objectKeyOfDocument === null ? null : objectKeyOfDocument;
	const isDone =
		(await lockRow(tx, tables.documents, file.documentId, 'no key update')) &&
		(await replaceObject(tx, file, { objectKey, objectKeyOfDocument: ofItsDocument })) &&
		(await markObjectStored(tx, tag, stored));
	if (!isDone)
		throw new FirmsealError('CONFLICT', 'The file was changed while it was re-encrypted: the job looks at it again.');
}
