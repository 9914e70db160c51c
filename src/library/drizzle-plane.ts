import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { withoutParameters } from '../database/database-error.ts';
import type { Plane, Transaction } from '../database/plane.ts';

/** A Drizzle database of any PostgreSQL driver. */
export type DrizzleDatabase = PgDatabase<PgQueryResultHKT, Record<string, unknown>>;

/** Firmseal's statements on an adopter's database: no roles, a transaction for each call. */
export function planeOver(db: DrizzleDatabase): Pick<Plane, 'read' | 'write'> {
	const run = <T>(work: (tx: Transaction) => Promise<T>) =>
		withoutParameters(() => db.transaction((tx) => work(tx as unknown as Transaction)));
	return { read: (_firm, work) => run(work), write: (_firm, work) => run(work) };
}
