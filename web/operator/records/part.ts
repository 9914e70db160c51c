import type { ContentType } from '../content/content-fields.ts';

/** A record with content: what is shown, or a part of it such as one line of an invoice. */
export interface Part {
	readonly type: ContentType;
	readonly id: string;
	readonly name: string;
	/** The path and the name of its file, if it has one. */
	readonly file?: { readonly path: string; readonly name: string };
}

/** Names one field of one record in a selection. */
export const keyOf = (id: string, field: string): string => `${id} ${field}`;
