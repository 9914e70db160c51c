import type { DocumentQuery } from '../../../kit/api/workspace.generated.ts';

/** A document as its screen reads it. */
export type DocumentOfScreen = NonNullable<DocumentQuery['document']>;
export type VersionOfScreen = DocumentOfScreen['versions'][number];
