import { CONTENT_CLASSES } from '../../access/index.ts';
import { createNodeAead } from '../../adapters/aead-node/index.ts';
import { type ContentOptions, contentFromKeyring, type KeyedContent } from '../../content/index.ts';
import type { SealedColumns } from '../../encryption-directive/index.ts';

type Key = ReturnType<ReturnType<typeof createNodeAead>['importKey']>;

export interface CreateContentOptions extends Omit<ContentOptions<Key>, 'aead' | 'clock' | 'fields'> {
	/** Every sealed() column, the same as for encryptedDirective. */
	readonly columns: SealedColumns;
}

/**
 * Opens and seals content by AES-256-GCM of node:crypto. Each firm and class has a data key, which `store` keeps in wrapped form.
 * @throws RangeError for invalid keySeconds or maxKeys
 */
export function createContent({ columns, ...options }: CreateContentOptions): KeyedContent {
	// The class of a column comes from its mark, which is read later. So each column is registered with all classes; keys of the others open nothing.
	const fields = columns.flatMap(({ bind }) => CONTENT_CLASSES.map((of) => ({ ...bind, class: of })));
	return contentFromKeyring({ ...options, aead: createNodeAead(), fields });
}
