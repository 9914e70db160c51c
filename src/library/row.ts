import { getTableColumns, type Table } from 'drizzle-orm';
import { denialOfField } from '../access/index.ts';
import type { ContentSession, KeyedContent } from '../content/index.ts';
import type { Sealed } from '../database/sealed.ts';
import type { EncryptedField } from '../encryption-directive/index.ts';
import { isUuid } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/**
 * The columns of a table that a request may read, for Drizzle's select(): all columns except sealed ones that the request may not open, so that
 * the statement of a denied caller doesn't even name them. `fields` are the encrypted fields of the table's type.
 */
export function readableColumns<T extends Table>(
	table: T,
	fields: readonly EncryptedField[],
	session: ContentSession,
): T['_']['columns'] {
	const closed = new Set(
		fields
			.filter((field) => denialOfField(session.authorization.decision, field) !== null)
			.map(({ fieldName }) => fieldName),
	);
	const columns = Object.entries(getTableColumns(table)).filter(([name]) => !closed.has(name));
	return Object.fromEntries(columns) as T['_']['columns'];
}

/** A row, or a part of one, with the content that a client has sent. */
export interface GivenRow {
	/** A lower-case UUID. The values are bound to it. */
	readonly id: string;
}

/** The row with sealed values in the sealed() columns; all other properties are unchanged. */
export type SealedRow<T extends Table, Row extends GivenRow> = {
	[Name in keyof Row]: Name extends SealedNames<T> ? Sealed | null : Row[Name];
};

type SealedNames<T extends Table> = {
	[Name in keyof T['$inferSelect']]: NonNullable<T['$inferSelect'][Name]> extends Sealed ? Name : never;
}[keyof T['$inferSelect']];

/**
 * Seals the encrypted fields of a row. Returns them by field name, for the sealed() columns of the same names. null removes a value; undefined
 * values, and properties that are no encrypted field, are left out.
 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT for a value or an id that can't be sealed, KEY_UNAVAILABLE
 */
export async function sealRow<Row extends GivenRow>(
	content: Pick<KeyedContent, 'sealValues'>,
	session: ContentSession,
	fields: readonly EncryptedField[],
	row: Row,
): Promise<Record<string, Uint8Array | null>> {
	const values = row as GivenRow & Readonly<Record<string, unknown>>;
	if (!row.id || !isUuid(row.id))
		throw new FirmsealError('BAD_USER_INPUT', 'A record id must be a lower-case UUID: correct the id.');
	const given = fields.filter(({ fieldName }) => Object.hasOwn(values, fieldName) && values[fieldName] !== undefined);
	const sealed = await content.sealValues(
		session,
		row.id,
		given.map((field) => ({ field, value: values[field.fieldName] })),
	);
	return Object.fromEntries(given.map(({ fieldName }, index) => [fieldName, sealed[index] ?? null]));
}
