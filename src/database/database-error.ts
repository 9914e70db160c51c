import { DrizzleQueryError } from 'drizzle-orm/errors';
import { FirmsealError, SetupError } from '../errors.ts';

/**
 * What is left of a database error once everything that can hold a row or a bound parameter is gone: PostgreSQL's DETAIL
 * prints the row, Drizzle's message prints the parameters, and servers send messages to clients.
 */
export class DatabaseError extends Error {
	override readonly name = 'DatabaseError';
	/** SQLSTATE, five characters. */
	readonly code: string;
	readonly constraint: string | null;

	constructor(code: string, constraint: string | null) {
		super(`The database refused a statement (SQLSTATE ${code}${constraint ? `, constraint ${constraint}` : ''}).`);
		this.code = code;
		this.constraint = constraint;
	}
}

/** Where a connection leads, without its password. */
export interface DatabaseAddress {
	/** With its port. */
	readonly host: string;
	readonly database: string;
	readonly user: string;
}

export function databaseAddressOf(url: string): DatabaseAddress | null {
	const parsed = URL.parse(url);
	if (!parsed) return null;
	const [user, database] = [decoded(parsed.username), decoded(parsed.pathname.slice(1))];
	return { host: `${parsed.hostname}:${parsed.port || 5432}`, database: database || user, user };
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

/** What the database or the way to it said, by SQLSTATE or errno, and where; null: it was neither. For anyone who has to fix it. */
export function databaseFailureOf(
	error: unknown,
): { readonly code: string; readonly address: DatabaseAddress | null } | null {
	const cause = error instanceof FirmsealError ? error.cause : error;
	if (!(cause instanceof DatabaseError || cause instanceof DatabaseUnreachableError)) return null;
	return { code: cause.code, address: addressesOfErrors.get(cause) ?? null };
}

/** Not in the errors themselves: an error that is printed whole shows no address and no user. */
const addressesOfErrors = new WeakMap<Error, DatabaseAddress>();

function withAddress<Of extends Error>(error: Of, address: DatabaseAddress | null): Of {
	if (address) addressesOfErrors.set(error, address);
	return error;
}

export const isUniqueViolation = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === '23505';

/** Two inserts found the id free at the same moment; this one was the later. */
export const isIdTaken = (error: unknown): boolean =>
	isUniqueViolation(error) && error.constraint?.endsWith('_firm_id_id_pk') === true;

/** Two transactions waited for each other, and PostgreSQL ended this one. */
export const isDeadlock = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === '40P01';

/** What a function of ours refuses because something is in another state. */
export const isInvalidState = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === '25000';

/** Someone has held a row for longer than the transaction was to wait. */
export const isLockTimeout = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === '55P03';

/**
 * A statement that took too long, waited too long or was in the way of another: it may be answered when it is asked again.
 */
export const isTransient = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && /^(40|55P03|57014|25P03)/.test(error.code);

/** The coded error that a caller is told of one; null: it is none of ours, and nothing may be told of it. */
export function toCallerError(error: unknown): FirmsealError | null {
	if (error instanceof FirmsealError) return error;
	if (!isTransient(error)) return null;
	return new FirmsealError(
		'AUDIT_UNAVAILABLE',
		'The database did not get to this in time, or others were at the same: nothing more was done; try again.',
		{ cause: error },
	);
}

/** What a trigger refuses: a rule on people that no constraint can say. */
export const isIntegrityViolation = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === '23000';

/** drizzle/0008_leases.sql, 0012_jobs.sql: one lease more than a person may ask a firm for within an hour or a day, or one job more that all firms are told of. */
export const isRequestLimitExceeded = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && error.code === 'FS003';

/** drizzle/0011_keys_and_files.sql: a value under a version of its key that is closed. */
const CLOSED_VERSION = 'FS001';

/** Connection lost, refused or never made; the server going down, starting up, full, or failed by its system (classes 08, 53, 57P, 58). */
const UNAVAILABLE = /^(08|53|57P|58)|^E(CONN|PIPE|HOST|NET|AI_|TIMEDOUT)|^ENOTFOUND$|^ERR_(UNPROVEN|SCRAM_ITERATIONS)$/;

/** What the driver says, without a code, of a connection that is gone or can't be had. Its own words, never a value. */
const CONNECTION_LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
/** All of a pool's connections are in use, or a new one takes too long. */
const CONNECTION_TIMED_OUT =
	/^(timeout exceeded when trying to connect|timeout expired|Connection terminated due to connection timeout)/;

/** What the driver says where the exchange of SCRAM fails: by the server, unless there is no password to take part with. */
const SCRAM = /^SASL: /;
const NO_PASSWORD = /^SASL: .*client password must be/;

/** A call of the C library that got no memory: PostgreSQL has no code for it but internal_error. */
const NO_MEMORY = /: Cannot allocate memory$/;
const OUT_OF_MEMORY = '53200';

/** Why the database could not be used, for anyone who has to fix it. */
class DatabaseUnreachableError extends Error {
	/** An SQLSTATE, or an errno. */
	readonly code: string;

	constructor(code: string) {
		super(`The database is away (${code}).`);
		this.code = code;
	}
}

/** There was no room for what was written; elsewhere in the same database there may be. */
export const isDiskFull = (error: unknown): boolean =>
	error instanceof FirmsealError && error.cause instanceof DatabaseUnreachableError && error.cause.code === '53100';

/** null: it isn't. */
function unreachableCodeOf(code: unknown, message: string): string | null {
	if (typeof code === 'string' && UNAVAILABLE.test(code)) return code;
	if (code === 'XX000' && NO_MEMORY.test(message)) return OUT_OF_MEMORY;
	if (CONNECTION_TIMED_OUT.test(message)) return 'ETIMEDOUT';
	if (SCRAM.test(message) && !NO_PASSWORD.test(message)) return 'ERR_UNPROVEN';
	return CONNECTION_LOST.test(message) ? 'ECONNRESET' : null;
}

/** What the driver finds wrong before the server does: it has no password to give, or no TLS to speak. */
const OF_DRIVER: readonly (readonly [RegExp, string])[] = [
	[NO_PASSWORD, '28P01'],
	[/^The server does not support SSL connections/, 'ERR_NO_TLS'],
];

/** Runs `work`; whatever the driver throws leaves without statement, parameters, message and row. `url`: where the work is done. */
export async function withoutParameters<T>(work: () => Promise<T>, url?: string): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw stripped(error, url === undefined ? null : databaseAddressOf(url));
	}
}

function stripped(error: unknown, address: DatabaseAddress | null): unknown {
	const cause = error instanceof DrizzleQueryError ? error.cause : error;
	if (cause instanceof DatabaseError || cause instanceof FirmsealError || cause instanceof SetupError) return cause;
	const { code, constraint, message } = (cause ?? {}) as { code?: unknown; constraint?: unknown; message?: string };
	const away = unreachableCodeOf(code, message ?? '');
	if (away !== null)
		return new FirmsealError(
			'AUDIT_UNAVAILABLE',
			'The database cannot be reached, so nothing can be read or recorded; try again later.',
			{ cause: withAddress(new DatabaseUnreachableError(away), address) },
		);
	if (code === CLOSED_VERSION)
		return new FirmsealError(
			'KEY_UNAVAILABLE',
			'The key was replaced while this was under way: repeat it, nothing was written.',
		);
	if (typeof code === 'string')
		return withAddress(new DatabaseError(code, typeof constraint === 'string' ? constraint : null), address);
	const [, ofDriver] = OF_DRIVER.find(([said]) => said.test(message ?? '')) ?? [];
	if (ofDriver) return withAddress(new DatabaseError(ofDriver, null), address);
	return error instanceof DrizzleQueryError ? new DatabaseError('XX000', null) : error;
}
