import type { ContentSession, KeyedContent } from '../content/index.ts';
import type { EncryptedField } from '../encryption-directive/index.ts';
import { isUuid } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { GivenRow } from './row.ts';

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
