import { type AnyColumn, getTableColumns, getTableName, type SQL, sql, type Table } from 'drizzle-orm';
import { check, customType } from 'drizzle-orm/pg-core';

declare const sealedBrand: unique symbol;

/**
 * An envelope as the database holds it (FORMAT.md "Field envelope"). Branded, so that no resolver, log call or text column
 * takes it by accident: the only way on is content/.
 */
export type Sealed = Uint8Array & { readonly [sealedBrand]: true };

/** The names a value is bound to for ever, whatever SQL calls its table and column later. */
interface Binding {
	readonly table: string;
	readonly column: string;
}

/** How the values were written that a sealed column takes the place of: as they are, as Fernet tokens, or as one of Django's libraries has them (docs/how-to/migrate-from-django.md). */
export type PlainFormat = 'text' | 'fernet' | 'django-encrypted-model-fields' | 'django-cryptography';

/** A column of the same table, by its SQL name, whose values the sealed one takes over (src/jobs/migrate/README.md). */
export interface PlaintextColumnSource {
	readonly column: string;
	readonly format: PlainFormat;
	/** As SQL has it, such as `text`; null: the table has no such column, or it is a sealed one. */
	readonly type: string | null;
}

/** What start-up compares with the marks: one row for each sealed() column. */
export interface SealedTableColumn {
	readonly typeName: string;
	readonly fieldName: string;
	readonly table: string;
	readonly column: string;
	readonly bind: Binding;
	/** Left out: it has always been sealed. */
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
 * A column of ciphertext, of the domain `sealed`, which refuses anything that isn't an envelope. `bind` keeps the names
 * in the values' context when table or column are renamed in SQL; by default they are the SQL names. `from`: the column of the same table
 * that holds the values until they are moved here.
 */
export const sealed = (name: string, options: SealedOptions = {}) => sealedType(name, { ...options });

/** True for a column made by sealed(). */
export const isSealed = (column: AnyColumn): boolean => optionsOf(column).customTypeParams?.dataType() === 'sealed';

interface FirmOwnedColumns {
	readonly firmId: AnyColumn;
	readonly deletedAt: AnyColumn;
}

/**
 * What the database holds of a firm-owned table's sealed columns, whichever they are: no envelope of another firm (its tag
 * must be that of the row's own firm_id), and no content in a tombstone.
 */
export function sealedChecks(table: string, columns: FirmOwnedColumns & Readonly<Record<string, AnyColumn>>) {
	const empty = sealedOf(columns).map((column) => sql`${column} is null`);
	return [
		...firmTagChecks(table, columns, columns.firmId),
		check(`${table}_tombstone_is_empty`, sql`${columns.deletedAt} is null or (${sql.join(empty, sql` and `)})`),
	];
}

/**
 * Constraints for a table with sealed() columns: each refuses an envelope of another firm than that of the row's own `owner`
 * column, a UUID.
 */
export const firmTagChecks = (table: string, columns: Readonly<Record<string, AnyColumn>>, owner: AnyColumn) =>
	sealedOf(columns).map((column) => check(firmTagCheckOf(table, column), firmTagMatches(column, owner)));

/** The name of that constraint. */
export const firmTagCheckOf = (table: string, { name }: Pick<AnyColumn, 'name'>): string => `${table}_${name}_firm_tag`;

const sealedOf = (columns: Readonly<Record<string, AnyColumn>>) => Object.values(columns).filter(isSealed);

const firmTagMatches = (column: AnyColumn, firmId: AnyColumn): SQL =>
	sql`substring(${column} from 7 for 4) = substring(sha256(convert_to(${firmId}::text, 'UTF8')) from 1 for 4)`;

/** Every column of content set to NULL: what a deletion leaves of a row's. */
export function withoutContent(table: Table): Record<string, null> {
	const columns = Object.entries<AnyColumn>(getTableColumns(table));
	const moved = new Set(columns.map(([, column]) => plaintextColumnSourceOf(column)?.column));
	return Object.fromEntries(
		columns.filter(([, column]) => isSealed(column) || moved.has(column.name)).map(([name]) => [name, null]),
	);
}

/** What a sealed column takes over; null: nothing. */
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

/** The column that holds the values until they are in the sealed one; null: there is none. */
export function plaintextColumn(column: AnyColumn): AnyColumn | null {
	const { from } = optionsOf(column).fieldConfig ?? {};
	if (from === undefined) return null;
	return Object.values<AnyColumn>(getTableColumns(column.table)).find(({ name }) => name === from) ?? null;
}

/** Lists the sealed() columns of the tables behind GraphQL types; a column's property has the field's name. */
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

/** Drizzle keeps a custom column's own options in its (protected) config. */
const optionsOf = (column: AnyColumn): CustomOptions => (column as unknown as { config: CustomOptions }).config;
