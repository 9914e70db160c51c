import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import { markObjectStored } from '../documents/stored-objects.ts';
import { hasObject, isKept, isLatestOf } from '../documents/version-file.ts';
import { type ColumnMove, isUnchanged, type MovedValue } from './move-values.ts';

/** Sealed columns that a row has of a file, as they are in it. */
interface FileLocationColumns {
	readonly objectKey: Sealed | null;
	readonly sha256: Sealed | null;
}

/** A version whose file is moved, or is to be. */
export interface MovingFileRow extends FileLocationColumns {
	readonly documentId: string;
	/** Bytes of the file, as the row says. */
	readonly byteSize: number | null;
	/** The document's own copy, where this is its latest file; null: it is not. */
	readonly ofDocument: FileLocationColumns | null;
	/** The encrypted object; null: there is none. */
	readonly object: { readonly tag: string; readonly size: number } | null;
}

/** null: there is no such version. */
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

/** What the rows are to say of a file that was sealed. */
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
 * The object is the version's file from now on, if the row still says what was read and no one has sealed it meanwhile; what an earlier move
 * has left goes. false: it is not, and the object is no one's. To be called while the document is locked.
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

/** Forgets where the file of a removed version was, if the row still says what was read; for a CLEAR that runs and is about it. */
export async function clearRemovedVersion(
	tx: Transaction,
	coordinate: string,
	{ id, hash }: Pick<MovedValue, 'id' | 'hash'>,
): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.clear_removed(${coordinate}, ${id}, ${hash}::bytea) as cleared`);
	return row?.cleared === true;
}

/**
 * Whether another row, of whichever firm, names the same object in the clear (is_named_elsewhere() in drizzle/0014_column_moves.sql): until the
 * transaction ends, none of them goes then.
 */
export async function isNamedElsewhere(tx: Transaction, coordinate: string, id: string): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.is_named_elsewhere(${coordinate}, ${id}) as named`);
	return row?.named === true;
}
