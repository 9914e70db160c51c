import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { SQL } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { PgDialect } from 'drizzle-orm/pg-core';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { FirmsealError } from '../errors.ts';
import { openPool, STATEMENT_TIMEOUT } from './connection.ts';
import { withoutParameters } from './database-error.ts';
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
	/** `lost` is aborted when the connection goes while it is idle in the transaction, which no one would notice before the next statement. */
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
	 * What takes the server long, for one party one after the other. Its slot is taken before that of limitedPerParty, and given back after it: no one
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
	const limiters = {
		limitedPerParty: createKeyedLimiter(Math.max(1, Math.floor(connections / 3))),
		exclusivePerParty: createKeyedLimiter(1),
	};
	return planeOf({ pool: openPool(url, connections), limiters, role, names: {} });
}

const dialect = new PgDialect();

/** Of what is looked at later. */
const ignore = () => {};

/**
 * What is sent from here until the promises that are ready have run leaves in one write: each costs as much as a short statement. The driver keeps its
 * socket to itself: if it is not found, only this is lost.
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

/** Milliseconds. A person who ends a lease waits for its transactions. */
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
	// The administrator may want more than `on`, and no one gets less.
	"set_config('synchronous_commit', case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, true)",
	// From 17 on.
	"case when current_setting('transaction_timeout', true) <> '0' then set_config('transaction_timeout', '0', true) end",
].join(', ');

/** A pool, what all planes over it share, and what this one's transactions name. */
interface PlaneParts {
	readonly pool: Pool;
	readonly limiters: Pick<Plane, 'limitedPerParty' | 'exclusivePerParty'>;
	readonly role: PlaneRole;
	readonly names: TransactionNames;
}

function planeOf(parts: PlaneParts): Plane {
	const { pool, limiters, role } = parts;
	return {
		role,
		read: (firm, work) => run(parts, 'read only', firm, work),
		write: (firm, work) => run(parts, 'read write', firm, work),
		append: (firm, statement) => append(parts, firm, statement),
		forClient: (client) => planeOf({ ...parts, names: { client } }),
		forLease: (lease) => planeOf({ ...parts, names: { lease } }),
		forJob: (job) => planeOf({ ...parts, names: { job } }),
		...limiters,
		async close() {
			const late = Promise.withResolvers<void>();
			const timer = setTimeout(late.resolve, CLOSING);
			await Promise.race([pool.end(), late.promise]);
			clearTimeout(timer);
		},
	};
}

type AccessMode = 'read only' | 'read write';

function beginningOf({ role, names }: PlaneParts, accessMode: AccessMode, firm: string | null): string {
	const { client, lease, job } = names;
	const timeout = lease ? LEASE_DEADLINE : STATEMENT_TIMEOUT;
	// Whatever the server's defaults are. Read committed: the rules on people count rows and then write, so each statement must see
	// what is committed. How long a statement may take is one of its own: a login's own default would end one that does more.
	return `begin isolation level read committed ${accessMode}; set local statement_timeout = ${timeout};
		select set_config('role', ${escapeLiteral(role)}, true),
		set_config('firmseal.firm', ${escapeLiteral(firm ?? '')}, true),
		set_config('firmseal.client', ${escapeLiteral(client ?? '')}, true),
		set_config('firmseal.lease', ${escapeLiteral(lease ?? '')}, true),
		set_config('firmseal.job', ${escapeLiteral(job ?? '')}, true),
		${PINNED_SETTINGS}, set_config('idle_in_transaction_session_timeout', '${timeout}', true)`;
}

/**
 * Runs `work` in a transaction of the plane's role. It waits for nothing that it need not wait for: the first statement of `work` follows the
 * beginning in the same round trip, and what was only read is answered while its transaction ends. Without a transaction a statement is the
 * login's, which may do nothing (roles.ts).
 */
const run = <T>(
	parts: PlaneParts,
	accessMode: AccessMode,
	firm: string | null,
	work: (tx: Transaction, lost?: AbortSignal) => Promise<T>,
): Promise<T> =>
	withoutParameters(async () => {
		const connection = await parts.pool.connect();
		const lost = new AbortController();
		const onLost = () => lost.abort();
		connection.once('end', onLost).once('error', onLost);
		// A connection that can't even roll back is thrown away; a pool that waits for it would wait for ever.
		const release = (isLost: boolean) => connection.off('end', onLost).off('error', onLost).release(isLost);
		gatherWrites(connection);
		const begun = connection.query(beginningOf(parts, accessMode, firm));
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
	}, parts.pool.options.connectionString);

/** If one of the three fails, PostgreSQL takes the last for a rollback. */
const append = (parts: PlaneParts, firm: string | null, statement: SQL): Promise<void> =>
	withoutParameters(async () => {
		const { sql: text, params } = dialect.sqlToQuery(statement);
		const connection = await parts.pool.connect();
		gatherWrites(connection);
		const asked = [
			connection.query(beginningOf(parts, 'read write', firm)),
			connection.query(text, params),
			connection.query('commit'),
		];
		const answers = await Promise.allSettled(asked);
		connection.release(answers.at(-1)?.status === 'rejected');
		for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
	}, parts.pool.options.connectionString);

/** Statements of one request that run at once: the rest of what its party has is for the party's other requests. */
const MAX_CONCURRENT_STATEMENTS = 2;

/** Stored content and text that one request reads: bytes of sealed values, UTF-16 units of text. What one statement more may bring is above it. */
const MAX_BYTES_READ = 64 * 1024 * 1024;

/**
 * A plane as one request of `party` has it: two statements at a time, and no further reading once it has read more than it may open.
 * Writes are a mutation's, one after the other. @throws FirmsealError TOO_EXPENSIVE, of a reading
 */
export function planeOfRequest(plane: Plane, party: string): Plane {
	const inTurn = createLimiter(MAX_CONCURRENT_STATEMENTS);
	let bytes = 0;

	return {
		...plane,
		read: (firm, work) =>
			inTurn(async () => {
				if (bytes > MAX_BYTES_READ)
					throw new FirmsealError(
						'TOO_EXPENSIVE',
						'The answer would hold more than 64 MiB of content: ask for fewer records or fields.',
					);
				const result = await plane.limitedPerParty(party, () => plane.read(firm, work));
				bytes += sizeOfResult(result);
				return result;
			}),
		write: (firm, work) => plane.limitedPerParty(party, () => plane.write(firm, work)),
	};
}

/** Bytes of the sealed values, and UTF-16 units of the text, in what a statement answers: rows, or rows by parent. */
function sizeOfResult(result: unknown): number {
	if (typeof result === 'string') return result.length;
	if (result instanceof Uint8Array) return result.length;
	if (typeof result !== 'object' || result === null || result instanceof Date) return 0;
	const inside = result instanceof Map ? result.values() : Object.values(result);
	let bytes = 0;
	for (const each of inside) bytes += sizeOfResult(each);
	return bytes;
}

/** At most `most` works run at once; the others wait for their turn, in the order in which they came. */
function createLimiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
	const waiting: (() => void)[] = [];
	let running = 0;
	return async (work) => {
		if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
		else running += 1;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running -= 1;
		}
	};
}

/** Does a party's work when it is its turn. @throws Error for work within work. */
type KeyedLimiter = <T>(party: string, work: () => Promise<T>) => Promise<T>;

/**
 * A limiter for each party, so that no party waits for another's work. Work that waited for its turn within a turn could wait for itself, so
 * it is refused at once.
 */
function createKeyedLimiter(most: number): KeyedLimiter {
	/** Only of parties that have work here. */
	const limiters = new Map<string, { readonly inTurn: ReturnType<typeof createLimiter>; works: number }>();
	const working = new AsyncLocalStorage<true>();
	return async (party, work) => {
		if (working.getStore()) throw new Error('What has its turn asks for another, and could wait for itself.');
		const own = limiters.get(party) ?? { inTurn: createLimiter(most), works: 0 };
		limiters.set(party, own);
		own.works += 1;
		try {
			return await own.inTurn(() => working.run(true, work));
		} finally {
			own.works -= 1;
			if (own.works === 0) limiters.delete(party);
		}
	};
}
