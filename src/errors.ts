/** What docs/reference/errors.md says about a code. */
interface ErrorDescription {
	readonly when: string;
	/** Whether the same request may succeed later, and what the caller does first. */
	readonly retry: string;
}

const FIX_REQUEST = 'No: fix the request.';

/**
 * Every code that a caller can meet in `extensions.code` or in a problem document. The list is fixed: clients switch on it. It does not
 * come from the descriptions, because a client has the codes without them.
 */
export const ERROR_CODES = [
	'UNAUTHENTICATED',
	'FORBIDDEN',
	'NOT_FOUND',
	'BAD_USER_INPUT',
	'CONFLICT',
	'LEASE_REQUIRED',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
	'KEY_UNAVAILABLE',
	'CIPHERTEXT_INVALID',
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'PAYLOAD_TOO_LARGE',
	'RATE_LIMITED',
	'GRAPHQL_PARSE_FAILED',
	'GRAPHQL_VALIDATION_FAILED',
	'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The code under which a table lists a reason; FORBIDDEN for one that it does not list, so that a client need not load those. */
export function codeOfReason<Reason extends string>(
	table: Readonly<Partial<Record<ErrorCode, readonly Reason[]>>>,
	reason: Reason,
): ErrorCode {
	for (const [code, reasons] of Object.entries<readonly Reason[]>(table))
		if (reasons.includes(reason)) return code as ErrorCode;
	return 'FORBIDDEN';
}

export const ERROR_DESCRIPTIONS: Readonly<Record<ErrorCode, ErrorDescription>> = {
	UNAUTHENTICATED: {
		when: 'The request has no token, or a wrong or expired one, or the account is unknown or disabled.',
		retry: 'After signing in again.',
	},
	FORBIDDEN: {
		when: 'The role may not call this operation, the account has lost its role, the firm is suspended, or this server serves the other plane.',
		retry: 'No.',
	},
	NOT_FOUND: {
		when: 'A mutation names an object that does not exist or that the caller may not see, or the path is unknown.',
		retry: 'No.',
	},
	BAD_USER_INPUT: {
		when: 'An id, cursor, variable or the request is malformed, or a text is too long or has a NUL or a lone surrogate.',
		retry: FIX_REQUEST,
	},
	CONFLICT: {
		when: 'The object has another revision than expected, an id, slug or address is taken, or another upload to the document is running. The status is 412 if `If-Match` or `If-None-Match` does not allow the stored file.',
		retry: 'After reading the object again.',
	},
	LEASE_REQUIRED: { when: 'An operator asks for a file without a lease.', retry: 'With a lease.' },
	LEASE_NOT_ACTIVE: {
		when: 'The lease that the request names is not active, is not yours, or ended before the answer was sent, or the request took longer than it may hold a lease. The answer has no data.',
		retry: 'With an active lease.',
	},
	LEASE_SCOPE: {
		when: 'The request would exceed the read budget of its lease, or asks for a file outside the lease. The answer has no data; reads that the request made before stay counted and recorded.',
		retry: 'With another lease, or with a request that reads less.',
	},
	KEY_UNAVAILABLE: {
		when: "The firm's key is disabled, destroyed or unreachable. There is one error per coordinate; metadata is answered. Nothing changes, except that a lease can still be revoked. What a request took from the budget of its lease stays taken.",
		retry: 'Yes, after `Retry-After` seconds.',
	},
	CIPHERTEXT_INVALID: {
		when: 'A stored value does not open. There is one error per value, at most 20 in an answer; the other values are answered.',
		retry: 'No: restore the value from a backup.',
	},
	AUDIT_UNAVAILABLE: {
		when: 'The database is unreachable or too slow, other transactions lock what the request needs, or the audit log cannot be written. The answer has no data.',
		retry: 'Yes, after `Retry-After` seconds. Check first whether a mutation took effect.',
	},
	TOO_EXPENSIVE: {
		when: 'The document, a page or the answer exceeds a limit, which the message names. Nothing changes, unless only the answer to a mutation is too long: then the change stays, and the message says so.',
		retry: 'No: ask for less.',
	},
	PAYLOAD_TOO_LARGE: {
		when: 'The body or the file exceeds its limit. Too long headers have status 431.',
		retry: 'No: send less.',
	},
	RATE_LIMITED: {
		when: 'There are more requests per minute, at once, or at once under leases than the limit allows. Or one person asks for too many leases (the 11th on a firm within an hour, the 41st within a day) or jobs. Nothing changes, unless there is no room for the long answer to a mutation: then the change stays, and the message says so.',
		retry:
			'Yes, after `Retry-After` seconds if the answer has that header, unless the message says that the change stays.',
	},
	GRAPHQL_PARSE_FAILED: { when: 'The document is not GraphQL.', retry: FIX_REQUEST },
	GRAPHQL_VALIDATION_FAILED: { when: 'The document does not fit the schema.', retry: FIX_REQUEST },
	INTERNAL: {
		when: 'Something unforeseen happened. For files also: the object store is unreachable (status 503) or full (507).',
		retry: 'For a file with status 503, after `Retry-After` seconds. Otherwise no: report it with the request id.',
	},
};

/**
 * An error whose message may be shown to the caller. The message says what to do. It never holds content, a key, a token or a bound
 * parameter.
 */
export class FirmsealError extends Error {
	override readonly name: string = 'FirmsealError';
	readonly code: ErrorCode;

	/** `cause` is for the log only, which records its class and code. */
	constructor(code: ErrorCode, message: string, options?: Pick<ErrorOptions, 'cause'>) {
		super(message, options);
		this.code = code;
	}

	/** graphql-js copies this into the error that it answers. */
	get extensions(): { readonly code: ErrorCode } {
		return { code: this.code };
	}
}

/**
 * FORBIDDEN because the person's sign-in is too old for this decision. `extensions.maxAge` says so to a client, which then has the person
 * sign in again with that max_age (OpenID Connect Core, section 3.1.2.1) and repeats the request.
 */
export class StaleSignInError extends FirmsealError {
	/** Seconds, as in access/sign-in-freshness.ts. */
	readonly maxAge = 300;

	constructor(message: string) {
		super('FORBIDDEN', message);
	}

	override get extensions() {
		return { code: this.code, maxAge: this.maxAge };
	}
}

/** Why the process does not start, and how to fix it. For the person who deploys, never for a caller. */
export class SetupError extends Error {
	override readonly name = 'SetupError';
}

const NO_FILE_PERMISSION =
	'The user who runs Firmseal has no access to {path}: give that user access, or set {setting} to another path.';
const NO_ROUTE_TO_HOST = 'No route leads to {host}: fix the network, or the host in {setting}.';
const UNTRUSTED =
	'The certificate of {host} is signed by an unknown authority: name a file with the certificate of that authority in NODE_EXTRA_CA_CERTS.';
const UNPREPARED =
	'Database {database} at {host} is not prepared for this version of Firmseal: run `firmseal init`, or fix {setting}.';

/**
 * What an error code of the file system, the network or PostgreSQL means, and what to do about it. The names in braces are filled in from
 * the settings, never with a password or a value of a statement.
 */
export const ERROR_EXPLANATIONS: Readonly<Record<string, string>> = {
	ENOSPC: 'The disk of {path} is full: free some space, or set {setting} to a directory on another disk.',
	EDQUOT: 'Your disk quota for {path} is used up: free some space, or set {setting} to a directory on another disk.',
	ENOTDIR: '{path} is not a directory, or lies below a file: set {setting} to a directory.',
	EEXIST: '{path} is not a directory: set {setting} to one.',
	ENOENT: '{path} does not exist and cannot be created: set {setting} to a directory on a disk that accepts files.',
	EACCES: NO_FILE_PERMISSION,
	EPERM: NO_FILE_PERMISSION,
	EROFS:
		'The disk of {path} is read-only: mount it with write access, or set {setting} to a directory on another disk.',
	ELOOP: '{path} has links that form a loop: fix the links, or set {setting} to a directory.',
	ENAMETOOLONG: '{path} is longer than the disk allows: set {setting} to a shorter path.',
	EMFILE: 'This process has reached its limit of open files: raise the limit (ulimit -n).',
	ENFILE: 'This machine has reached its limit of open files: raise the limit (fs.file-max).',
	EIO: 'The disk of {path} reports an error: replace it, and restore from a backup.',
	ENOTFOUND: '{host} cannot be resolved to an address: fix the host in {setting}.',
	EAI_AGAIN: '{host} cannot be resolved because no name server answers: fix the network, or the host in {setting}.',
	ECONNREFUSED: 'No PostgreSQL listens at {host}: start it, or fix host and port in {setting}.',
	ECONNRESET: '{host} closes the connection: read the log of its PostgreSQL, or fix {setting}.',
	ETIMEDOUT: '{host} does not answer: start PostgreSQL there, open the firewall, or fix {setting}.',
	EHOSTUNREACH: NO_ROUTE_TO_HOST,
	ENETUNREACH: NO_ROUTE_TO_HOST,
	ERR_NO_TLS:
		'The PostgreSQL at {host} does not support TLS: turn TLS on there (ssl = on), or fix sslmode in {setting}.',
	ERR_UNPROVEN:
		'{host} does not prove that it knows the password of user {user}: check that it is your PostgreSQL, and make it ask for SCRAM (scram-sha-256 in pg_hba.conf, auth_type in PgBouncer), or set sslmode=verify-full in {setting}.',
	ERR_SCRAM_ITERATIONS:
		'{host} asks user {user} for a SCRAM proof with fewer than 4096 or more than 100000 iterations: check that it is your PostgreSQL, and set the password of {user} there again while scram_iterations is in this range.',
	DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
	SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
	CERT_HAS_EXPIRED: 'The certificate of {host} has expired: give that server a new one.',
	ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of {host} is for another name: fix the host in {setting}.',
	'28P01': '{host} refuses the password of user {user}: fix it in {setting}{login}.',
	'28000':
		'{host} does not let user {user} sign in to database {database}: fix {setting}{login}, or give the user LOGIN (ALTER ROLE), or fix pg_hba.conf of that server.',
	'3D000': 'Database {database} does not exist at {host}: create it with createdb, or fix {setting}.',
	'42501': 'User {user} lacks a right in database {database} at {host}: run `firmseal init`, or {right}.',
	'42P01': UNPREPARED,
	'42704': UNPREPARED,
	'42883': UNPREPARED,
	'53100': 'The disk of the PostgreSQL at {host} is full: free some space.',
	'53300':
		'The PostgreSQL at {host} has no free connection for user {user}: close idle connections, or raise max_connections, or the CONNECTION LIMIT of that login (docs/how-to/deploy.md).',
	'57P03': 'The PostgreSQL at {host} is starting or stopping: try again in a moment.',
};

/** Codes of the network whose explanation fits every server, not only PostgreSQL. */
const NETWORK_ERROR_CODES =
	/^(?:ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const UNKNOWN_FILE_ERROR = '{path} cannot be used: set {setting} to another directory.';

/** The `code` of an error that Node throws, or 'unknown'. */
export const errorCodeOf = (error: unknown): string =>
	typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';

/** The explanation of a code, with the code in it, or null if there is none. `about` fills the names in braces. */
export const explainErrorCode = (code: string, about: Readonly<Record<string, string>>): string | null =>
	Object.hasOwn(ERROR_EXPLANATIONS, code) ? filled(ERROR_EXPLANATIONS[code] ?? '', code, about) : null;

/** The explanation if the code says that the network does not lead to a server; null for any other code. */
export const explainNetworkErrorCode = (code: string, host: string, setting: string): string | null =>
	NETWORK_ERROR_CODES.test(code) ? explainErrorCode(code, { host, setting }) : null;

/** The explanation for a file or directory; never null. `setting` names the setting that chooses the path. */
export const explainFileErrorCode = (code: string, path: string, setting = 'the data directory'): string =>
	explainErrorCode(code, { path, setting }) ?? filled(UNKNOWN_FILE_ERROR, code, { path, setting });

const filled = (sentence: string, code: string, about: Readonly<Record<string, string>>): string =>
	sentence
		.replace(/: |\.$/, (end) => ` (${code})${end}`)
		.replaceAll(/\{(\w+)\}/g, (_, name: string) => shortened(about[name] ?? name));

/** A path may be thousands of characters long. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 100)}…` : text);
