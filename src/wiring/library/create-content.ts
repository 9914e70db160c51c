import { CONTENT_CLASSES } from '../../access/index.ts';
import { createNodeAead } from '../../adapters/aead-node/index.ts';
import { type ContentOptions, contentFromKeyring, type KeyedContent } from '../../content/index.ts';
import type { SealedColumns } from '../../encryption-directive/index.ts';

type Key = ReturnType<ReturnType<typeof createNodeAead>['importKey']>;

export interface CreateContentOptions extends Omit<ContentOptions<Key>, 'aead' | 'clock' | 'fields'> {
	/** Every sealed() column, as encryptedDirective gets them. */
	readonly columns: SealedColumns;
}

/**
 * Opens and seals content with node:crypto: AES-256-GCM, one data key for each firm and class, kept wrapped in `store`.
 * @throws RangeError for keySeconds or maxKeys that can't be.
 */
export function createContent({ columns, ...options }: CreateContentOptions): KeyedContent {
	// The mark says the class, and is read later; a column's keys of other classes open nothing.
	const fields = columns.flatMap(({ bind }) => CONTENT_CLASSES.map((of) => ({ ...bind, class: of })));
	return contentFromKeyring({ ...options, aead: createNodeAead(), fields });
}
