import pg from 'pg';

/** The bounds that every connection of Firmseal has, in milliseconds. */
const BOUNDS = {
	application_name: 'firmseal',
	connectionTimeoutMillis: 5_000,
	statement_timeout: 15_000,
	idle_in_transaction_session_timeout: 15_000,
} as const;

/** A connection that is lost says so by an event, which would end the process; whoever uses it next gets an error. */
const ignore = () => {};

/** Connections that come and go as they are needed. */
export function openPool(url: string, connections: number): pg.Pool {
	const pool = new pg.Pool({
		...BOUNDS,
		connectionString: url,
		max: connections,
		idleTimeoutMillis: 60_000,
		maxLifetimeSeconds: 3_600,
	});
	return pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
}

/** One connection, for what belongs to a session: a role, a lock. */
export async function openConnection(url: string): Promise<pg.Client> {
	const client = new pg.Client({ ...BOUNDS, statement_timeout: 0, connectionString: url });
	client.on('error', ignore);
	await client.connect();
	return client;
}
