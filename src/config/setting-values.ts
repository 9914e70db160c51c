import { isIP } from 'node:net';
import { z } from 'zod';
import { parseThresholds } from './alert-settings.ts';
import { Secret } from './secret.ts';

/** Each message finishes the sentence "NAME must be …" and contains no value. */
const must = (what: string) => ({ error: `must be ${what}` });

const textLike = (form: RegExp, what: string) => z.string().regex(form, must(what));

export const oneOf = <const Words extends readonly string[]>(...words: Words) =>
	z.enum(words, must([words.slice(0, -1).join(', '), words.at(-1)].join(' or ')));

export const wholeNumber = (min: number, max: number) => {
	const message = must(`a whole number from ${min} to ${max}`);
	return z
		.string()
		.regex(/^\d{1,9}$/, message)
		.transform(Number)
		.refine((value) => value >= min && value <= max, message);
};

const listOf = (isItem: (text: string) => boolean, what: string) =>
	z
		.string()
		.transform((list) => Object.freeze(list.split(',').map((item) => item.trim())))
		.refine((list) => list.every(isItem), must(what));

export const hostName = textLike(/^[\w.:-]+$/, 'an address or a host name');

export const path = textLike(/^\P{Cc}+$/u, 'a path without line breaks or other control characters').regex(
	/^\S(?:.*\S)?$/su,
	must('a path without white space at its start or end'),
);

export const databaseUrl = z
	.string()
	.refine(isEncoded, {
		...must(
			'a URL whose user, password and database are percent-encoded: %23 for a #, %2F for a /, %3F for a ?, %40 for an @',
		),
		abort: true,
	})
	.refine(
		isDatabaseUrl,
		must('a URL like postgres://USER:PASSWORD@HOST/DATABASE with one host, and with %20 for a space and %25 for a %'),
	)
	.transform((url, issues) => {
		const wrong = wrongParameterOf(url);
		if (wrong === null) return new Secret(url);
		issues.addIssue({ code: 'custom', message: must(wrong).error });
		return z.NEVER;
	});

export const rootKey = textLike(
	/^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)$/,
	'32 bytes as 64 hexadecimal digits or as base64',
).transform((text) => new Secret<Uint8Array>(Buffer.from(text, text.length === 64 ? 'hex' : 'base64')));

export const roleArn = textLike(
	/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
	'the ARN of an IAM role, arn:aws:iam::ACCOUNT:role/NAME',
);

export const bucketName = textLike(
	/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
	'the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
);

export const kmsKeyId = textLike(/^[\x21-\x7e]{1,2048}$/, 'the id, alias or ARN of the KMS key of the bucket');

export const installationName = textLike(
	/^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/,
	'a name like seal.example: 1 to 100 lower-case letters, digits, dots and hyphens',
);

export const fernetKeys = z
	.string()
	.transform((text) => text.split(','))
	.refine(
		(keys) => keys.every((key) => /^(?:[A-Za-z0-9+/_-]{43}=|hkdf:.+)$/.test(key)),
		must(
			'Fernet keys separated by commas, the newest first: each 32 bytes in base64, or hkdf: and the secret that the key is derived from',
		),
	)
	.transform((keys) => new Secret<readonly string[]>(keys));

const djangoSettings = z
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

/** The settings of a Django project that uses django-cryptography. */
export type DjangoSetting = z.infer<typeof djangoSettings>[number];

export const djangoKeys = z
	.string()
	.transform((text): readonly DjangoSetting[] | null => {
		try {
			return djangoSettings.safeParse(JSON.parse(text)).data ?? null;
		} catch {
			return null;
		}
	})
	.refine(
		(keys) => keys !== null,
		must(
			'a JSON list, the newest first, of {"secretKey": …} with "cryptographyKey" and "salt" where the Django project sets them, or with "fieldKey", 16, 24 or 32 bytes in base64',
		),
	)
	.transform((keys) => new Secret<readonly DjangoSetting[]>(keys ?? []));

const isPrintable = (text: string): boolean => /^[\x21-\x7e]{1,200}$/.test(text);

export const personClaim = textLike(/^[A-Za-z0-9_.:/-]{1,100}$/, 'the name of a claim, such as oid');

export const authTimeClaim = z
	.string()
	.refine(isPrintable, must('the name of a claim, 1 to 200 printable characters without spaces'));

/** RFC 6838, section 4.2. */
const isTokenType = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/.test(text);

export const tokenTypes = listOf(
	isTokenType,
	'JWT types separated by commas, without application/, such as at+jwt; none stands for tokens without a type',
).transform((list) => Object.freeze(list.map((type) => type.toLowerCase())));

export const tokenClients = listOf(isPrintable, 'ids of applications at the issuer, separated by commas');

/** RFC 6749, section 3.3. */
export const scopes = z
	.string()
	.regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, must('scopes, separated by one blank each'))
	.refine((scope) => scope.split(' ').includes('openid'), must('scopes with openid among them'));

export const origins = listOf(
	isOrigin,
	'origins as browsers send them, separated by commas: https://HOST or https://HOST:PORT (http:// only for this machine), without a path and without a wildcard',
);

export const networks = listOf(isNetwork, 'the addresses or networks of your proxies, separated by commas');

export const HTTP_URL =
	'an https:// URL without user, password or # (http:// only for this machine), with %40 for an @';

export const httpUrl = z.string().refine(isHttpUrl, must(HTTP_URL));

export const webhookSecret = z
	.string()
	.refine(
		isWebhookSecret,
		must('at least 32 printable characters without spaces, or whsec_ followed by 24 to 64 bytes in base64'),
	)
	.transform((secret) => new Secret(secret));

export const alertThresholds = z.string().transform((list, issues) => {
	const parsed = parseThresholds(list);
	if (!('problem' in parsed)) return parsed;
	issues.addIssue({ code: 'custom', message: must(parsed.problem).error });
	return z.NEVER;
});

/** Whether the host part of a URL can only be this machine. */
export function isThisMachine(hostname: string): boolean {
	return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/**
 * False if a password may end too early: in a password with a #, / or ?, a URL parser takes the text before that character for host and
 * port, and a program would look up and print a part of the password.
 */
function isEncoded(text: string): boolean {
	return !/#|^[^/]*\/\/.*[/?].*@/s.test(text);
}

/**
 * Whether the driver reads the URL as URL.parse does. Without a host the driver silently uses PGHOST. With a space or a broken escape
 * anywhere it encodes the whole text again and reads another host or another parameter.
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

/** The driver, or libpq, prefers these parameters to the same part of the URL. */
const PART_OF_URL = ['host', 'hostaddr', 'port', 'user', 'password', 'dbname'];

/** These parameters change the meaning of `sslmode`. */
const CONFLICTS_WITH_SSLMODE = ['ssl', 'uselibpqcompat'];

/** Names that a message may repeat. Any other name may be a piece of a password with a `?` in it. */
const HARMLESS_NAMES = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'application_name', 'options'];

/** Null if no parameter makes the driver connect in another way than the URL seems to say; otherwise what the URL must be. */
function wrongParameterOf(text: string): string | null {
	const names = [...new URL(text).searchParams.keys()];
	const moved = PART_OF_URL.find((name) => names.includes(name));
	if (moved) return `a URL without the parameter ${moved}: put its value before the question mark`;
	const beside = CONFLICTS_WITH_SSLMODE.find((name) => names.includes(name));
	if (beside) return `a URL without the parameter ${beside}: sslmode alone says how the connection is encrypted`;
	// The driver uses the last of two.
	const twice = names.find((name, at) => names.indexOf(name) !== at);
	if (twice === undefined) return null;
	return `a URL that has each parameter once: ${HARMLESS_NAMES.includes(twice) ? twice : 'one'} is there twice`;
}

/** Refuses every @, because a parser may or may not take the text before it for a user and a password. */
export function isHttpUrl(text: string): boolean {
	const url = URL.parse(text);
	if (url === null || /[@#]/.test(text)) return false;
	return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname));
}

/** Encodes the bytes again, because Node's decoder silently makes a shorter key from malformed base64. */
function isWebhookSecret(text: string): boolean {
	if (!text.startsWith('whsec_')) return /^[\x21-\x7e]{32,512}$/.test(text);
	const encoded = text.slice('whsec_'.length);
	const bytes = Buffer.from(encoded, 'base64');
	return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === encoded;
}

/** Scheme, host and port as a browser writes them, so that the server can compare them as text; an asterisk would match nothing. */
function isOrigin(text: string): boolean {
	return isHttpUrl(text) && new URL(text).origin === text && !text.includes('*');
}

function isNetwork(text: string): boolean {
	if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
	const [address = '', bits] = text.split('/');
	const family = isIP(address);
	// At least 1 bit: a network of all addresses would trust every client as a proxy.
	return (
		family !== 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
	);
}
