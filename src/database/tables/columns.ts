import { getTableName, sql, type Table } from 'drizzle-orm';
import { bigint, customType, foreignKey, integer, type PgColumn, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { firms } from './firms.ts';
import { createdAt, time, transactionTime } from './time.ts';

export { createdAt, time };

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** Of a role. */
export const name = customType<{ data: string; driverData: string }>({ dataType: () => 'name' });

/** Names of ours, for a CHECK. */
export const quotedNameList = (names: readonly string[]) => sql.raw(names.map((name) => `'${name}'`).join(', '));

/** The transaction that makes the row, by its whole number, which does not come round. */
export const thisTransaction = (name: string) =>
	bigint(name, { mode: 'number' }).notNull().default(sql`pg_current_xact_id()::text::bigint`);

/** What every firm-owned row carries besides its own columns. */
export const firmOwned = () => ({
	firmId: uuid('firm_id').notNull(),
	/** UUIDv7, known before the row is written: it is part of every sealed value's context. */
	id: uuid('id').notNull().unique(),
	/** Grows by one with each change; writers name the one they have seen. */
	revision: integer('revision').notNull().default(1),
	createdAt: createdAt(),
	updatedAt: transactionTime('updated_at'),
	/** Set when the content is gone and only the tombstone is left. */
	deletedAt: time('deleted_at'),
});

interface FirmOwned {
	readonly firmId: PgColumn;
	readonly id: PgColumn;
}

/** A row is known by firm and id, so that whatever refers to it can't be of another firm. */
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

/** A reference to someone who is or was of the same firm. */
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
