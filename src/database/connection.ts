import pg from 'pg';
import { SetupError } from '../errors.ts';
import { ServerVerifyingClient } from './server-verifying-client.ts';

/** Milliseconds that a statement may take, and a transaction between two. */
export const STATEMENT_TIMEOUT = 15_000;

/** What every connection of Firmseal has. */
const BOUNDS = { application_name: 'firmseal', connectionTimeoutMillis: 5_000 } as const;

/** protocol_violation: what a pooler says of a timeout as parameter of a sign-in. PostgreSQL takes it. */
const REFUSED_PARAMETER = '08P01';

/** A connection that is lost says so by an event, which would end the process; the one who uses it next gets an error. */
const ignore = () => {};

/**
 * Connections that come and go as they are needed. Timeouts are each transaction's own (plane.ts): a pooler on the way refuses them
 * as parameters of a sign-in, or drops them.
 */
export function openPool(url: string, connections: number): pg.Pool {
	const pool = new pg.Pool({
		...BOUNDS,
		Client: ServerVerifyingClient,
		connectionString: url,
		// What is asked is sent at once, behind what is still to be answered (plane.ts).
		pipeline: true,
		max: connections,
		idleTimeoutMillis: 60_000,
		maxLifetimeSeconds: 3_600,
	});
	return pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
}

/** One connection, for what belongs to a session: a role, a lock. `queryTimeout`: milliseconds after which an answer is not waited for. */
export async function openConnection(url: string, { queryTimeout = 0 } = {}): Promise<pg.Client> {
	const client = new ServerVerifyingClient({
		...BOUNDS,
		idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
		query_timeout: queryTimeout,
		connectionString: url,
	});
	client.on('error', ignore);
	try {
		await client.connect();
	} catch (error) {
		if ((error as { code?: unknown }).code !== REFUSED_PARAMETER) throw error;
		throw new SetupError(
			'There is a pooler before this database: set FIRMSEAL_DIRECT_DATABASE_URL, and to prepare it FIRMSEAL_ADMIN_DATABASE_URL, to the server behind it.',
		);
	}
	return client;
}
