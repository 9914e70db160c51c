import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';
import type { NewObject } from '../documents/stored-objects.ts';
import { hasObject, isKept, isLatestOf } from '../documents/version-file.ts';

/** Files of a firm whose objects are under a version below this one, or under one that no one has noted. */
export interface StaleFiles {
	readonly firm: string;
	readonly below: number;
}

const isStale = ({ firm, below }: StaleFiles) => sql`
	${documentVersions} v join ${storedObjects} o on o.version_id = v.id and o.state = 'STORED'
	where v.firm_id = ${firm} and v.deleted_at is null and v.byte_size is not null and v.object_key is not null
		and (o.key_version is null or o.key_version < ${below})`;

export async function countStaleFiles(tx: Transaction, stale: StaleFiles): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select count(*)::int as count from ${isStale(stale)}`);
	return (row?.count as number | undefined) ?? 0;
}

/** The version after this one that has such a file; null: there is none. */
export async function selectNextStaleFile(
	tx: Transaction,
	stale: StaleFiles,
	after: string | null,
): Promise<string | null> {
	const beyond = after === null ? sql`` : sql`and v.id > ${after}`;
	const {
		rows: [row],
	} = await tx.execute(sql`select v.id from ${isStale(stale)} ${beyond} order by v.id limit 1`);
	return (row?.id as string | undefined) ?? null;
}

/** Uploads under way that are sealed under an older version, or have not said under which. */
export async function countStaleUploads(tx: Transaction, { firm, below }: StaleFiles): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(storedObjects)
		.where(
			and(
				eq(storedObjects.firmId, firm),
				eq(storedObjects.state, 'UPLOADING'),
				sql`(${storedObjects.keyVersion} is null or ${storedObjects.keyVersion} < ${below})`,
			),
		);
	return row?.count ?? 0;
}

/** A version's file, as its rows say where it lies. */
export interface StoredFileRow {
	readonly firmId: string;
	readonly versionId: string;
	readonly documentId: string;
	readonly clientId: string | null;
	/** Bytes of the file. */
	readonly byteSize: number;
	readonly objectKey: Sealed;
	/** The document's own copy, where this is its latest file; null: it is not. */
	readonly objectKeyOfDocument: Sealed | null;
	readonly tag: string;
	/** Bytes of the object. */
	readonly size: number;
}

/** null: it has no file any more. */
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

/** What is about to be written beside a file's object, to take its place. */
export async function insertResealing(tx: Transaction, object: NewObject, keyVersion: number): Promise<void> {
	await tx.insert(storedObjects).values({ ...object, state: 'RESEALING', keyVersion });
}

/** Notes the version that an object was found to be under. */
export async function setFoundKeyVersion(tx: Transaction, tag: string, keyVersion: number): Promise<void> {
	await tx
		.update(storedObjects)
		.set({ keyVersion })
		.where(and(eq(storedObjects.tag, tag), eq(storedObjects.state, 'STORED')));
}

/**
 * Puts another object in the place of a file's, if the rows still say where it lay; the one who reads the old one has a minute to end. false:
 * the file is another by now, or gone, or the document's own copy is: the transaction must not commit. To be called while the document is
 * locked.
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
