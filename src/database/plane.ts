import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { openPool } from './connection.ts';
import { withoutParameters } from './database-error.ts';

/** What a transaction may be. The roles own nothing and cannot sign in (drizzle/0002_locks.sql). */
export type PlaneRole = 'firmseal_firm' | 'firmseal_operator' | 'firmseal_worker';

export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

/**
 * The way into the database: every statement runs in a transaction that first becomes the plane's role and names its
 * firm, both LOCAL, so that a pooled connection keeps nothing and a forgotten firm shows no row.
 * Throws DatabaseError, or AUDIT_UNAVAILABLE when the database is away; never with a parameter in it.
 */
export interface Plane {
	readonly role: PlaneRole;
	/** `firm`: the id whose rows the transaction sees; null where the role's policies ask for none. */
	read<T>(firm: string | null, work: (tx: Transaction) => Promise<T>): Promise<T>;
	write<T>(firm: string | null, work: (tx: Transaction) => Promise<T>): Promise<T>;
	/** Ends the pool when the running transactions have ended. */
	close(): Promise<void>;
}

export interface PlaneOptions {
	readonly url: string;
	readonly role: PlaneRole;
	/** Connections at most. */
	readonly connections?: number;
}

export function openPlane({ url, role, connections = 10 }: PlaneOptions): Plane {
	const pool = openPool(url, connections);
	const database = drizzle(pool);
	const run = <T>(accessMode: 'read only' | 'read write', firm: string | null, work: (tx: Transaction) => Promise<T>) =>
		withoutParameters(() =>
			database.transaction(
				async (tx) => {
					await tx.execute(
						sql`select set_config('role', ${role}, true), set_config('firmseal.firm', ${firm ?? ''}, true)`,
					);
					return work(tx);
				},
				// The rules on people count rows and then write: whatever the server's default is, each statement sees what is committed.
				{ accessMode, isolationLevel: 'read committed' },
			),
		);
	return {
		role,
		read: (firm, work) => run('read only', firm, work),
		write: (firm, work) => run('read write', firm, work),
		close: () => pool.end(),
	};
}
