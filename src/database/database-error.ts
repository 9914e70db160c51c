import { DrizzleQueryError } from 'drizzle-orm/errors';
import { FirmsealError, SetupError } from '../errors.ts';

/**
 * A database error without anything that can hold a row or a bound parameter: PostgreSQL's DETAIL prints the row, Drizzle's message prints
 * the parameters, and servers send messages to clients.
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

/** The target of a connection, without its password. */
export interface DatabaseAddress {
	/** HOST:PORT */
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

/** The SQLSTATE or errno of a failure, and the database's address, for the operator who fixes it. Null if neither database nor network failed. */
export function databaseFailureOf(
	error: unknown,
): { readonly code: string; readonly address: DatabaseAddress | null } | null {
	const cause = error instanceof FirmsealError ? error.cause : error;
	if (!(cause instanceof DatabaseError || cause instanceof DatabaseUnreachableError)) return null;
	return { code: cause.code, address: addressesOfErrors.get(cause) ?? null };
}

/** Kept outside the errors, so that an error printed with all its properties shows no address and no user. */
const addressesOfErrors = new WeakMap<Error, DatabaseAddress>();

function withAddress<Of extends Error>(error: Of, address: DatabaseAddress | null): Of {
	if (address) addressesOfErrors.set(error, address);
	return error;
}

const hasCode =
	(code: string) =>
	(error: unknown): error is DatabaseError =>
		error instanceof DatabaseError && error.code === code;

export const isUniqueViolation = hasCode('23505');

/** Another insert of the same id committed first. */
export const isIdTaken = (error: unknown): boolean =>
	isUniqueViolation(error) && error.constraint?.endsWith('_firm_id_id_pk') === true;

export const isDeadlock = hasCode('40P01');

/** One of our SQL functions refused because something is in another state. */
export const isInvalidState = hasCode('25000');

export const isLockTimeout = hasCode('55P03');

/** The statement ran or waited too long, or conflicted with another. It may succeed when it is repeated. */
export const isTransient = (error: unknown): error is DatabaseError =>
	error instanceof DatabaseError && /^(40|55P03|57014|25P03)/.test(error.code);

/** The coded error to send to a caller; null if the error must not be sent to one. */
export function toCallerError(error: unknown): FirmsealError | null {
	if (error instanceof FirmsealError) return error;
	if (!isTransient(error)) return null;
	return new FirmsealError(
		'AUDIT_UNAVAILABLE',
		'The database did not finish in time, or another request changed the same data. Nothing more was done. Try again.',
		{ cause: error },
	);
}

/** A trigger refused a change that breaks a rule on people which no constraint can express. */
export const isIntegrityViolation = hasCode('23000');

/**
 * A person asked a firm for more leases, or the platform for more jobs that all firms are notified of, than one hour or day allows
 * (drizzle/0008_leases.sql, 0012_jobs.sql).
 */
export const isRequestLimitExceeded = hasCode('FS003');

/** A value is sealed under a key version below the minimum (drizzle/0011_keys_and_files.sql). */
const CLOSED_VERSION = 'FS001';

/** A value, a key or a lease does not fit the custody of its class, which changed during the request (drizzle/0020_custody_of_classes.sql). */
const OTHER_CUSTODY = 'FS004';

/** The class can't change its custody now. */
const CLASS_IN_USE = 'FS005';

/** The connection was lost, refused or never made, or the server stops, starts, is full or has a system error (classes 08, 53, 57P, 58). */
const UNAVAILABLE = /^(08|53|57P|58)|^E(CONN|PIPE|HOST|NET|AI_|TIMEDOUT)|^ENOTFOUND$|^ERR_(UNPROVEN|SCRAM_ITERATIONS)$/;

/** The driver's own messages, without a code, for a lost or missing connection. They never hold a value. */
const CONNECTION_LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const CONNECTION_TIMED_OUT =
	/^(timeout exceeded when trying to connect|timeout expired|Connection terminated due to connection timeout)/;

/** The driver's message if SCRAM fails. The server is the cause, unless this side has no password. */
const SCRAM = /^SASL: /;
const NO_PASSWORD = /^SASL: .*client password must be/;

/** The C library got no memory. PostgreSQL reports it as internal_error. */
const NO_MEMORY = /: Cannot allocate memory$/;
const OUT_OF_MEMORY = '53200';

class DatabaseUnreachableError extends Error {
	/** An SQLSTATE or an errno. */
	readonly code: string;

	constructor(code: string) {
		super(`The database is unreachable (${code}).`);
		this.code = code;
	}
}

/** The disk had no room for a write. Another tablespace of the same database may have room. */
export const isDiskFull = (error: unknown): boolean =>
	error instanceof FirmsealError && error.cause instanceof DatabaseUnreachableError && error.cause.code === '53100';

/** Null if the error does not mean that the database is unreachable. */
function unreachableCodeOf(code: unknown, message: string): string | null {
	if (typeof code === 'string' && UNAVAILABLE.test(code)) return code;
	if (code === 'XX000' && NO_MEMORY.test(message)) return OUT_OF_MEMORY;
	if (CONNECTION_TIMED_OUT.test(message)) return 'ETIMEDOUT';
	if (SCRAM.test(message) && !NO_PASSWORD.test(message)) return 'ERR_UNPROVEN';
	return CONNECTION_LOST.test(message) ? 'ECONNRESET' : null;
}

/** Failures that the driver finds before the server does: no password to send, or no TLS on the server. */
const OF_DRIVER: readonly (readonly [RegExp, string])[] = [
	[NO_PASSWORD, '28P01'],
	[/^The server does not support SSL connections/, 'ERR_NO_TLS'],
];

/** Runs `work` and strips statement, parameters, message and row from every error of the driver. `url`: the database that `work` uses. */
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
			'The key was replaced during this request, and nothing was written. Repeat the request.',
		);
	if (code === OTHER_CUSTODY)
		return new FirmsealError(
			'CONFLICT',
			"Who holds the keys of this content has changed during this request, and nothing was written. Repeat the request in the form of the class's present custody.",
		);
	if (code === CLASS_IN_USE)
		return new FirmsealError(
			'CONFLICT',
			'The custody of a class changes only while no lease on it is open, none of its columns is still moved from plaintext, and, at the end of a move, no record is left in the other custody.',
		);
	if (typeof code === 'string')
		return withAddress(new DatabaseError(code, typeof constraint === 'string' ? constraint : null), address);
	const [, ofDriver] = OF_DRIVER.find(([said]) => said.test(message ?? '')) ?? [];
	if (ofDriver) return withAddress(new DatabaseError(ofDriver, null), address);
	return error instanceof DrizzleQueryError ? new DatabaseError('XX000', null) : error;
}
