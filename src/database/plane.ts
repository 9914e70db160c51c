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
 * Access to the database: every statement runs in a transaction that first takes the plane's role and names its firm. All settings are LOCAL, so
 * that a pooled connection keeps nothing, and a forgotten firm shows no row.
 * Throws DatabaseError, or AUDIT_UNAVAILABLE if the database is unreachable. No error holds a parameter.
 */
export interface Plane {
	readonly role: PlaneRole;
	/** `firm`: id of the firm whose rows the transaction sees; null if the role's policies need none. */
	read<T>(firm: string | null, work: (tx: Transaction) => Promise<T>): Promise<T>;
	/** `lost` is aborted when the connection is lost while the transaction is idle. Otherwise only the next statement would find out. */
	write<T>(firm: string | null, work: (tx: Transaction, lost?: AbortSignal) => Promise<T>): Promise<T>;
	/** Runs one statement in its own transaction, in one round trip. */
	append(firm: string | null, statement: SQL): Promise<void>;
	/** The same plane, whose transactions name the portal's client. A forgotten client shows no row. */
	forClient(client: string): Plane;
	/** The same plane, whose transactions name a break-glass lease and end five seconds after their last statement. */
	forLease(lease: string): Plane;
	/** The same plane, whose transactions name a maintenance job. */
	forJob(job: string): Plane;
	/**
	 * Limits the transactions of one party, which is a firm or a person of the platform, to a third of the connections, so that one party's
	 * statements do not delay another's.
	 */
	readonly limitedPerParty: KeyedLimiter;
	/**
	 * Runs slow work of one party one at a time. Take its slot before that of limitedPerParty and release it after, so that no work that holds a
	 * connection waits for it.
	 */
	readonly exclusivePerParty: KeyedLimiter;
	/** Ends the pool after the running transactions, or after five seconds. */
	close(): Promise<void>;
}

export interface PlaneOptions {
	readonly url: string;
	readonly role: PlaneRole;
	/** Maximum number of connections. */
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

/** For a promise whose rejection is handled later. */
const ignore = () => {};

/**
 * Sends everything that is queued until the ready promises have run in one write, because each write costs as much as a short statement. The
 * socket is a private part of the driver: if it is missing, only this optimization is lost.
 */
function gatherWrites(client: PoolClient): void {
	const { stream } =
		(client as { connection?: { stream?: Partial<Pick<Socket, 'cork' | 'uncork'>> } }).connection ?? {};
	stream?.cork?.();
	process.nextTick(() => stream?.uncork?.());
}

/** What a plane's transactions name besides the firm. */
interface TransactionNames {
	readonly client?: string;
	readonly lease?: string;
	readonly job?: string;
}

/** Milliseconds that a lease's transaction may take. A person who ends the lease waits for it. */
export const LEASE_DEADLINE = 5_000;

/**
 * Settings that a login can change for itself by ALTER ROLE, and that decide which objects and rows a statement finds, how text and results
 * are read, how long a statement waits, and whether a commit is durable. tables/time.ts relies on the formats of dates and times.
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
	// Keeps `remote_apply` if the administrator has set it; never less than `on`.
	"set_config('synchronous_commit', case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end, true)",
	// Since PostgreSQL 17.
	"case when current_setting('transaction_timeout', true) <> '0' then set_config('transaction_timeout', '0', true) end",
].join(', ');

/** A pool, the limiters that all its planes share, and what this plane's transactions name. */
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
	// Independent of the server's defaults. Read committed, because the rules on people count rows before they write, so each statement must see
	// what is committed. The timeout is a statement of its own, because a login's own default could end the longer one that follows.
	return `begin isolation level read committed ${accessMode}; set local statement_timeout = ${timeout};
		select set_config('role', ${escapeLiteral(role)}, true),
		set_config('firmseal.firm', ${escapeLiteral(firm ?? '')}, true),
		set_config('firmseal.client', ${escapeLiteral(client ?? '')}, true),
		set_config('firmseal.lease', ${escapeLiteral(lease ?? '')}, true),
		set_config('firmseal.job', ${escapeLiteral(job ?? '')}, true),
		${PINNED_SETTINGS}, set_config('idle_in_transaction_session_timeout', '${timeout}', true)`;
}

/**
 * Runs `work` in a transaction of the plane's role, with as few round trips as possible: the first statement of `work` is sent together with
 * BEGIN, and a reader gets its result before COMMIT is answered. If BEGIN fails, statements run as the login, which has no privilege (roles.ts).
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
		// Destroys a connection that cannot even roll back, because the pool would wait for it forever.
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

/** If one of the first two fails, PostgreSQL treats COMMIT as ROLLBACK. */
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

/** Concurrent reads of one request. The party's other requests share its remaining connections. */
export const MAX_CONCURRENT_STATEMENTS = 2;

/** Stored content and text that one request may read: bytes of sealed values plus UTF-16 units of text. The last statement may exceed it. */
const MAX_BYTES_READ = 64 * 1024 * 1024;

/**
 * The plane for one request of `party`: two reads at a time, and no further read after too much was read. Writes belong to mutations, which run
 * one after the other. Reads throw FirmsealError TOO_EXPENSIVE.
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

/** Bytes of sealed values plus UTF-16 units of text in a result: rows, or rows by parent. */
function sizeOfResult(result: unknown): number {
	if (typeof result === 'string') return result.length;
	if (result instanceof Uint8Array) return result.length;
	if (typeof result !== 'object' || result === null || result instanceof Date) return 0;
	const inside = result instanceof Map ? result.values() : Object.values(result);
	let bytes = 0;
	for (const each of inside) bytes += sizeOfResult(each);
	return bytes;
}

/** Runs at most `most` works at once. The others wait in order of arrival. */
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

/** Runs work of a party in its turn. @throws Error for work within work */
type KeyedLimiter = <T>(party: string, work: () => Promise<T>) => Promise<T>;

/**
 * A limiter for each party, so that no party waits for another. Work that waits for a second slot could wait for itself, so it is refused at
 * once.
 */
function createKeyedLimiter(most: number): KeyedLimiter {
	/** Only parties that have work now. */
	const limiters = new Map<string, { readonly inTurn: ReturnType<typeof createLimiter>; works: number }>();
	const working = new AsyncLocalStorage<true>();
	return async (party, work) => {
		if (working.getStore()) throw new Error('Work that holds a slot asks for another one, and could deadlock.');
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
