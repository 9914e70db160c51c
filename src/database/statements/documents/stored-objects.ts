import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { columnsOf, type Selection } from '../../selection.ts';
import { firstRow, isOneRow } from '../../single-row.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import type { Row } from '../workspace/rows.ts';
import { UPLOAD_HEARTBEAT_TIMEOUT } from './object-deletion.ts';

export interface NewObject {
	/** Random; identifies the object for its deletion. */
	readonly tag: string;
	readonly firmId: string;
	readonly documentId: string;
	readonly versionId: string;
	/** The client of the portal user who uploads it; null for the firm's own people. */
	readonly clientId: string | null;
}

/**
 * Begins an upload. Throws a unique violation while another upload to the document runs. An upload of the firm's people ends a client's one.
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

/** Conditions that join a version, its stored object, and its document's copy. */
export const hasObject = and(eq(storedObjects.versionId, documentVersions.id), eq(storedObjects.state, 'STORED'));
export const isLatestOf = and(
	eq(documents.id, documentVersions.documentId),
	eq(documents.versionId, documentVersions.id),
);
export const isKept = (versionId: string) =>
	and(eq(documentVersions.id, versionId), isNull(documentVersions.deletedAt));

const uploading = (tag: string) =>
	and(eq(storedObjects.tag, tag), inArray(storedObjects.state, ['UPLOADING', 'RESEALING']));

/** False if the upload was abandoned. */
export const recordUploadHeartbeat = (tx: Transaction, tag: string): Promise<boolean> =>
	isOneRow(
		tx
			.update(storedObjects)
			.set({ touchedAt: sql`clock_timestamp()` })
			.where(uploading(tag))
			.returning({ tag: storedObjects.tag }),
	);

/**
 * Records the version of the data key before the first byte is written. False if the upload was abandoned. Throws KEY_UNAVAILABLE for a version
 * below the minimum.
 */
export const setObjectKeyVersion = (tx: Transaction, tag: string, keyVersion: number): Promise<boolean> =>
	isOneRow(tx.update(storedObjects).set({ keyVersion }).where(uploading(tag)).returning({ tag: storedObjects.tag }));

/** Records that the object is complete. False if the upload was abandoned. */
export const markObjectStored = (
	tx: Transaction,
	tag: string,
	whole: { readonly size: number; readonly sha256: Uint8Array },
): Promise<boolean> =>
	isOneRow(
		tx
			.update(storedObjects)
			.set({ ...whole, state: 'STORED' })
			.where(uploading(tag))
			.returning({ tag: storedObjects.tag }),
	);

/**
 * Marks a failed upload for deletion by the worker, also if its row was deleted before, because parts may have reached the store since. The worker
 * waits as long as for another worker's claim, because a failed request may still be on its way to the store. An object that has become a
 * file stays.
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

/** Marks the files of a deleted document for deletion. No worker has claimed them yet, so the next one deletes them at once. */
export async function releaseDocumentObjects(tx: Transaction, documentId: string): Promise<void> {
	await tx
		.update(storedObjects)
		.set({ state: 'DELETING', touchedAt: new Date(0) })
		.where(and(eq(storedObjects.documentId, documentId), sql`${storedObjects.state} <> 'DELETING'`));
}

/** The first version without a file that this person has made of a document. */
export const selectVersionAwaitingFile = (
	tx: Transaction,
	documentId: string,
	authorId: string,
): Promise<{ readonly id: string; readonly number: number } | null> =>
	firstRow(
		tx
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
			.limit(1),
	);

/** A version of a document by its number or id; null if the role sees none. */
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

export interface FileColumns {
	readonly byteSize: number;
	readonly bucket: Sealed | null;
	readonly objectKey: Sealed | null;
	readonly sha256: Sealed | null;
}

/** Sets the file of a version. False if the version is gone or has a file. */
export const setVersionFile = (tx: Transaction, id: string, file: FileColumns): Promise<boolean> =>
	isOneRow(
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

/** Makes a version's file the document's latest, unless a later version has one. The caller must have locked the document. */
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
