import { z } from 'zod';
import { findNearest } from './find-nearest.ts';
import { Secret } from './secret.ts';
import * as value from './setting-values.ts';

/** One row of docs/reference/settings.md, which `npm run generate` writes from this file. The default value is in the schema. */
export interface SettingDescription {
	readonly description: string;
	/** What the value must be, if the schema accepts any text. */
	readonly form?: string;
	readonly unit?: string;
	/** What applies while the setting is unset, if the schema has no default. Absent: nothing. */
	readonly unset?: string;
	/** The programs that use the setting. Absent: all of them. */
	readonly usedBy?: string;
	/** The page that explains more, as a path from the top of the repository. */
	readonly page?: string;
}

/** The schema with its description as zod metadata. The description must be added last: zod's methods drop it. */
const setting = <Schema extends z.ZodType>(schema: Schema, description: SettingDescription): Schema =>
	schema.meta({ ...description });

const onOff = value.oneOf('on', 'off');
const text = z.string().optional();
const databaseUrl = value.databaseUrl.optional();
const roleArn = value.roleArn.optional();

/** Two logs with this name could not be told apart by their checkpoints, so production refuses it. */
export const DEFAULT_INSTALLATION = 'localhost';

const APIS = 'the APIs';
const APIS_AND_COMMANDS = 'the APIs, commands';
const ALL_BUT_BROKER = 'all except `broker`';
const OWN_RIGHTS = 'the credentials of the process have the rights';
const AWS_PAGE = 'src/adapters/keyring-aws/README.md';

const installation = {
	FIRMSEAL_ENV: setting(value.oneOf('development', 'production').default('development'), {
		description: '`production` refuses to start with unsafe settings.',
		page: 'SECURITY.md#production-mode',
	}),
	FIRMSEAL_PLANE: setting(value.oneOf('all', 'firm', 'operator').default('all'), {
		description: 'Whom this API process serves: the people of firms, operators, or both.',
		usedBy: APIS,
	}),
	FIRMSEAL_DATA_DIR: setting(value.path.default('.firmseal'), {
		description:
			'Directory of the head of the log that the worker signed last; in development also of the embedded database, the local keyring and its root key, objects, and the built-in issuer.',
	}),
	FIRMSEAL_INSTALLATION: setting(value.installationName.default(DEFAULT_INSTALLATION), {
		description: 'Name of the log in every checkpoint and anchor, such as `seal.example`. It can never change.',
	}),
};

const server = {
	FIRMSEAL_HOST: setting(value.hostName.default('127.0.0.1'), {
		description: 'Address on which the API listens.',
		usedBy: APIS,
	}),
	FIRMSEAL_PORT: setting(value.wholeNumber(0, 65_535).default(4000), {
		description: 'Port on which the API listens; 0 takes any free port.',
		usedBy: APIS,
	}),
	FIRMSEAL_SHARE_PORT: setting(onOff.default('off'), {
		description: '`on` lets several `serve` processes listen on one port.',
		usedBy: APIS,
		page: 'docs/how-to/share-a-port.md',
	}),
	FIRMSEAL_TLS_CERT: setting(text, {
		form: 'a path',
		description: 'PEM file of the certificate, with which the API serves HTTPS and HTTP/2.',
		unset: 'plain HTTP',
		usedBy: APIS,
	}),
	FIRMSEAL_TLS_KEY: setting(text, {
		form: 'a path',
		description: 'PEM file of the private key of `FIRMSEAL_TLS_CERT`. Set both or neither.',
		unset: 'plain HTTP',
		usedBy: APIS,
	}),
	FIRMSEAL_TRUST_PROXY: setting(value.networks.optional(), {
		description:
			'Proxies whose forwarded client address the API believes; `loopback`, `linklocal` and `uniquelocal` are networks too.',
		usedBy: APIS,
	}),
	FIRMSEAL_CORS_ORIGINS: setting(value.origins.optional(), {
		description:
			'Origins whose pages may call `/graphql`, `/events`, the file routes and the keys of the log, such as `https://app.example`.',
		usedBy: APIS,
	}),
	FIRMSEAL_PAGES: setting(onOff.optional(), {
		description: '`on` serves the pages: the workspace at `/`, the console at `/operator`, the verifier at `/verify`.',
		unset: 'on in development, off in production',
		usedBy: APIS,
		page: 'docs/how-to/host-the-pages.md',
	}),
	FIRMSEAL_RATE_PER_MINUTE: setting(value.wholeNumber(1, 1_000_000).default(600), {
		description: 'Requests that one account, or one address without a known account, may send.',
		unit: 'requests a minute',
		usedBy: APIS,
		page: 'docs/reference/limits.md',
	}),
	FIRMSEAL_REQUESTS_AT_ONCE: setting(value.wholeNumber(24, 10_000).default(128), {
		description: 'Requests that one process works on at the same time.',
		unit: 'requests',
		usedBy: APIS,
		page: 'docs/reference/limits.md',
	}),
	FIRMSEAL_METRICS: setting(onOff.default('on'), { description: '`off` removes `/metrics`.', usedBy: APIS }),
	FIRMSEAL_LOG_LEVEL: setting(value.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'silent').default('info'), {
		description: 'Least severe message that the process logs.',
	}),
};

const database = {
	DATABASE_URL: setting(databaseUrl, {
		description: 'Database login of the firm plane.',
		unset: 'embedded PostgreSQL',
		usedBy: 'the firm API, `init`, `doctor`',
	}),
	FIRMSEAL_OPERATOR_DATABASE_URL: setting(databaseUrl, {
		description: 'Database login of the operator plane.',
		usedBy: 'the operator API, commands, `init`, `doctor`',
	}),
	FIRMSEAL_WORKER_DATABASE_URL: setting(databaseUrl, {
		description: 'Database login of the worker and of commands.',
		usedBy: '`worker`, commands, `init`, `doctor`',
	}),
	FIRMSEAL_BROKER_DATABASE_URL: setting(databaseUrl, {
		description: 'Database login of the broker, which no other process may have.',
		usedBy: '`broker`, `init`, `doctor`',
	}),
	FIRMSEAL_DIRECT_DATABASE_URL: setting(databaseUrl, {
		description: 'Login that bypasses a connection pooler, for advisory locks, which need a session of their own.',
		unset: 'the URL of each process',
		usedBy: '`broker`, `worker`, `doctor`, `audit rebuild`; in development also `init` and `npm start`',
	}),
	FIRMSEAL_ADMIN_DATABASE_URL: setting(databaseUrl, {
		description: 'Login of a superuser, or of a role that may create roles.',
		usedBy: '`init`, `audit rebuild`',
	}),
};

const keys = {
	FIRMSEAL_KEYRING: setting(value.oneOf('local', 'aws-kms').default('local'), {
		description: '`aws-kms` wraps the keys of each firm with a KMS key of that firm.',
		page: AWS_PAGE,
	}),
	FIRMSEAL_ROOT_KEY: setting(value.rootKey.optional(), {
		description: 'Root key of the local keyring.',
		unset: '`root.key` in the data directory',
	}),
	FIRMSEAL_KEY_CACHE_SECONDS: setting(value.wholeNumber(1, 3600).default(300), {
		description: 'How long an unwrapped data key stays in memory; under a key that a firm brought, 60 seconds at most.',
		unit: 'seconds',
		usedBy: 'the APIs, `broker`',
	}),
	FIRMSEAL_KEY_DAYS: setting(value.wholeNumber(1, 3650).default(365), {
		description: 'Age at which the worker makes a new version of a data key.',
		unit: 'days',
		usedBy: '`worker`',
	}),
	FIRMSEAL_KMS_ROLE_FIRM: setting(roleArn, {
		description: 'IAM role that the firm API assumes.',
		unset: OWN_RIGHTS,
		usedBy: 'the firm API, `init`, `doctor`',
		page: AWS_PAGE,
	}),
	FIRMSEAL_KMS_ROLE_OPERATOR: setting(roleArn, {
		description: 'IAM role that the operator API assumes, and to which the broker grants rights.',
		unset: OWN_RIGHTS,
		usedBy: 'the operator API, `broker`, `init`, `doctor`',
		page: AWS_PAGE,
	}),
	FIRMSEAL_KMS_ROLE_BROKER: setting(roleArn, {
		description: 'IAM role that the broker assumes.',
		unset: OWN_RIGHTS,
		usedBy: '`broker`, `init`, `doctor`',
		page: AWS_PAGE,
	}),
	FIRMSEAL_KMS_ROLE_WORKER: setting(roleArn, {
		description: 'IAM role that the worker and commands assume.',
		unset: OWN_RIGHTS,
		usedBy: '`worker`, commands, `init`, `doctor`',
		page: AWS_PAGE,
	}),
	FIRMSEAL_KMS_ROLE_SIGNER: setting(roleArn, {
		description: 'IAM role that the worker assumes to sign checkpoints of the log.',
		unset: OWN_RIGHTS,
		usedBy: '`worker`, commands, `init`, `doctor`',
		page: AWS_PAGE,
	}),
	FIRMSEAL_FERNET_KEYS: setting(value.fernetKeys.optional(), {
		description: 'Keys for columns that still hold Fernet tokens; `hkdf:` precedes a secret of django-fernet-fields.',
		usedBy: 'the APIs, `worker`',
		page: 'docs/how-to/migrate-from-django.md',
	}),
	FIRMSEAL_DJANGO_KEYS: setting(value.djangoKeys.optional(), {
		description: 'Keys for columns that django-cryptography still holds.',
		usedBy: 'the APIs, `worker`',
		page: 'docs/how-to/migrate-from-django.md',
	}),
};

const storage = {
	FIRMSEAL_OBJECTS: setting(value.oneOf('filesystem', 's3').default('filesystem'), {
		description: 'Where encrypted files are: in `objects/` of the data directory, or in `FIRMSEAL_S3_BUCKET`.',
		usedBy: ALL_BUT_BROKER,
	}),
	FIRMSEAL_S3_BUCKET: setting(value.bucketName.optional(), {
		description: 'Bucket of the encrypted files.',
		usedBy: ALL_BUT_BROKER,
	}),
	FIRMSEAL_S3_KMS_KEY_ID: setting(value.kmsKeyId.optional(), {
		description: 'KMS key with which the bucket encrypts the files a second time.',
		unset: "the bucket's own default",
		usedBy: ALL_BUT_BROKER,
	}),
	FIRMSEAL_CLEAR_OBJECTS: setting(text, {
		form: 's3://BUCKET/PREFIX or an absolute path, as FIRMSEAL_OBJECTS requires',
		description: 'Where plaintext files are that are still to be moved.',
		usedBy: 'the APIs, `worker`, commands',
		page: 'docs/how-to/migrate-files.md',
	}),
	FIRMSEAL_ANCHOR_BUCKET: setting(value.bucketName.optional(), {
		description: 'Bucket with Object Lock for the anchors of the log.',
		unset: '`anchors/` in the data directory',
		usedBy: ALL_BUT_BROKER,
	}),
	FIRMSEAL_ANCHOR_DAYS: setting(value.wholeNumber(1, 36_500).default(365), {
		description: 'How long no one can delete an anchor from the bucket.',
		unit: 'days',
		usedBy: ALL_BUT_BROKER,
	}),
};

// Other programs use these names too: check-setting-combinations.ts checks their values only if the settings use the cloud.
const aws = {
	AWS_REGION: setting(text, {
		form: 'a region such as eu-central-1',
		description:
			'Region, required for `aws-kms` and `s3`. The AWS SDK finds credentials by its own settings and files.',
	}),
	AWS_ENDPOINT_URL: setting(text, {
		form: value.HTTP_URL,
		description: 'Endpoint of a service that replaces AWS. `endpoint_url` in the files of AWS has no effect.',
		unset: 'AWS',
	}),
	AWS_ENDPOINT_URL_KMS: setting(text, {
		form: value.HTTP_URL,
		description: 'Endpoint of KMS.',
		unset: '`AWS_ENDPOINT_URL`',
	}),
	AWS_ENDPOINT_URL_S3: setting(text, {
		form: value.HTTP_URL,
		description: 'Endpoint of S3.',
		unset: '`AWS_ENDPOINT_URL`',
	}),
	AWS_ENDPOINT_URL_STS: setting(text, {
		form: value.HTTP_URL,
		description: 'Endpoint of STS.',
		unset: '`AWS_ENDPOINT_URL`',
	}),
};

const tokens = {
	FIRMSEAL_JWT_ISSUER: setting(text, {
		description:
			'Issuer (`iss`) of your identity provider. Set this, the audience and the JWKS URL, or none of the three.',
		unset: 'built-in issuer',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_JWT_AUDIENCE: setting(text, {
		description: 'Audience (`aud`) of access tokens for this API.',
		unset: 'built-in issuer',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_JWKS_URL: setting(value.httpUrl.optional(), {
		description: 'URL of the public keys of your identity provider.',
		unset: 'built-in issuer',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_PERSON_CLAIM: setting(value.personClaim.optional(), {
		description: 'Claim that is the same for all accounts of one human, such as `oid`.',
		usedBy: APIS_AND_COMMANDS,
		page: 'docs/how-to/manage-operators.md#tell-persons-apart-by-a-claim',
	}),
	FIRMSEAL_JWT_TYPES: setting(value.tokenTypes.prefault('at+jwt,JWT'), {
		description: 'Accepted types (`typ`) of access tokens; `none` also accepts tokens without a type.',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_JWT_CLIENTS: setting(value.tokenClients.optional(), {
		description:
			'Ids of your applications at the identity provider. A token that another application was given (`client_id`, `azp`, `cid`, `appid`) is refused. Required in production.',
		unset: 'any application',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_PAGES_CLIENT: setting(text, {
		description: 'Id of the pages among the applications of `FIRMSEAL_JWT_CLIENTS`.',
		unset: 'the only application of `FIRMSEAL_JWT_CLIENTS`',
		usedBy: APIS,
		page: 'docs/how-to/host-the-pages.md',
	}),
	FIRMSEAL_PAGES_SCOPE: setting(value.scopes.default('openid'), {
		description: 'Scopes that the pages ask your identity provider for, separated by blanks.',
		usedBy: APIS,
		page: 'docs/how-to/host-the-pages.md',
	}),
	FIRMSEAL_PAGES_ISSUER_ORIGINS: setting(value.origins.optional(), {
		description: 'Origins of your identity provider that the pages may call.',
		unset: 'the origin of `FIRMSEAL_JWT_ISSUER`',
		usedBy: APIS,
		page: 'docs/how-to/host-the-pages.md',
	}),
	FIRMSEAL_JWT_MAX_LIFE_SECONDS: setting(value.wholeNumber(60, 2_592_000).default(86_400), {
		description: 'Longest accepted lifetime of a token, from its `iat` to its end.',
		unit: 'seconds',
		usedBy: APIS_AND_COMMANDS,
	}),
	FIRMSEAL_AUTH_TIME_CLAIM: setting(value.authTimeClaim.default('auth_time'), {
		description: 'Claim with the time at which the person signed in.',
		usedBy: APIS_AND_COMMANDS,
		page: 'docs/how-to/connect-an-identity-provider.md',
	}),
	FIRMSEAL_OPERATOR_PROOF: setting(onOff.default('on'), {
		description:
			'`off` lets operators read without waiting until their intent is in a published checkpoint. Production refuses it.',
		usedBy: 'the operator API',
	}),
};

const notices = {
	FIRMSEAL_WEBHOOK_URL: setting(value.httpUrl.transform((url) => new Secret(url)).optional(), {
		description: 'Where `worker` sends notices and alerts.',
		usedBy: '`worker`',
		page: 'src/alerts/deliveries/README.md',
	}),
	FIRMSEAL_WEBHOOK_SECRET: setting(value.webhookSecret.optional(), {
		description: 'Secret that signs notices and alerts. Set the URL and the secret, or neither.',
		usedBy: '`worker`',
	}),
	FIRMSEAL_ALERTS: setting(value.alertThresholds.optional(), {
		description: 'Thresholds of alert rules.',
		unset: 'the default thresholds',
		usedBy: '`worker`',
		page: 'docs/how-to/monitor.md#alerts',
	}),
};

const commands = {
	FIRMSEAL_TOKEN: setting(
		z
			.string()
			.transform((token) => new Secret(token))
			.optional(),
		{ description: 'Access token of the person for whom a command acts.', usedBy: 'commands' },
	),
	FIRMSEAL_URL: setting(value.httpUrl.transform((url) => url.replace(/\/+$/, '')).optional(), {
		description: 'URL at which commands with a `FIRMSEAL_TOKEN` reach the API. `tokens.sh` sets it.',
		unset: 'this server',
		usedBy: 'commands',
	}),
};

/** The settings by subject, in the order of docs/reference/settings.md. */
export const SETTING_GROUPS = {
	Installation: installation,
	Server: server,
	Database: database,
	Keys: keys,
	'Files and anchors': storage,
	AWS: aws,
	Tokens: tokens,
	'Notices and alerts': notices,
	Commands: commands,
};

/** Every setting of this version. */
export const settingsSchema = z.object({
	...installation,
	...server,
	...database,
	...keys,
	...storage,
	...aws,
	...tokens,
	...notices,
	...commands,
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingName = keyof Settings;

export const settingNames = Object.keys(settingsSchema.shape) as readonly SettingName[];

/** Settings that hold a secret. Each may be in a file instead, whose path is in the setting NAME_FILE. */
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

/** The setting that was probably meant, or null if none is similar. */
export const nearestSetting = (name: string): string | null =>
	findNearest(name, [...settingNames, ...SECRET_NAMES.map(secretFileSettingOf)], (text) =>
		text.toUpperCase().replace(/^FIRMSEAL_/, ''),
	);
