import { type AnyColumn, getTableColumns, getTableName, type SQL, sql, type Table } from 'drizzle-orm';
import { check, customType, text } from 'drizzle-orm/pg-core';

declare const sealedBrand: unique symbol;

/**
 * An envelope in the database (FORMAT.md "Field envelope"). Branded, so that no resolver, log call or text column accepts it by accident: only
 * content/ does.
 */
export type Sealed = Uint8Array & { readonly [sealedBrand]: true };

/** The names to which a value is bound permanently, even if its table or column is renamed in SQL. */
interface Binding {
	readonly table: string;
	readonly column: string;
}

/** Format of the values that a sealed column takes over: plain text, Fernet tokens, or the format of a Django library (docs/how-to/migrate-from-django.md). */
export type PlainFormat = 'text' | 'fernet' | 'django-encrypted-model-fields' | 'django-cryptography';

/** A column of the same table, by its SQL name, whose values the sealed one takes over (src/jobs/migrate/README.md). */
export interface PlaintextColumnSource {
	readonly column: string;
	readonly format: PlainFormat;
	/** SQL type, such as `text`; null if the table has no such column, or if that column is sealed. */
	readonly type: string | null;
}

/** A sealed() column, which start-up compares with the marks of the schema. */
export interface SealedTableColumn {
	readonly typeName: string;
	readonly fieldName: string;
	readonly table: string;
	readonly column: string;
	readonly bind: Binding;
	/** Absent if the column has always been sealed. */
	readonly from?: PlaintextColumnSource;
}

interface SealedOptions {
	readonly bind?: Binding;
	/** SQL name of the column whose values this one takes over. */
	readonly from?: string;
	readonly format?: PlainFormat;
}

const sealedType = customType<{ data: Sealed; driverData: Uint8Array; config: SealedOptions }>({
	dataType: () => 'sealed',
	fromDriver: (value) => value as Sealed,
	toDriver: (value) => value,
});

/**
 * A column of ciphertext, of the domain `sealed`, which refuses anything but an envelope. `bind`: the names in the values' context, if table or
 * column were renamed in SQL; by default the SQL names. `from`: the column of the same table that holds the values until they are moved here.
 */
export const sealed = (name: string, options: SealedOptions = {}) => sealedType(name, { ...options });

/** The author's stamp on the sealed columns of a row in the firm's custody (src/custody/FORMAT.md, section 10); null for every other row. */
export const stamp = () => text('stamp');

/** Bytes of the longest stamp. */
const MAX_STAMP_BYTES = 8192;

export const isSealed = (column: AnyColumn): boolean => optionsOf(column).customTypeParams?.dataType() === 'sealed';

interface FirmOwnedColumns {
	readonly firmId: AnyColumn;
	readonly deletedAt: AnyColumn;
	/** Absent in a table that the firm's devices cannot seal. */
	readonly stamp?: AnyColumn;
}

/**
 * Constraints for the sealed columns of a firm-owned table: no envelope of another firm (the tag must match the row's firm_id), no content in
 * a tombstone, and an envelope of a device only in a row with a stamp.
 */
export function sealedChecks(table: string, columns: FirmOwnedColumns & Readonly<Record<string, AnyColumn>>) {
	const { stamp: ofRow } = columns;
	const empty = [...sealedOf(columns), ...(ofRow ? [ofRow] : [])].map((column) => sql`${column} is null`);
	return [
		...firmTagChecks(table, columns, columns.firmId),
		check(`${table}_tombstone_is_empty`, sql`${columns.deletedAt} is null or (${sql.join(empty, sql` and `)})`),
		...(ofRow ? stampChecks(table, sealedOf(columns), ofRow) : []),
	];
}

/** Constraints for a row that devices may seal. */
function stampChecks(table: string, sealedColumnsOfRow: readonly AnyColumn[], ofRow: AnyColumn) {
	const platforms = sealedColumnsOfRow.map((column) => sql`substring(${column} from 2 for 1) is distinct from '\\x02'`);
	return [
		check(
			`${table}_stamp_form`,
			sql`octet_length(${ofRow}) between 2 and ${sql.raw(String(MAX_STAMP_BYTES))} and ${ofRow} collate "C" !~ '[^ -~]'`,
		),
		check(`${table}_stamped`, sql`${ofRow} is not null or (${sql.join(platforms, sql` and `)})`),
	];
}

/**
 * Constraints for a table with sealed() columns: each refuses an envelope of a firm other than the one in the row's `owner` column, a UUID.
 */
export const firmTagChecks = (table: string, columns: Readonly<Record<string, AnyColumn>>, owner: AnyColumn) =>
	sealedOf(columns).map((column) => check(firmTagCheckOf(table, column), firmTagMatches(column, owner)));

export const firmTagCheckOf = (table: string, { name }: Pick<AnyColumn, 'name'>): string => `${table}_${name}_firm_tag`;

const sealedOf = (columns: Readonly<Record<string, AnyColumn>>) => Object.values(columns).filter(isSealed);

const firmTagMatches = (column: AnyColumn, firmId: AnyColumn): SQL =>
	sql`substring(${column} from 7 for 4) = substring(sha256(convert_to(${firmId}::text, 'UTF8')) from 1 for 4)`;

/** Sets every content column, and the stamp, to NULL, for a tombstone. */
export function withoutContent(table: Table): Record<string, null> {
	const columns = Object.entries<AnyColumn>(getTableColumns(table));
	const moved = new Set(columns.map(([, column]) => plaintextColumnSourceOf(column)?.column));
	return Object.fromEntries(
		columns
			.filter(([, column]) => isSealed(column) || moved.has(column.name) || column.name === 'stamp')
			.map(([name]) => [name, null]),
	);
}

/** Null if the sealed column takes over no plaintext column. */
export function plaintextColumnSourceOf(column: AnyColumn): PlaintextColumnSource | null {
	const { from, format = 'text' } = optionsOf(column).fieldConfig ?? {};
	if (from === undefined) return null;
	const found = plaintextColumn(column);
	return { column: from, format, type: found && !isSealed(found) ? found.getSQLType() : null };
}

const fromOf = (column: AnyColumn) => {
	const from = plaintextColumnSourceOf(column);
	return from && { from };
};

/** The column that holds the values until they are sealed; null if there is none. */
export function plaintextColumn(column: AnyColumn): AnyColumn | null {
	const { from } = optionsOf(column).fieldConfig ?? {};
	if (from === undefined) return null;
	return Object.values<AnyColumn>(getTableColumns(column.table)).find(({ name }) => name === from) ?? null;
}

/** The sealed() columns of the tables behind GraphQL types. A column's property has the name of the field. */
export function sealedColumns(tables: Readonly<Record<string, Table>>): readonly SealedTableColumn[] {
	return Object.entries(tables).flatMap(([typeName, table]) =>
		Object.entries(getTableColumns(table))
			.filter(([, column]) => isSealed(column))
			.map(([fieldName, column]) => ({
				typeName,
				fieldName,
				table: getTableName(table),
				column: column.name,
				bind: optionsOf(column).fieldConfig?.bind ?? { table: getTableName(table), column: column.name },
				...fromOf(column),
			})),
	);
}

interface CustomOptions {
	readonly customTypeParams?: { dataType(): string };
	readonly fieldConfig?: SealedOptions;
}

/** Drizzle keeps the options of a custom column in its protected config. */
const optionsOf = (column: AnyColumn): CustomOptions => (column as unknown as { config: CustomOptions }).config;
