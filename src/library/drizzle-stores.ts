import { eq, max } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { type AppendingLog, type AuditLogOptions, createAuditLog } from '../audit-log/index.ts';
import { withoutParameters } from '../database/database-error.ts';
import type { Plane, Transaction } from '../database/plane.ts';
import { insertAuditEntries } from '../database/statements/audit-log/audit-entries.ts';
import { createDataKeyStore } from '../database/statements/keys/data-keys.ts';
import { auditEntries } from '../database/tables/audit-entries.ts';
import type { DataKeyStore } from '../keys/index.ts';

/** A Drizzle database with any PostgreSQL driver. */
export type DrizzleDatabase = PgDatabase<PgQueryResultHKT, Record<string, unknown>>;

/** Runs Firmseal's statements on an adopter's database: without roles, and in a transaction for each call. */
function planeOver(db: DrizzleDatabase): Pick<Plane, 'read' | 'write'> {
	const run = <T>(work: (tx: Transaction) => Promise<T>) =>
		withoutParameters(() => db.transaction((tx) => work(tx as unknown as Transaction)));
	return { read: (_firm, work) => run(work), write: (_firm, work) => run(work) };
}

/** Wrapped data keys in the table `data_keys` of FIRMSEAL_SQL. Throws DatabaseError, which never contains a parameter. */
export const dataKeyStoreIn = (db: DrizzleDatabase): DataKeyStore =>
	createDataKeyStore(planeOver(db), { hasKeyLogs: false });

/**
 * The audit log in the table `audit_entries` of FIRMSEAL_SQL. Give it a connection of its own: otherwise an append within a transaction could
 * wait for a connection that the transaction holds. Call close() when the server stops.
 */
export function auditLogIn(db: DrizzleDatabase, options: Pick<AuditLogOptions, 'onAppend'> = {}): AppendingLog {
	const plane = planeOver(db);
	return createAuditLog({
		...options,
		write: (rows) => plane.write(null, (tx) => insertAuditEntries(tx, rows)),
		lastSequence: (boot) =>
			plane.read(null, async (tx) => {
				const found = tx.select({ last: max(auditEntries.sequence) }).from(auditEntries);
				const [row] = await found.where(eq(auditEntries.boot, boot));
				return row?.last ?? 0;
			}),
	});
}
