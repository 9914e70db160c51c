/**
 * Every code that a caller can meet in `extensions.code` or in a problem document.
 * The list is fixed: clients switch on it.
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

/**
 * An error whose message may be shown to the caller. The message is one sentence that tells what to do;
 * it never holds content, a key, a token or a bound parameter.
 */
export class FirmsealError extends Error {
	override readonly name: string = 'FirmsealError';
	readonly code: ErrorCode;

	/** `cause`: for the log alone, which takes its class and code. */
	constructor(code: ErrorCode, message: string, options?: Pick<ErrorOptions, 'cause'>) {
		super(message, options);
		this.code = code;
	}

	/** graphql-js takes it over into the error that it answers. */
	get extensions(): { readonly code: ErrorCode } {
		return { code: this.code };
	}
}

/** Why the process will not start, and how to fix it; for anyone who deploys, never for a caller. */
export class SetupError extends Error {
	override readonly name = 'SetupError';
}

const NO_FILE_PERMISSION =
	'{path} is closed to the user who runs Firmseal: give it to that user, or set {setting} to another.';
const NO_ROUTE_TO_HOST = 'There is no way to {host}: fix the network, or the host in {setting}.';
const UNTRUSTED =
	'The certificate of {host} is signed by no authority known here: name its own in NODE_EXTRA_CA_CERTS.';
const UNPREPARED =
	'Database {database} at {host} is not prepared for this version of Firmseal: run `firmseal init`, or fix {setting}.';

/**
 * What a code of the file system, the network or PostgreSQL means to the person who runs the program, and what to do. What stands in
 * braces comes from the settings: never a password, never a value of a statement.
 */
export const ERROR_EXPLANATIONS: Readonly<Record<string, string>> = {
	ENOSPC: 'The disk of {path} is full: make room on it, or set {setting} to a directory of another disk.',
	EDQUOT: 'Your quota on the disk of {path} is used up: make room, or set {setting} to a directory of another disk.',
	ENOTDIR: '{path} is not a directory, or lies below a file: set {setting} to a directory.',
	EEXIST: '{path} is not a directory: set {setting} to one.',
	ENOENT: '{path} is not there and cannot be made: set {setting} to a directory of a disk that takes files.',
	EACCES: NO_FILE_PERMISSION,
	EPERM: NO_FILE_PERMISSION,
	EROFS:
		'The disk of {path} can only be read: mount it to be written, or set {setting} to a directory of another disk.',
	ELOOP: '{path} leads through links in a circle: fix the link, or set {setting} to a directory.',
	ENAMETOOLONG: '{path} is longer than the disk takes: set {setting} to a shorter path.',
	EMFILE: 'This process has as many files open as it may: raise its limit (ulimit -n).',
	ENFILE: 'This machine has as many files open as it may: raise its limit (fs.file-max).',
	EIO: 'The disk of {path} reports an error: replace it, and restore from a backup.',
	ENOTFOUND: '{host} cannot be resolved to an address: fix the host in {setting}.',
	EAI_AGAIN: '{host} cannot be resolved, no name server answers: fix the network, or the host in {setting}.',
	ECONNREFUSED: 'No PostgreSQL listens at {host}: start it, or fix host and port in {setting}.',
	ECONNRESET: '{host} ends the connection: look into the log of the PostgreSQL there, or fix {setting}.',
	ETIMEDOUT: '{host} does not answer: start PostgreSQL there, open the firewall, or fix {setting}.',
	EHOSTUNREACH: NO_ROUTE_TO_HOST,
	ENETUNREACH: NO_ROUTE_TO_HOST,
	ERR_NO_TLS: 'The PostgreSQL at {host} speaks no TLS: turn it on there (ssl = on), or fix sslmode in {setting}.',
	ERR_UNPROVEN:
		'{host} does not prove that it knows the password of user {user}: see that it is your PostgreSQL, and let that ask for SCRAM (scram-sha-256 in pg_hba.conf, auth_type in PgBouncer), or set sslmode=verify-full in {setting}.',
	ERR_SCRAM_ITERATIONS:
		'{host} asks user {user} for a proof by fewer than 4096 iterations of SCRAM or more than 100000: see that it is your PostgreSQL, and set the password of {user} there again while scram_iterations is between these.',
	DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
	SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
	CERT_HAS_EXPIRED: 'The certificate of {host} has expired: give that server another.',
	ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of {host} is for another name: fix the host in {setting}.',
	'28P01': '{host} refuses the password of user {user}: fix it in {setting}{login}.',
	'28000':
		'{host} lets user {user} not sign in to database {database}: fix {setting}{login}, or give the user LOGIN (ALTER ROLE), or fix pg_hba.conf of that server.',
	'3D000': 'There is no database {database} at {host}: make it with createdb, or fix {setting}.',
	'42501': 'User {user} lacks a right in database {database} at {host}: run `firmseal init`, or {right}.',
	'42P01': UNPREPARED,
	'42704': UNPREPARED,
	'42883': UNPREPARED,
	'53100': 'The disk of the PostgreSQL at {host} is full: make room on it.',
	'53300':
		'The PostgreSQL at {host} has no connection free for user {user}: end idle ones, or raise max_connections, or the CONNECTION LIMIT of that login (docs/how-to/deploy.md).',
	'57P03': 'The PostgreSQL at {host} is starting or stopping: repeat this in a moment.',
};

/** Codes of the way to a host that are told the same of every server. */
const NETWORK_ERROR_CODES =
	/^(?:ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const UNKNOWN_FILE_ERROR = '{path} cannot be used: set {setting} to another directory.';

/** The code of what Node throws. */
export const errorCodeOf = (error: unknown): string =>
	typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';

/** The sentence for a code, and the code in it; null: nobody foresaw it. `about` fills the braces. */
export const explainErrorCode = (code: string, about: Readonly<Record<string, string>>): string | null =>
	Object.hasOwn(ERROR_EXPLANATIONS, code) ? filled(ERROR_EXPLANATIONS[code] ?? '', code, about) : null;

/** The same of the way to any server; null: there may be one, and it doesn't answer. */
export const explainNetworkErrorCode = (code: string, host: string, setting: string): string | null =>
	NETWORK_ERROR_CODES.test(code) ? explainErrorCode(code, { host, setting }) : null;

/** The same of a file or directory, whatever the code. `setting`: what chooses where it is. */
export const explainFileErrorCode = (code: string, path: string, setting = 'the data directory'): string =>
	explainErrorCode(code, { path, setting }) ?? filled(UNKNOWN_FILE_ERROR, code, { path, setting });

const filled = (sentence: string, code: string, about: Readonly<Record<string, string>>): string =>
	sentence
		.replace(/: |\.$/, (end) => ` (${code})${end}`)
		.replaceAll(/\{(\w+)\}/g, (_, name: string) => shortened(about[name] ?? name));

/** A path may be thousands of characters long, and is known by its beginning. */
const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 100)}…` : text);
