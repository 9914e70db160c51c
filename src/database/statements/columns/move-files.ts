import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { selectBoolean } from '../../single-row.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import { hasObject, isKept, isLatestOf, markObjectStored } from '../documents/stored-objects.ts';
import { type ColumnMove, isUnchanged, type MovedValue } from './move-values.ts';

interface FileLocationColumns {
	readonly objectKey: Sealed | null;
	readonly sha256: Sealed | null;
}

export interface MovingFileRow extends FileLocationColumns {
	readonly documentId: string;
	/** Bytes of the file, according to the row. */
	readonly byteSize: number | null;
	/** The document's copy; null if this is not its latest file. */
	readonly ofDocument: FileLocationColumns | null;
	/** The encrypted object; null if there is none. */
	readonly object: { readonly tag: string; readonly size: number } | null;
}

/** Null if the version does not exist. */
export async function selectMovingFile(tx: Transaction, versionId: string): Promise<MovingFileRow | null> {
	const [row] = await tx
		.select({
			documentId: documentVersions.documentId,
			byteSize: documentVersions.byteSize,
			objectKey: documentVersions.objectKey,
			sha256: documentVersions.sha256,
			latestOf: documents.id,
			objectKeyOfDocument: documents.objectKey,
			sha256OfDocument: documents.sha256,
			tag: storedObjects.tag,
			size: storedObjects.size,
		})
		.from(documentVersions)
		.leftJoin(storedObjects, hasObject)
		.leftJoin(documents, isLatestOf)
		.where(isKept(versionId));
	if (!row) return null;
	const { documentId, byteSize, objectKey, sha256, latestOf, tag, size } = row;
	return {
		documentId,
		byteSize,
		objectKey,
		sha256,
		ofDocument: latestOf === null ? null : { objectKey: row.objectKeyOfDocument, sha256: row.sha256OfDocument },
		object: tag === null || size === null ? null : { tag, size },
	};
}

/** New values for the rows of a file that was sealed. */
export interface SealedFileLocation {
	readonly bucket: Uint8Array;
	readonly objectKey: Uint8Array;
	readonly sha256: Uint8Array;
}

export interface MovedFile extends MovedValue {
	readonly documentId: string;
	/** Bytes of the file. */
	readonly byteSize: number;
	readonly tag: string;
	readonly stored: { readonly size: number; readonly sha256: Uint8Array };
	readonly ofVersion: SealedFileLocation;
	readonly ofDocument: SealedFileLocation;
}

/**
 * Makes the object the version's file, if the row is still as it was read and the file is not sealed yet. Objects that an earlier move left are
 * deleted. False if the row has changed: the object belongs to no file then. The caller must have locked the document.
 */
export async function sealMovedFile(tx: Transaction, moving: ColumnMove, file: MovedFile): Promise<boolean> {
	const { rowCount } = await tx.execute(sql`
		update public.document_versions t
		set object_key = ${file.ofVersion.objectKey}::bytea, bucket = ${file.ofVersion.bucket}::bytea, sha256 = ${file.ofVersion.sha256}::bytea
		from (select ${file.hash}::bytea as hash) n
		where t.firm_id = ${moving.firm} and t.id = ${file.id} and t.deleted_at is null and t.object_key is null
			and t.byte_size = ${file.byteSize} and ${isUnchanged(moving)}`);
	if (rowCount !== 1) return false;
	await tx
		.update(documents)
		.set(file.ofDocument as { [name in keyof SealedFileLocation]: Sealed })
		.where(and(eq(documents.id, file.documentId), eq(documents.versionId, file.id), isNull(documents.deletedAt)));
	await tx
		.update(storedObjects)
		.set({ state: 'DELETING', touchedAt: sql`clock_timestamp()` })
		.where(
			and(eq(storedObjects.versionId, file.id), eq(storedObjects.state, 'STORED'), ne(storedObjects.tag, file.tag)),
		);
	return markObjectStored(tx, file.tag, file.stored);
}

/** Clears the plaintext location of a deleted version's file, if it is still as it was read. Only for a running CLEAR job on this column. */
export const clearRemovedVersion = (
	tx: Transaction,
	coordinate: string,
	{ id, hash }: Pick<MovedValue, 'id' | 'hash'>,
): Promise<boolean> =>
	selectBoolean(tx, sql`select public.clear_removed(${coordinate}, ${id}, ${hash}::bytea) as cleared`);

/**
 * Whether another row, of any firm, names the same object in plaintext (is_named_elsewhere() in drizzle/0014_column_moves.sql). If so, none of
 * these rows is cleared before the transaction ends.
 */
export const isNamedElsewhere = (tx: Transaction, coordinate: string, id: string): Promise<boolean> =>
	selectBoolean(tx, sql`select public.is_named_elsewhere(${coordinate}, ${id}) as named`);
