import { getTableColumns, type Table } from 'drizzle-orm';
import { denialOfField } from '../access/index.ts';
import type { ContentSession } from '../content/index.ts';
import type { EncryptedField } from '../encryption-directive/index.ts';

/**
 * The columns of a table that a request may read, for Drizzle's select(): all but the sealed ones of which it may open no
 * value, so that a denied caller's statement doesn't even name them. `fields` are the encrypted fields of the table's type.
 */
export function readableColumns<T extends Table>(
	table: T,
	fields: readonly EncryptedField[],
	access: ContentSession,
): T['_']['columns'] {
	const closed = new Set(
		fields
			.filter((field) => denialOfField(access.authorization.decision, field) !== null)
			.map(({ fieldName }) => fieldName),
	);
	const columns = Object.entries(getTableColumns(table)).filter(([name]) => !closed.has(name));
	return Object.fromEntries(columns) as T['_']['columns'];
}
