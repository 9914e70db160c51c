import type { Socket } from 'node:net';
import type { SQL } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { openPool, STATEMENT_TIMEOUT } from './connection.ts';
import { withoutParameters } from './database-error.ts';
import { createKeyedLimiter, type KeyedLimiter } from './limiters.ts';
import type { PlaneRole } from './role-names.ts';

export type { PlaneRole };

/** Statements of one transaction. */
export type Transaction = NodePgDatabase;

/**
 * The way into the database: every statement runs in a transaction that first becomes the plane's role and names its
 * firm, all LOCAL, so that a pooled connection keeps nothing and a forgotten firm shows no row.
 * Throws DatabaseError, or AUDIT_UNAVAILABLE when the database is away; never with a parameter in it.
 */
export interface Plane {
	readonly role: PlaneRole;
	/** `firm`: the id whose rows the transaction sees; null where the role's policies ask for none. */
	read<T>(firm: string | null, work: (tx: Transaction) => Promise<T>): Promise<T>;
	/** `lost` is aborted when the connection goes while it is idle in the transaction, which nobody would notice before the next statement. */
	write<T>(firm: string | null, work: (tx: Transaction, lost?: AbortSignal) => Promise<T>): Promise<T>;
	/** Runs one statement in a transaction of its own, all in one round trip: nothing can be asked in between. */
	append(firm: string | null, statement: SQL): Promise<void>;
	/** The same plane, its transactions naming the client whose portal it is; a forgotten client shows no row either. */
	forClient(client: string): Plane;
	/** The same plane, its transactions naming the break-glass lease that they are of; they end five seconds after their last statement. */
	forLease(lease: string): Plane;
	/** The same plane, its transactions naming the job of maintenance that they are of. */
	forJob(job: string): Plane;
	/**
	 * A transaction of a party, a firm or a person of the platform, when it is the party's turn: of the connections one party has a third at most,
	 * so that its statements keep no other's waiting.
	 */
	readonly limitedPerParty: KeyedLimiter;
	/**
	 * What takes the server long, for one party one after the other. Its place is taken before that of inTurn(), and given back after it: no one
	 * who has a connection waits for it.
	 */
	readonly exclusivePerParty: KeyedLimiter;
	/** Ends the pool when the running transactions have ended, or after five seconds. */
	close(): Promise<void>;
}

export interface PlaneOptions {
	readonly url: string;
	readonly role: PlaneRole;
	/** Connections at most. */
	readonly connections?: number;
}

/** Milliseconds. */
const CLOSING = 5_000;

export function openPlane({ url, role, connections = 10 }: PlaneOptions): Plane {
	const turns = {
		limitedPerParty: createKeyedLimiter(Math.max(1, Math.floor(connections / 3))),
		exclusivePerParty: createKeyedLimiter(1),
	};
	return planeOf(openPool(url, connections), turns, role, {});
}

const dialect = new PgDialect();

/** Of what is looked at later. */
const ignore = () => {};

/**
 * What is sent from here until the promises that are ready have run leaves in one write: each costs as much as a short statement. How the driver
 * comes by its socket is its own affair, so that without one nothing is lost but that.
 */
function gatherWrites(client: PoolClient): void {
	const { stream } =
		(client as { connection?: { stream?: Partial<Pick<Socket, 'cork' | 'uncork'>> } }).connection ?? {};
	stream?.cork?.();
	process.nextTick(() => stream?.uncork?.());
}

/** What a plane's transactions name beside the firm. */
interface TransactionNames {
	readonly client?: string;
	readonly lease?: string;
	readonly job?: string;
}

/** Whoever ends a lease waits for its transactions. Milliseconds. */
export const LEASE_DEADLINE = 5_000;

/**
 * What a login may have set otherwise for itself, by ALTER ROLE, of what decides which objects and rows a statement finds, how its text and
 * its answers are read, how long it waits, and whether what is committed is durable. Dates and times are as tables/columns.ts reads them.
 */
const PINNED_SETTINGS = [
	...Object.entries({
		search_path: 'public, pg_temp',
		row_security: 'on',
		TimeZone: 'UTC',
		DateStyle: 'ISO',
		IntervalStyle: 'postgres',
		bytea_output: 'hex',
		extra_float_digits: '1',
		standard_conforming_strings: 'on',
		array_nulls: 'on',
		transform_null_equals: 'off',
		lock_timeout: '0',
	}).map(([name, value]) => `set_config('${name}', '${value}', true)`),
	// The administrator may want more than `on`, and nobody gets less.
	"set_config('synchronous_commit', case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, true)",
	// From 17 on.
	"case when current_setting('transaction_timeout', true) <> '0' then set_config('transaction_timeout', '0', true) end",
].join(', ');

/** Of a pool, whatever the planes over it name. */
type PlaneLimiters = Pick<Plane, 'limitedPerParty' | 'exclusivePerParty'>;

function planeOf(pool: Pool, turns: PlaneLimiters, role: PlaneRole, { client, lease, job }: TransactionNames): Plane {
	const patience = lease ? LEASE_DEADLINE : STATEMENT_TIMEOUT;
	const begin = (accessMode: 'read only' | 'read write', firm: string | null) =>
		// Whatever the server's defaults are. Read committed: the rules on people count rows and then write, so each statement must see
		// what is committed. How long a statement may take is one of its own: a login's own default would end one that does more.
		`begin isolation level read committed ${accessMode}; set local statement_timeout = ${patience};
		select set_config('role', ${escapeLiteral(role)}, true),
		set_config('firmseal.firm', ${escapeLiteral(firm ?? '')}, true),
		set_config('firmseal.client', ${escapeLiteral(client ?? '')}, true),
		set_config('firmseal.lease', ${escapeLiteral(lease ?? '')}, true),
		set_config('firmseal.job', ${escapeLiteral(job ?? '')}, true),
		${PINNED_SETTINGS}, set_config('idle_in_transaction_session_timeout', '${patience}', true)`;

	/**
	 * Nothing is waited for that need not be: the first statement of `work` follows the beginning in the same round trip, and what was only
	 * read is answered while its transaction ends. Without a transaction a statement is the login's, which may do nothing (roles.ts).
	 */
	const run = <T>(
		accessMode: 'read only' | 'read write',
		firm: string | null,
		work: (tx: Transaction, lost?: AbortSignal) => Promise<T>,
	) =>
		withoutParameters(async () => {
			const connection = await pool.connect();
			const lost = new AbortController();
			const onLost = () => lost.abort();
			connection.once('end', onLost).once('error', onLost);
			// A connection that can't even roll back is thrown away; a pool that waits for it would wait for ever.
			const release = (isLost: boolean) => connection.off('end', onLost).off('error', onLost).release(isLost);
			gatherWrites(connection);
			const begun = connection.query(begin(accessMode, firm));
			begun.catch(ignore);
			try {
				const result = await work(drizzle(connection), lost.signal);
				await begun;
				const ended = connection.query('commit').then(() => release(false));
				if (accessMode === 'read write') await ended;
				else ended.catch(() => release(true));
				return result;
			} catch (error) {
				const why = await begun.then(
					() => error,
					(notBegun: unknown) => notBegun,
				);
				release(
					await connection.query('rollback').then(
						() => false,
						() => true,
					),
				);
				throw why;
			}
		}, pool.options.connectionString);
	/** If one of the three fails, PostgreSQL takes the last for a rollback. */
	const append = (firm: string | null, statement: SQL) =>
		withoutParameters(async () => {
			const { sql: text, params } = dialect.sqlToQuery(statement);
			const connection = await pool.connect();
			gatherWrites(connection);
			const asked = [
				connection.query(begin('read write', firm)),
				connection.query(text, params),
				connection.query('commit'),
			];
			const answers = await Promise.allSettled(asked);
			connection.release(answers.at(-1)?.status === 'rejected');
			for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
		}, pool.options.connectionString);

	return {
		role,
		read: (firm, work) => run('read only', firm, work),
		write: (firm, work) => run('read write', firm, work),
		append,
		forClient: (of) => planeOf(pool, turns, role, { client: of }),
		forLease: (of) => planeOf(pool, turns, role, { lease: of }),
		forJob: (of) => planeOf(pool, turns, role, { job: of }),
		...turns,
		async close() {
			const late = Promise.withResolvers<void>();
			const timer = setTimeout(late.resolve, CLOSING);
			await Promise.race([pool.end(), late.promise]);
			clearTimeout(timer);
		},
	};
}
