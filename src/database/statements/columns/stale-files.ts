import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { selectNumber, selectValue } from '../../single-row.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import { hasObject, isKept, isLatestOf, type NewObject } from '../documents/stored-objects.ts';

/** Files of a firm whose objects are sealed under a key version below `below`, or under an unrecorded one. */
export interface StaleFiles {
	readonly firm: string;
	readonly below: number;
}

const isStale = ({ firm, below }: StaleFiles) => sql`
	${documentVersions} v join ${storedObjects} o on o.version_id = v.id and o.state = 'STORED'
	where v.firm_id = ${firm} and v.deleted_at is null and v.byte_size is not null and v.object_key is not null
		and (o.key_version is null or o.key_version < ${below})`;

export const countStaleFiles = (tx: Transaction, stale: StaleFiles): Promise<number> =>
	selectNumber(tx, sql`select count(*) from ${isStale(stale)}`);

/** The next document version after `after` with such a file; null if there is none. */
export async function selectNextStaleFile(
	tx: Transaction,
	stale: StaleFiles,
	after: string | null,
): Promise<string | null> {
	const beyond = after === null ? sql`` : sql`and v.id > ${after}`;
	const id = await selectValue(tx, sql`select v.id from ${isStale(stale)} ${beyond} order by v.id limit 1`);
	return (id as string | undefined) ?? null;
}

/** Running uploads under an older or unrecorded key version. */
export const countStaleUploads = (tx: Transaction, { firm, below }: StaleFiles): Promise<number> =>
	tx.$count(
		storedObjects,
		and(
			eq(storedObjects.firmId, firm),
			eq(storedObjects.state, 'UPLOADING'),
			sql`(${storedObjects.keyVersion} is null or ${storedObjects.keyVersion} < ${below})`,
		),
	);

export interface StoredFileRow {
	readonly firmId: string;
	readonly versionId: string;
	readonly documentId: string;
	readonly clientId: string | null;
	/** Bytes of the file. */
	readonly byteSize: number;
	readonly objectKey: Sealed;
	/** The document's copy; null if this is not its latest file. */
	readonly objectKeyOfDocument: Sealed | null;
	readonly tag: string;
	/** Bytes of the object. */
	readonly size: number;
}

/** Null if the version has no file any more. */
export async function selectStoredFile(tx: Transaction, versionId: string): Promise<StoredFileRow | null> {
	const [row] = await tx
		.select({
			firmId: documentVersions.firmId,
			versionId: documentVersions.id,
			documentId: documentVersions.documentId,
			clientId: storedObjects.clientId,
			byteSize: documentVersions.byteSize,
			objectKey: documentVersions.objectKey,
			objectKeyOfDocument: documents.objectKey,
			tag: storedObjects.tag,
			size: storedObjects.size,
		})
		.from(documentVersions)
		.innerJoin(storedObjects, hasObject)
		.leftJoin(documents, isLatestOf)
		.where(isKept(versionId));
	if (!row?.objectKey || row.byteSize === null || row.size === null) return null;
	return { ...row, byteSize: row.byteSize, size: row.size, objectKey: row.objectKey };
}

/** Records the object that is about to be written to replace a file's object. */
export async function insertResealing(tx: Transaction, object: NewObject, keyVersion: number): Promise<void> {
	await tx.insert(storedObjects).values({ ...object, state: 'RESEALING', keyVersion });
}

/** Records the key version under which an object was found to be sealed. */
export async function setFoundKeyVersion(tx: Transaction, tag: string, keyVersion: number): Promise<void> {
	await tx
		.update(storedObjects)
		.set({ keyVersion })
		.where(and(eq(storedObjects.tag, tag), eq(storedObjects.state, 'STORED')));
}

/**
 * Replaces a file's object if the rows are unchanged. A reader of the old object has a minute to finish. False if the file or the document's copy
 * has changed or is gone: the transaction must not commit then. The caller must have locked the document.
 */
export async function replaceObject(
	tx: Transaction,
	file: StoredFileRow,
	fresh: { readonly objectKey: Uint8Array; readonly objectKeyOfDocument: Uint8Array | null },
): Promise<boolean> {
	const moved = await tx
		.update(documentVersions)
		.set({ objectKey: fresh.objectKey as Sealed })
		.where(
			and(
				eq(documentVersions.id, file.versionId),
				eq(documentVersions.objectKey, file.objectKey),
				isNull(documentVersions.deletedAt),
			),
		)
		.returning({ id: documentVersions.id });
	if (moved.length !== 1) return false;
	if (file.objectKeyOfDocument && fresh.objectKeyOfDocument) {
		const pointed = await tx
			.update(documents)
			.set({ objectKey: fresh.objectKeyOfDocument as Sealed })
			.where(
				and(
					eq(documents.id, file.documentId),
					eq(documents.versionId, file.versionId),
					eq(documents.objectKey, file.objectKeyOfDocument),
				),
			)
			.returning({ id: documents.id });
		if (pointed.length !== 1) return false;
	}
	await tx
		.update(storedObjects)
		.set({ state: 'DELETING', touchedAt: sql`clock_timestamp()` })
		.where(and(eq(storedObjects.tag, file.tag), eq(storedObjects.state, 'STORED')));
	return true;
}
