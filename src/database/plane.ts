import { sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { withoutParameters } from './database-error.ts';
import { guardTransactions, isLost } from './lost-connection.ts';

/** What a transaction may be. The roles own nothing and cannot sign in (drizzle/0002_locks.sql). */
export type PlaneRole = 'firmseal_firm' | 'firmseal_operator' | 'firmseal_worker';

export type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0];

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
	/** Ends the pool; running transactions have five seconds. */
	close(): Promise<void>;
}

export interface PlaneOptions {
	readonly url: string;
	readonly role: PlaneRole;
	/** Connections at most. */
	readonly connections?: number;
}

export function openPlane({ url, role, connections = 10 }: PlaneOptions): Plane {
	const open = () => {
		const client = connect(url, connections);
		return { client, database: drizzle(guardTransactions(client)) };
	};
	let pool = open();
	let former: Promise<unknown> = Promise.resolve();

	/** postgres.js cannot use every connection again that it has lost, so all of them are given up for new ones. */
	const exchange = (lost: typeof pool) => {
		if (lost !== pool) return;
		pool = open();
		former = Promise.allSettled([former, lost.client.end({ timeout: 5 })]);
	};

	/** Role, firm and access mode in one round trip; read only can't be taken back within a transaction. */
	const run = <T>(isReadOnly: boolean, firm: string | null, work: (tx: Transaction) => Promise<T>) =>
		withoutParameters(async () => {
			const used = pool;
			try {
				return await used.database.transaction(async (tx) => {
					await tx.execute(sql`
						select set_config('role', ${role}, true), set_config('firmseal.firm', ${firm ?? ''}, true),
							set_config('transaction_read_only', ${isReadOnly ? 'on' : 'off'}, true)`);
					return work(tx);
				});
			} catch (error) {
				if (isLost(error)) exchange(used);
				throw error;
			}
		});
	return {
		role,
		read: (firm, work) => run(true, firm, work),
		write: (firm, work) => run(false, firm, work),
		async close() {
			await Promise.all([former, pool.client.end({ timeout: 5 })]);
		},
	};
}

/** A postgres.js client with the bounds every connection of Firmseal has: seconds to connect, milliseconds to answer. */
export const connect = (
	url: string,
	connections: number,
	life: { readonly idle_timeout?: number; readonly max_lifetime?: number | null } = {},
) =>
	postgres(url, {
		max: connections,
		connect_timeout: 5,
		idle_timeout: 60,
		max_lifetime: 3600,
		// Seconds between attempts. The driver's own grow to 20, and requests would wait that long for a server that is back.
		backoff: () => 0.2,
		...life,
		onnotice: () => {},
		connection: {
			application_name: 'firmseal',
			statement_timeout: 15_000,
			idle_in_transaction_session_timeout: 15_000,
		},
	});
