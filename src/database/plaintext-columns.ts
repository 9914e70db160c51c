import { type AnyColumn, getTableColumns, type SQL, sql } from 'drizzle-orm';
import { PLAIN_MARKER } from '../envelope/index.ts';
import { columnOf, type FirmOwnedTable } from './firm-owned.ts';
import { plaintextColumn } from './sealed.ts';

const marker = sql.raw(`'\\x${PLAIN_MARKER.toString(16).padStart(2, '0')}'::bytea`);

/** A value of any type as text: as JSON writes it, without quotes. */
function textOf(column: SQL, type: string): SQL {
	if (/^(text|varchar|char|character)/.test(type)) return column;
	if (/^jsonb?$/.test(type)) return sql`${column}::text`;
	return sql`to_json(${column}) #>> '{}'`;
}

/** The bytes of the value in a plaintext column. */
export const plaintextBytes = (column: SQL, type: string): SQL =>
	type === 'bytea' ? column : sql`convert_to(${textOf(column, type)}, 'UTF8')`;

/**
 * The stored value of a sealed column: an envelope, or else the value of the plaintext column that it takes over, behind PLAIN_MARKER. Only
 * content/ can read either.
 */
export function storedValue(column: AnyColumn, nameOf: (column: AnyColumn) => SQL = (named) => sql`${named}`): SQL {
	const plain = plaintextColumn(column);
	if (!plain) return nameOf(column);
	return sql`coalesce(${nameOf(column)}::bytea, ${marker} || ${plaintextBytes(nameOf(plain), plain.getSQLType())})`;
}

/**
 * The property of the plaintext column that a sealed column takes over, and the SQL parameter for a value of it: a text, the bytes of a text,
 * or bytes.
 * @throws Error if the sealed column takes over none
 */
export function plaintextColumnOf(
	table: FirmOwnedTable,
	property: string,
): { readonly property: string; readonly column: (value: string | Uint8Array | null) => SQL } {
	const plain = plaintextColumn(columnOf(table, property));
	const name = Object.entries<AnyColumn>(getTableColumns(table)).find(([, column]) => column === plain)?.[0];
	if (!plain || name === undefined) throw new Error(`The column ${property} takes over no plaintext column.`);
	return { property: name, column: (value) => parameterOf(plain.getSQLType(), value) };
}

function parameterOf(type: string, value: string | Uint8Array | null): SQL {
	if (value === null) return sql`null`;
	if (typeof value !== 'string') return sql`${Buffer.from(value)}::bytea`;
	if (type === 'bytea') return sql`convert_to(${value}::text, 'UTF8')`;
	return sql`${value}::text::${sql.raw(type)}`;
}
