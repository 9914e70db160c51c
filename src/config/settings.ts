import { isIP } from 'node:net';
import { z } from 'zod';
import { parseThresholds } from './alert-settings.ts';
import { findNearest } from './find-nearest.ts';
import { Secret } from './secret.ts';

const must = (what: string) => ({ error: `must be ${what}` });

const wholeNumber = (least: number, most: number) =>
	z
		.string()
		.regex(/^\d{1,9}$/, must(`a whole number from ${least} to ${most}`))
		.transform(Number)
		.refine((value) => value >= least && value <= most, must(`a whole number from ${least} to ${most}`));

const ENCODED =
	'a URL whose user, password and database are percent-encoded: %23 for a #, %2F for a /, %3F for a ?, %40 for an @';

const databaseUrl = z
	.string()
	.refine(isEncoded, { ...must(ENCODED), abort: true })
	.refine(
		isDatabaseUrl,
		must('a URL like postgres://USER:PASSWORD@HOST/DATABASE with one host, and with %20 for a space and %25 for a %'),
	)
	.transform((url, issues) => {
		const wrong = wrongParameterOf(url);
		if (wrong === null) return new Secret(url);
		issues.addIssue({ code: 'custom', message: must(wrong).error });
		return z.NEVER;
	})
	.optional();

const roleArn = z
	.string()
	.regex(
		/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
		must('the ARN of an IAM role, arn:aws:iam::ACCOUNT:role/NAME'),
	)
	.optional();

const bucketName = z
	.string()
	.regex(
		/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
		must('the name of a bucket: 3 to 63 small letters, digits, dots and hyphens'),
	)
	.optional();

const ORIGINS =
	'origins as browsers send them, separated by commas: https://HOST or https://HOST:PORT (http:// only to this machine), nothing after it and no wildcard';

const WEBHOOK_SECRET = 'at least 32 printable characters without spaces, or whsec_ and then 24 to 64 bytes in base64';

const HTTP_URL = 'an https:// URL without user, password and # (http:// only to this machine), with %40 for an @';

const TOKEN_TYPES =
	'types of JWT without application/, such as at+jwt, or none for tokens without a type, separated by commas';

/** RFC 6838, section 4.2. */
const isTokenType = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/.test(text);

const isPrintable = (text: string): boolean => /^[\x21-\x7e]{1,200}$/.test(text);

const FERNET_KEYS =
	'keys of Fernet, 32 bytes in base64 each, or hkdf: and the secret that one is derived from, separated by commas; the newest first';

const DJANGO_KEYS =
	'a list in JSON, the newest first, of {"secretKey": …} with "cryptographyKey" and "salt" where the Django project sets them, or with "fieldKey", 16, 24 or 32 bytes in base64';

const djangoKeys = z
	.array(
		z.strictObject({
			secretKey: z.string().min(1),
			cryptographyKey: z.string().min(1).optional(),
			salt: z.string().min(1).optional(),
			fieldKey: z
				.base64()
				.refine((text) => [16, 24, 32].includes(Buffer.from(text, 'base64').length))
				.optional(),
		}),
	)
	.min(1);

/** What the settings of a Django project say that uses django-cryptography. */
export type DjangoSetting = z.infer<typeof djangoKeys>[number];

/** null for what is none. */
function readDjangoKeys(text: string): readonly DjangoSetting[] | null {
	try {
		return djangoKeys.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}

const isFernetKey = (text: string): boolean => /^(?:[A-Za-z0-9+/_-]{43}=|hkdf:.+)$/.test(text);

/** A name of this machine alone: of two logs of one name, nobody could tell whose a checkpoint is. */
export const DEFAULT_INSTALLATION = 'localhost';

/** Every setting of this version: its name, what it may be, and its default. Messages finish the sentence "NAME must be …". */
export const settingsSchema = z.object({
	FIRMSEAL_HOST: z
		.string()
		.regex(/^[\w.:-]+$/, must('an address or a host name'))
		.default('127.0.0.1'),
	FIRMSEAL_PORT: wholeNumber(0, 65_535).default(4000),
	FIRMSEAL_SHARE_PORT: z.enum(['on', 'off'], must('on or off')).default('off'),
	FIRMSEAL_DATA_DIR: z
		.string()
		.regex(/^\P{Cc}+$/u, must('a path without line breaks and other control characters'))
		.regex(/^\S(?:.*\S)?$/su, must('a path that neither begins nor ends with a blank'))
		.default('.firmseal'),
	FIRMSEAL_ENV: z.enum(['development', 'production'], must('development or production')).default('development'),
	FIRMSEAL_PLANE: z.enum(['all', 'firm', 'operator'], must('all, firm or operator')).default('all'),
	DATABASE_URL: databaseUrl,
	FIRMSEAL_OPERATOR_DATABASE_URL: databaseUrl,
	FIRMSEAL_WORKER_DATABASE_URL: databaseUrl,
	FIRMSEAL_BROKER_DATABASE_URL: databaseUrl,
	FIRMSEAL_DIRECT_DATABASE_URL: databaseUrl,
	FIRMSEAL_ADMIN_DATABASE_URL: databaseUrl,
	FIRMSEAL_KEYRING: z.enum(['local', 'aws-kms'], must('local or aws-kms')).default('local'),
	FIRMSEAL_ROOT_KEY: z
		.string()
		.regex(/^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/, must('32 bytes as 64 hexadecimal digits or as base64'))
		.transform((text) => new Secret<Uint8Array>(Buffer.from(text, text.length === 64 ? 'hex' : 'base64')))
		.optional(),
	FIRMSEAL_KEY_CACHE_SECONDS: wholeNumber(1, 3600).default(300),
	FIRMSEAL_KEY_DAYS: wholeNumber(1, 3650).default(365),
	FIRMSEAL_FERNET_KEYS: z
		.string()
		.transform((text) => text.split(','))
		.refine((keys) => keys.every(isFernetKey), must(FERNET_KEYS))
		.transform((keys) => new Secret<readonly string[]>(keys))
		.optional(),
	FIRMSEAL_DJANGO_KEYS: z
		.string()
		.transform(readDjangoKeys)
		.refine((keys) => keys !== null, must(DJANGO_KEYS))
		.transform((keys) => new Secret<readonly DjangoSetting[]>(keys ?? []))
		.optional(),
	FIRMSEAL_KMS_ROLE_FIRM: roleArn,
	FIRMSEAL_KMS_ROLE_OPERATOR: roleArn,
	FIRMSEAL_KMS_ROLE_BROKER: roleArn,
	FIRMSEAL_KMS_ROLE_WORKER: roleArn,
	FIRMSEAL_KMS_ROLE_SIGNER: roleArn,
	FIRMSEAL_OBJECTS: z.enum(['filesystem', 's3'], must('filesystem or s3')).default('filesystem'),
	FIRMSEAL_S3_BUCKET: bucketName,
	FIRMSEAL_S3_KMS_KEY_ID: z
		.string()
		.regex(/^[\x21-\x7e]{1,2048}$/, must('the id, alias or ARN of the KMS key of the bucket'))
		.optional(),
	/** What it must be, FIRMSEAL_OBJECTS decides (check-setting-combinations.ts). */
	FIRMSEAL_CLEAR_OBJECTS: z.string().optional(),
	FIRMSEAL_ANCHOR_BUCKET: bucketName,
	FIRMSEAL_ANCHOR_DAYS: wholeNumber(1, 36_500).default(365),
	FIRMSEAL_INSTALLATION: z
		.string()
		.regex(
			/^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/,
			must('a name like seal.example: 1 to 100 small letters, digits, dots and hyphens'),
		)
		.default(DEFAULT_INSTALLATION),
	// Other programs' names too: looked at only where the cloud is used (check-setting-combinations.ts).
	AWS_REGION: z.string().optional(),
	AWS_ENDPOINT_URL: z.string().optional(),
	AWS_ENDPOINT_URL_KMS: z.string().optional(),
	AWS_ENDPOINT_URL_S3: z.string().optional(),
	AWS_ENDPOINT_URL_STS: z.string().optional(),
	FIRMSEAL_JWT_ISSUER: z.string().optional(),
	FIRMSEAL_JWT_AUDIENCE: z.string().optional(),
	FIRMSEAL_PERSON_CLAIM: z
		.string()
		.regex(/^[A-Za-z0-9_.:/-]{1,100}$/, must('the name of a claim, such as oid'))
		.optional(),
	FIRMSEAL_JWKS_URL: z.string().refine(isHttpUrl, must(HTTP_URL)).optional(),
	FIRMSEAL_JWT_TYPES: z
		.string()
		.transform((list) => Object.freeze(list.split(',').map((item) => item.trim())))
		.refine((list) => list.every(isTokenType), must(TOKEN_TYPES))
		.transform((list) => Object.freeze(list.map((type) => type.toLowerCase())))
		.prefault('at+jwt,JWT'),
	FIRMSEAL_JWT_CLIENTS: z
		.string()
		.transform((list) => Object.freeze(list.split(',').map((item) => item.trim())))
		.refine((list) => list.every(isPrintable), must('ids of applications at the issuer, separated by commas'))
		.optional(),
	FIRMSEAL_JWT_MAX_LIFE_SECONDS: wholeNumber(60, 2_592_000).default(86_400),
	FIRMSEAL_AUTH_TIME_CLAIM: z
		.string()
		.refine(isPrintable, must('the name of a claim, 1 to 200 printable characters without spaces'))
		.default('auth_time'),
	FIRMSEAL_CORS_ORIGINS: z
		.string()
		.transform((list) => Object.freeze(list.split(',').map((item) => item.trim())))
		.refine((list) => list.every(isOrigin), must(ORIGINS))
		.optional(),
	FIRMSEAL_TRUST_PROXY: z
		.string()
		.transform((list) => Object.freeze(list.split(',').map((item) => item.trim())))
		.refine((list) => list.every(isNetwork), must('the addresses or networks of your proxies, separated by commas'))
		.optional(),
	FIRMSEAL_REQUESTS_AT_ONCE: wholeNumber(24, 10_000).default(128),
	FIRMSEAL_RATE_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
	FIRMSEAL_TLS_CERT: z.string().optional(),
	FIRMSEAL_TLS_KEY: z.string().optional(),
	FIRMSEAL_WEBHOOK_URL: z
		.string()
		.refine(isHttpUrl, must(HTTP_URL))
		.transform((url) => new Secret(url))
		.optional(),
	FIRMSEAL_WEBHOOK_SECRET: z
		.string()
		.refine(isWebhookSecret, must(WEBHOOK_SECRET))
		.transform((secret) => new Secret(secret))
		.optional(),
	FIRMSEAL_OPERATOR_PROOF: z.enum(['on', 'off'], must('on or off')).default('on'),
	FIRMSEAL_ALERTS: z
		.string()
		.transform((list, issues) => {
			const parsed = parseThresholds(list);
			if (!('problem' in parsed)) return parsed;
			issues.addIssue({ code: 'custom', message: must(parsed.problem).error });
			return z.NEVER;
		})
		.optional(),
	FIRMSEAL_LOG_LEVEL: z
		.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], must('fatal, error, warn, info, debug or silent'))
		.default('info'),
	FIRMSEAL_METRICS: z.enum(['on', 'off'], must('on or off')).default('on'),
	FIRMSEAL_TOKEN: z
		.string()
		.transform((token) => new Secret(token))
		.optional(),
	FIRMSEAL_URL: z
		.string()
		.refine(isHttpUrl, must(HTTP_URL))
		.transform((url) => url.replace(/\/+$/, ''))
		.optional(),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingName = keyof Settings;

export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** Settings that hold a secret: each can be given by a file, whose path is in the setting of this name and _FILE. */
export const SECRET_NAMES = [
	'DATABASE_URL',
	'FIRMSEAL_OPERATOR_DATABASE_URL',
	'FIRMSEAL_WORKER_DATABASE_URL',
	'FIRMSEAL_BROKER_DATABASE_URL',
	'FIRMSEAL_DIRECT_DATABASE_URL',
	'FIRMSEAL_ADMIN_DATABASE_URL',
	'FIRMSEAL_ROOT_KEY',
	'FIRMSEAL_FERNET_KEYS',
	'FIRMSEAL_DJANGO_KEYS',
	'FIRMSEAL_WEBHOOK_URL',
	'FIRMSEAL_WEBHOOK_SECRET',
	'FIRMSEAL_TOKEN',
] as const satisfies readonly SettingName[];

export const secretFileSettingOf = (name: string): string => `${name}_FILE`;

/** What Node itself reads of its environment, and start-up asks about. */
export const NODE_VARIABLES = [
	'NODE_OPTIONS',
	'NODE_TLS_REJECT_UNAUTHORIZED',
	'NODE_DEBUG',
	'NODE_DEBUG_NATIVE',
	'NODE_V8_COVERAGE',
	'NODE_REDIRECT_WARNINGS',
	'NODE_PATH',
	'NODE_COMPILE_CACHE',
	'NODE_PRESERVE_SYMLINKS',
	'NODE_PRESERVE_SYMLINKS_MAIN',
	'NODE_REPL_EXTERNAL_MODULE',
	'NODE_ICU_DATA',
	'OPENSSL_CONF',
	'OPENSSL_CONF_INCLUDE',
	'OPENSSL_MODULES',
	'OPENSSL_ENGINES',
	'SSLKEYLOGFILE',
] as const;

export type NodeVariable = (typeof NODE_VARIABLES)[number];

/** The setting that was probably meant; null when none is near. */
export const nearestSetting = (name: string): string | null =>
	findNearest(name, [...settingNames, ...SECRET_NAMES.map(secretFileSettingOf)], (text) =>
		text.toUpperCase().replace(/^FIRMSEAL_/, ''),
	);

/** Whether the host part of a URL can only be this machine. */
export function isThisMachine(hostname: string): boolean {
	return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** Why the cloud's own names can't be used as they are; `given` has them. */
export function wrongCloudNames(given: ReadonlyMap<string, string>): string[] {
	const problems: string[] = [];
	const region = given.get('AWS_REGION');
	if (region !== undefined && !/^[a-z]{2,8}(?:-[a-z]+)+-\d$/.test(region))
		problems.push('AWS_REGION must be a region such as eu-central-1.');
	// Of each service: credentials may come from others than those that are used here.
	for (const [name, url] of given)
		if (/^AWS_ENDPOINT_URL(?:_|$)/.test(name) && !isHttpUrl(url)) problems.push(`${name} must be ${HTTP_URL}.`);
	return problems;
}

/**
 * Whether no password can end too early: of one with a #, / or ? in it, what stands before that is read as host and port, which are looked
 * up and printed.
 */
function isEncoded(text: string): boolean {
	return !/#|^[^/]*\/\/.*[/?].*@/s.test(text);
}

/**
 * What the driver reads as URL.parse does. Without a host, it would take one from PGHOST, unseen; with a space or a broken escape
 * anywhere, it encodes the whole text again and reads another host or another parameter.
 */
function isDatabaseUrl(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return false;
	return url.hostname !== '' && !url.hostname.includes(',') && !text.includes(' ') && isDecodable(text);
}

function isDecodable(text: string): boolean {
	try {
		decodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** The driver, or libpq, takes them before what the URL itself says. */
const PART_OF_URL = ['host', 'hostaddr', 'port', 'user', 'password', 'dbname'];

/** They change what `sslmode` says. */
const CONFLICTS_WITH_SSLMODE = ['ssl', 'uselibpqcompat'];

/** Of two, the driver takes the last. Any other name may be a piece of a password with a `?` in it, and is not told. */
const NOT_REPEATABLE = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'application_name', 'options'];

/** What a database URL must be instead, when a parameter of it makes the driver do something else than the URL seems to say. */
function wrongParameterOf(text: string): string | null {
	const names = [...new URL(text).searchParams.keys()];
	const moved = PART_OF_URL.find((name) => names.includes(name));
	if (moved) return `a URL without the parameter ${moved}: what it says belongs before the question mark`;
	const beside = CONFLICTS_WITH_SSLMODE.find((name) => names.includes(name));
	if (beside) return `a URL without the parameter ${beside}: sslmode alone says how the connection is encrypted`;
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice === undefined) return null;
	return `a URL that has each parameter once: ${NOT_REPEATABLE.includes(twice) ? twice : 'one'} is there twice`;
}

/** With an @ anywhere, there may be a user and a password, whether they are read as such or not. */
function isHttpUrl(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || /[@#]/.test(text)) return false;
	return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname));
}

/** Of bytes that are no base64, Node's decoder would make a shorter key without a word. */
function isWebhookSecret(text: string): boolean {
	if (!text.startsWith('whsec_')) return /^[\x21-\x7e]{32,512}$/.test(text);
	const encoded = text.slice('whsec_'.length);
	const bytes = Buffer.from(encoded, 'base64');
	return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === encoded;
}

/** Scheme, host and port as a browser writes them, so that they can be compared as text; an asterisk would match nothing. */
function isOrigin(text: string): boolean {
	return isHttpUrl(text) && new URL(text).origin === text && !text.includes('*');
}

function isNetwork(text: string): boolean {
	if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
	const [address = '', bits] = text.split('/');
	const family = isIP(address);
	// A network of every address would believe every client: bits of at least 1.
	return (
		family !== 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
	);
}
