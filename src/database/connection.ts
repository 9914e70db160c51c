import pg from 'pg';
import { SetupError } from '../errors.ts';
import { ServerVerifyingClient } from './server-verifying-client.ts';

/** Milliseconds that a statement may take, and that a transaction may be idle between two statements. */
export const STATEMENT_TIMEOUT = 15_000;

const BOUNDS = { application_name: 'firmseal', connectionTimeoutMillis: 5_000 } as const;

/** protocol_violation: a pooler refuses a timeout as a start-up parameter, which PostgreSQL accepts. */
const REFUSED_PARAMETER = '08P01';

/** The `error` event of a lost connection would end the process without a listener. The next statement on the connection fails anyway. */
const ignore = () => {};

/**
 * Opens a pool. Each transaction sets its own timeouts (plane.ts), because a pooler refuses or drops them as start-up parameters.
 */
export function openPool(url: string, connections: number): pg.Pool {
	const pool = new pg.Pool({
		...BOUNDS,
		Client: ServerVerifyingClient,
		connectionString: url,
		// Sends a statement before the one before it is answered (plane.ts).
		pipeline: true,
		max: connections,
		idleTimeoutMillis: 60_000,
		maxLifetimeSeconds: 3_600,
	});
	return pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
}

/** Opens one connection for what belongs to a session, such as a role or a lock. `queryTimeout`: milliseconds to wait for an answer; 0 is no limit. */
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
			'This database URL leads to a pooler: set FIRMSEAL_DIRECT_DATABASE_URL to the server behind it, and FIRMSEAL_ADMIN_DATABASE_URL too for `firmseal init`.',
		);
	}
	return client;
}
