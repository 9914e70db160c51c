import { type ContentField, type ContentRow, FILE_FIELDS } from '../content/index.ts';
import {
	type Plane,
	plaintextColumnSourceOf,
	type Row,
	type Sealed,
	selectRow,
	selectVersion,
	tables,
} from '../database/index.ts';
import type { DocumentPlace } from '../envelope/index.ts';

/** Names a document's latest file, or the file of one version. */
export interface FileReference {
	readonly documentId: string;
	/** Number or id of the version; null for the latest. */
	readonly version: number | string | null;
}

/** A file as its rows describe it: metadata, and the sealed name of its object. */
export interface FoundFile {
	readonly field: ContentField;
	readonly row: ContentRow;
	/** Name of the document. */
	readonly name: string;
	readonly mimeType: string;
	/** null if there is no file yet. */
	readonly content: {
		readonly place: DocumentPlace;
		readonly byteSize: number;
		/** undefined if the caller's plane can't read it. */
		readonly objectKey: Sealed | null | undefined;
	} | null;
	/** The same file as its version describes it. Used during a migration if the document's row doesn't name the object. */
	readonly ofVersion: FoundFile | null;
}

interface FileViewer {
	readonly plane: Plane;
	/** null for a caller who sees all firms. */
	readonly firm: string | null;
	/** The client whose portal the caller uses; null outside a portal. */
	readonly client: string | null;
	/** Whether the plane's role may read sealed columns. */
	readonly readsSealed: boolean;
}

const { documents, documentVersions } = tables;

/** Whether files are being migrated from a plaintext column. Then only the row of the version may name the object. */
const isMoving = plaintextColumnSourceOf(documentVersions.objectKey) !== null;

/** Finds a file that the caller may see; null if it is absent, foreign or not shared. */
export function findFile(
	{ plane, firm, client, readsSealed }: FileViewer,
	{ documentId, version: named }: FileReference,
) {
	const sealed = readsSealed ? ['objectKey'] : [];
	const selecting = (...columns: string[]) => ({ columns: new Set([...columns, ...sealed]), client });
	return plane.read(firm, async (tx): Promise<FoundFile | null> => {
		const document = await selectRow(tx, documents, documentId, selecting('name', 'mimeType', 'byteSize', 'versionId'));
		if (!document) return null;
		const ofVersion = async (of: number | string) => {
			const version = await selectVersion(tx, documentId, of, selecting('byteSize'));
			return version && foundIn(document, version, FILE_FIELDS.version, version.id);
		};
		if (named !== null) return ofVersion(named);
		const latest = document.versionId as string | null;
		const found = foundIn(document, document, FILE_FIELDS.document, latest);
		return isMoving && latest !== null && !document.objectKey
			? { ...found, ofVersion: await ofVersion(latest) }
			: found;
	});
}

function foundIn(document: Row, row: Row, field: ContentField, version: string | null): FoundFile {
	const { firmId: firm, id, sharedWith = null } = row;
	const byteSize = row.byteSize as number | null;
	const objectKey = row.objectKey as Sealed | null | undefined;
	return {
		field,
		row: { firm, id, sharedWith },
		name: document.name as string,
		mimeType: document.mimeType as string,
		content:
			byteSize === null || version === null
				? null
				: { place: { firm, document: document.id, version }, byteSize, objectKey },
		ofVersion: null,
	};
}
