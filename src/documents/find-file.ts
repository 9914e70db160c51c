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

/** A document's latest file, or that of one version. */
export interface FileReference {
	readonly documentId: string;
	/** The version's number, or its id; null: the latest. */
	readonly version: number | string | null;
}

/** A file as the rows know it: what is metadata, and where it lies, still sealed. */
export interface FoundFile {
	readonly field: ContentField;
	readonly row: ContentRow;
	/** Of the document. */
	readonly name: string;
	readonly mimeType: string;
	/** null: there is no file yet. */
	readonly content: {
		readonly place: DocumentPlace;
		readonly byteSize: number;
		/** undefined: the caller's plane doesn't read it. */
		readonly objectKey: Sealed | null | undefined;
	} | null;
	/** The same file as that of a version, where the document's own copy may say nothing of it. */
	readonly ofVersion: FoundFile | null;
}

interface FileViewer {
	readonly plane: Plane;
	/** null for who sees all. */
	readonly firm: string | null;
	/** Whose portal it is. */
	readonly client: string | null;
	/** Whether the plane's role may read sealed columns. */
	readonly readsSealed: boolean;
}

const { documents, documentVersions } = tables;

/** Whether files are on their way from a column of plaintext: then only their versions may say where they lie. */
const isMoving = plaintextColumnSourceOf(documentVersions.objectKey) !== null;

/** What there is under the name that the caller sees; null for absent, foreign and unshared alike. */
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
