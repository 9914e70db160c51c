import { getTableName, type SQL, type SQLWrapper, sql, type Table } from 'drizzle-orm';
import { bigint, customType, foreignKey, integer, type PgColumn, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { firms } from './firms.ts';
import { createdAt, time, transactionTime } from './time.ts';

export { createdAt, time };

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** A role's name. */
export const name = customType<{ data: string; driverData: string }>({ dataType: () => 'name' });

export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** An e-mail address in the form for comparisons, as by lowerCaseAscii() of src/access: only A to Z become lower case, in any locale. */
export const foldedAddress = (address: SQLWrapper | string): SQL => sql`lower(${address} collate "C")`;

/** For a CHECK. Must not be used with names from outside. */
export const quotedNameList = (names: readonly string[]) => sql.raw(names.map((name) => `'${name}'`).join(', '));

/** The 64-bit id of the transaction that makes the row, which never wraps around. */
export const thisTransaction = (name: string) =>
	bigint(name, { mode: 'number' }).notNull().default(sql`pg_current_xact_id()::text::bigint`);

/** The columns of every firm-owned table. */
export const firmOwned = () => ({
	firmId: uuid('firm_id').notNull(),
	/** UUIDv7, made before the row is written, because it is part of the context of every sealed value. */
	id: uuid('id').notNull().unique(),
	/** Rises by one with each change. Writers give the revision that they have read. */
	revision: integer('revision').notNull().default(1),
	createdAt: createdAt(),
	updatedAt: transactionTime('updated_at'),
	/** Set if only the tombstone is left. */
	deletedAt: time('deleted_at'),
});

interface FirmOwned {
	readonly firmId: PgColumn;
	readonly id: PgColumn;
}

/** The primary key includes the firm, so that a reference cannot lead to another firm's row. */
export const uniqueByFirmAndId = (t: FirmOwned) => [
	primaryKey({ columns: [t.firmId, t.id] }),
	foreignKey({ columns: [t.firmId], foreignColumns: [firms.id] }),
];

/** A reference to a row of the same firm. */
export const foreignKeyInFirm = (t: Pick<FirmOwned, 'firmId'>, column: PgColumn, to: FirmOwned & Table) =>
	foreignKey({
		name: `${getTableName(column.table)}_${column.name}_of_firm`,
		columns: [t.firmId, column],
		foreignColumns: [to.firmId, to.id],
	});

/** A reference to a current or former member of the same firm. */
export const foreignKeyToMember = (
	t: Pick<FirmOwned, 'firmId'>,
	column: PgColumn,
	members: { firmId: PgColumn; userId: PgColumn },
) =>
	foreignKey({
		name: `${getTableName(column.table)}_${column.name}_of_firm`,
		columns: [t.firmId, column],
		foreignColumns: [members.firmId, members.userId],
	});
