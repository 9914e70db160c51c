import { CONTENT_CLASSES } from '../access/index.ts';
import { createNodeAead } from '../adapters/aead-node/index.ts';
import {
	type ContentOptions,
	type ContentSession,
	contentFromKeyring as createContentWith,
	type KeyedContent,
} from '../content/index.ts';
import type { EncryptedField, SealedColumns } from '../encryption-directive/index.ts';
import { isUuid } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { GivenRow } from './row.ts';

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
	return createContentWith({ ...options, aead: createNodeAead(), fields });
}

/**
 * Seals what is given of a row's encrypted fields, by field name, ready to be written to the sealed() columns of the same
 * names. null removes a value; what is undefined or no encrypted field is left out.
 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT for a value or an id that can't be sealed, KEY_UNAVAILABLE.
 */
export async function sealRow<Row extends GivenRow>(
	content: Pick<KeyedContent, 'sealValues'>,
	access: ContentSession,
	fields: readonly EncryptedField[],
	row: Row,
): Promise<Record<string, Uint8Array | null>> {
	const values = row as GivenRow & Readonly<Record<string, unknown>>;
	if (!row.id || !isUuid(row.id))
		throw new FirmsealError('BAD_USER_INPUT', 'A record id must be a lower-case UUID: correct the id.');
	const given = fields.filter(({ fieldName }) => Object.hasOwn(values, fieldName) && values[fieldName] !== undefined);
	const sealed = await content.sealValues(
		access,
		row.id,
		given.map((field) => ({ field, value: values[field.fieldName] })),
	);
	return Object.fromEntries(given.map(({ fieldName }, index) => [fieldName, sealed[index] ?? null]));
}
