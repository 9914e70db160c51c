import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { columnsOf, type Selection } from '../../selection.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import type { Row } from '../workspace/rows.ts';
import { UPLOAD_HEARTBEAT_TIMEOUT } from './object-deletion.ts';

/** Whose object is about to be written. */
export interface NewObject {
	/** Random; by it the object is deleted. */
	readonly tag: string;
	readonly firmId: string;
	readonly documentId: string;
	readonly versionId: string;
	/** The client whose portal user uploads it. */
	readonly clientId: string | null;
}

/**
 * Begins an upload. Throws a unique violation while another upload to the document is under way; a client's own keeps no one of the firm
 * waiting.
 */
export async function insertObject(tx: Transaction, object: NewObject): Promise<void> {
	await tx
		.update(storedObjects)
		.set({ state: 'DELETING' })
		.where(
			and(
				eq(storedObjects.documentId, object.documentId),
				eq(storedObjects.state, 'UPLOADING'),
				sql`(${storedObjects.touchedAt} < clock_timestamp() - make_interval(secs => ${UPLOAD_HEARTBEAT_TIMEOUT})
					or ${object.clientId === null} and ${storedObjects.clientId} is not null)`,
			),
		);
	await tx.insert(storedObjects).values(object);
}

const uploading = (tag: string) =>
	and(eq(storedObjects.tag, tag), inArray(storedObjects.state, ['UPLOADING', 'RESEALING']));

async function isOne(rows: Promise<readonly unknown[]>): Promise<boolean> {
	return (await rows).length === 1;
}

/** A sign of life. false: the upload has been given up. */
export const recordUploadHeartbeat = (tx: Transaction, tag: string): Promise<boolean> =>
	isOne(
		tx
			.update(storedObjects)
			.set({ touchedAt: sql`clock_timestamp()` })
			.where(uploading(tag))
			.returning({ tag: storedObjects.tag }),
	);

/**
 * Says under which version of the data key the object will be, before there is any of it. false: the upload has been given up. Throws
 * KEY_UNAVAILABLE for a version that is closed by now.
 */
export const setObjectKeyVersion = (tx: Transaction, tag: string, keyVersion: number): Promise<boolean> =>
	isOne(tx.update(storedObjects).set({ keyVersion }).where(uploading(tag)).returning({ tag: storedObjects.tag }));

/** The object is there, whole, and is someone's file from now on. false: the upload has been given up. */
export const markObjectStored = (
	tx: Transaction,
	tag: string,
	whole: { readonly size: number; readonly sha256: Uint8Array },
): Promise<boolean> =>
	isOne(
		tx
			.update(storedObjects)
			.set({ ...whole, state: 'STORED' })
			.where(uploading(tag))
			.returning({ tag: storedObjects.tag }),
	);

/**
 * An upload that failed: the worker takes what is left of it, also what came into the store after it was given up and cleared away. It
 * waits as long as after another worker, for what the store has of a failed request may still be on its way. What has become a file
 * stays one.
 */
export async function abandonUpload(tx: Transaction, object: NewObject): Promise<void> {
	const given = await tx
		.update(storedObjects)
		.set({ state: 'DELETING', touchedAt: sql`clock_timestamp()` })
		.where(uploading(object.tag))
		.returning({ tag: storedObjects.tag });
	if (given.length === 0)
		await tx
			.insert(storedObjects)
			.values({ ...object, state: 'DELETING' })
			.onConflictDoNothing();
}

/** The files of a document that is no more: no worker has their objects yet, so the next one takes them at once. */
export async function releaseDocumentObjects(tx: Transaction, documentId: string): Promise<void> {
	await tx
		.update(storedObjects)
		.set({ state: 'DELETING', touchedAt: new Date(0) })
		.where(and(eq(storedObjects.documentId, documentId), sql`${storedObjects.state} <> 'DELETING'`));
}

/** The first version that a person has made of a document and that has no file yet. */
export async function selectVersionAwaitingFile(
	tx: Transaction,
	documentId: string,
	authorId: string,
): Promise<{ readonly id: string; readonly number: number } | null> {
	const [row] = await tx
		.select({ id: documentVersions.id, number: documentVersions.number })
		.from(documentVersions)
		.where(
			and(
				eq(documentVersions.documentId, documentId),
				eq(documentVersions.authorId, authorId),
				isNull(documentVersions.byteSize),
				isNull(documentVersions.deletedAt),
			),
		)
		.orderBy(documentVersions.number)
		.limit(1);
	return row ?? null;
}

/** One version of a document by its number or id; null: there is none that the role sees. */
export async function selectVersion(
	tx: Transaction,
	documentId: string,
	named: number | string,
	selection: Selection,
): Promise<Row | null> {
	const rows = await tx
		.select(columnsOf(documentVersions, selection))
		.from(documentVersions)
		.where(
			and(
				eq(documentVersions.documentId, documentId),
				typeof named === 'number' ? eq(documentVersions.number, named) : eq(documentVersions.id, named),
				isNull(documentVersions.deletedAt),
			),
		);
	return (rows[0] as unknown as Row | undefined) ?? null;
}

/** What a row of a file says of it. */
export interface FileColumns {
	readonly byteSize: number;
	readonly bucket: Sealed | null;
	readonly objectKey: Sealed | null;
	readonly sha256: Sealed | null;
}

/** Gives a version its file. false: there is no such version any more, or it has one. */
export const setVersionFile = (tx: Transaction, id: string, file: FileColumns): Promise<boolean> =>
	isOne(
		tx
			.update(documentVersions)
			.set({
				...file,
				revision: sql`${documentVersions.revision} + 1`,
				updatedAt: sql`greatest(${documentVersions.updatedAt}, statement_timestamp())`,
			})
			.where(and(eq(documentVersions.id, id), isNull(documentVersions.byteSize), isNull(documentVersions.deletedAt)))
			.returning({ id: documentVersions.id }),
	);

/** Makes a version's file the document's latest, unless a later version has one. To be called while the document is locked. */
export async function setLatestFile(
	tx: Transaction,
	documentId: string,
	version: { readonly id: string; readonly number: number },
	file: FileColumns,
): Promise<void> {
	await tx
		.update(documents)
		.set({
			...file,
			versionId: version.id,
			status: 'AVAILABLE',
			revision: sql`${documents.revision} + 1`,
			updatedAt: sql`greatest(${documents.updatedAt}, statement_timestamp())`,
		})
		.where(
			and(
				eq(documents.id, documentId),
				isNull(documents.deletedAt),
				sql`coalesce((select v.number from ${documentVersions} v where v.id = ${documents.versionId}), 0) < ${version.number}`,
			),
		);
}
