import { and, eq, isNull } from 'drizzle-orm';
import { documents, documentVersions, storedObjects } from '../../tables/index.ts';

/** How the rows that say where a version's file lies go together. */
export const hasObject = and(eq(storedObjects.versionId, documentVersions.id), eq(storedObjects.state, 'STORED'));
export const isLatestOf = and(
	eq(documents.id, documentVersions.documentId),
	eq(documents.versionId, documentVersions.id),
);
export const isKept = (versionId: string) =>
	and(eq(documentVersions.id, versionId), isNull(documentVersions.deletedAt));
