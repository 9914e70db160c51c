import { resolve } from 'node:path';
import { type Thresholds, thresholdsWith } from '../audit/index.ts';
import { SetupError } from '../errors.ts';
import { checkSettingCombinations } from './check-setting-combinations.ts';
import { NODE_VARIABLES, type NodeVariable } from './node-variables.ts';
import { readSecretFile, type Secret } from './secret.ts';
import type { DjangoSetting } from './setting-values.ts';
import {
	nearestSetting,
	SECRET_NAMES,
	type SettingName,
	type Settings,
	secretFileSettingOf,
	settingNames,
	settingsSchema,
} from './settings.ts';

/** The same type as in keys/, which config/ may not import. */
type KeyringPrincipal = 'firm' | 'operator' | 'broker' | 'worker' | 'signer';

/** The settings as the program uses them. Frozen. Every value that may be secret is a Secret. */
export interface Config {
	readonly env: Settings['FIRMSEAL_ENV'];
	readonly plane: Settings['FIRMSEAL_PLANE'];
	/** Absolute path. */
	readonly dataDir: string;
	readonly server: {
		readonly host: string;
		/** 0: any free port. */
		readonly port: number;
		/** Whether other processes of the same user may listen on the port too. The kernel gives each connection to one of them. */
		readonly sharePort: boolean;
		/** Addresses, networks or names (loopback, linklocal, uniquelocal) of the proxies in front, or null. */
		readonly trustProxy: readonly string[] | null;
		/** Origins whose pages may call the API, as browsers send them. */
		readonly corsOrigins: readonly string[];
		/** Absolute paths of PEM files. Null for plain HTTP. */
		readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
		readonly metrics: boolean;
	};
	readonly limits: {
		/** Requests of one account, or of one address whose requests name no known account. */
		readonly ratePerMinute: number;
		readonly requestsAtOnce: number;
	};
	/** postgres:// URLs. The embedded server runs if no URL of a plane is set. */
	readonly database: {
		readonly firm: Secret<string> | null;
		readonly operator: Secret<string> | null;
		readonly worker: Secret<string> | null;
		readonly broker: Secret<string> | null;
		/** Bypasses any pooler, for advisory locks, which belong to a session. */
		readonly direct: Secret<string> | null;
		readonly admin: Secret<string> | null;
	};
	readonly keyring: {
		readonly kind: Settings['FIRMSEAL_KEYRING'];
		/** 32 bytes. Null for the root key file of the data directory. */
		readonly rootKey: Secret<Uint8Array> | null;
		readonly cacheSeconds: number;
		/** Age at which a data key gets a new version. */
		readonly days: number;
		/** ARNs of IAM roles, which are not secret. Null if the credentials of the process have the rights. */
		readonly roles: Readonly<Record<KeyringPrincipal, string | null>>;
	};
	readonly objects: {
		readonly kind: Settings['FIRMSEAL_OBJECTS'];
		/** Null for the directory `objects` of the data directory. */
		readonly bucket: string | null;
		/** The key with which the bucket encrypts. Null for the bucket's own default. */
		readonly kmsKeyId: string | null;
		/** Where plaintext files are that are still to be moved: `s3://bucket/prefix`, or an absolute path. Null if there are none. */
		readonly clear: string | null;
	};
	/** For columns that still hold Fernet tokens: keys, or secrets after `hkdf:`. */
	readonly fernet: Secret<readonly string[]> | null;
	/** For columns that django-cryptography still holds: the settings of the Django project. */
	readonly django: Secret<readonly DjangoSetting[]> | null;
	/** Anchors of the log, outside the database. */
	readonly anchors: {
		/** A bucket with Object Lock. Null for the directory `anchors` of the data directory. */
		readonly bucket: string | null;
		/** How long no one can delete an anchor from the bucket. */
		readonly days: number;
	};
	/** Name of this installation in every checkpoint, and so in every proof that anyone holds: it never changes. */
	readonly installation: string;
	/** The AWS SDK finds credentials by itself. */
	readonly aws: {
		readonly region: string | null;
		/** Null for AWS itself; otherwise a replacement such as an emulator. */
		readonly endpoints: Readonly<Record<'kms' | 's3' | 'sts', string | null>>;
	};
	/** Receives notices and alerts. The URL is secret because its path may contain a password. */
	readonly webhook: { readonly url: Secret<string>; readonly secret: Secret<string> } | null;
	readonly alerts: Thresholds;
	/** Null for the built-in issuer. */
	readonly tokens: {
		readonly issuer: string;
		readonly audience: string;
		readonly jwksUrl: string;
		/** The claim that identifies the natural person of an operator. Null if the person is named when the account is added. */
		readonly personClaim: string | null;
	} | null;
	/** Null if this process serves no pages. */
	readonly pages: {
		/** Whether the setting asks for them, so that a missing build is an error. */
		readonly isRequired: boolean;
		/** The id of the pages at the identity provider. Null for the built-in issuer. */
		readonly client: string | null;
		readonly scope: string;
		/** Origins of the identity provider. */
		readonly issuerOrigins: readonly string[];
	} | null;
	/** Rules for access tokens, in addition to those for every JWT. */
	readonly tokenRules: {
		/** Types (`typ`) in lower case and without `application/`; `none` stands for a token without a type. */
		readonly types: readonly string[];
		/** Applications whose tokens are accepted. Null for any. The built-in issuer has its own application. */
		readonly clients: readonly string[] | null;
		/** From `iat` to `exp`. */
		readonly maxLifeSeconds: number;
		/** The claim with the time of the sign-in, in seconds since 1970. */
		readonly authTimeClaim: string;
	};
	/** Whether a read by an operator under a lease waits until its intent is in a published checkpoint. */
	readonly proof: { readonly operators: boolean };
	readonly log: { readonly level: Settings['FIRMSEAL_LOG_LEVEL'] };
	/** How the command line reaches the API as a person. */
	readonly client: {
		/** Without a trailing slash. */
		readonly url: string;
		readonly token: Secret<string> | null;
	};
	/** Variables that Node itself reads. Start-up refuses those that expose memory or connections. */
	readonly node: Readonly<Partial<Record<NodeVariable, string>>>;
}

export interface ReadConfigOptions {
	/** Settings that this command needs. */
	readonly required?: readonly SettingName[];
}

/**
 * Reads and checks the environment; no other code reads it. An empty setting counts as unset.
 * Throws SetupError with all problems, one sentence on one line each, which contain no value.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, { required = [] }: ReadConfigOptions = {}): Config {
	const { given, problems: ofFiles } = withSecretFiles(env);
	const parsed = settingsSchema.safeParse(Object.fromEntries(given));
	const problems = [
		...unknownSettings(Object.keys(env)),
		...ofFiles,
		...(parsed.error?.issues ?? []).map(({ path, message }) => `${String(path[0])} ${message}.`),
		...checkSettingCombinations(given),
		...required.filter((name) => !given.has(name)).map((name) => `${name} is not set: this command needs it.`),
	];
	if (!parsed.success || problems.length > 0) throw new SetupError(problems.join('\n'));
	return toConfig(
		parsed.data,
		Object.fromEntries(NODE_VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
	);
}

/** The settings that are not empty, and those whose value is in a file. It is an error to set both the value and its file. */
function withSecretFiles(env: NodeJS.ProcessEnv): { readonly given: Map<string, string>; readonly problems: string[] } {
	const given = new Map(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])));
	const problems = SECRET_NAMES.flatMap((name) => {
		const path = given.get(secretFileSettingOf(name));
		if (path === undefined) return [];
		if (given.has(name)) return [`${name} and ${secretFileSettingOf(name)} are both set: set one of them.`];
		try {
			const text = readSecretFile(path);
			if (text !== '') given.set(name, text);
			return [];
		} catch (error) {
			return [`${secretFileSettingOf(name)} names a file ${(error as Error).message}.`];
		}
	});
	return { given, problems };
}

type SecretName = (typeof SECRET_NAMES)[number];

/**
 * The environment for a child process: that of this process with only the secrets in `shared`, changed by `own`, where null removes a
 * setting. The result contains secrets.
 */
export function childEnvironment(
	own: Readonly<Partial<Record<SecretName, string | null>>>,
	shared: readonly SecretName[],
): NodeJS.ProcessEnv {
	const withheld = SECRET_NAMES.filter((name) => !shared.includes(name)).flatMap((name) => [
		name,
		secretFileSettingOf(name),
	]);
	const env = { ...process.env, ...Object.fromEntries(withheld.map((name) => [name, null])), ...own };
	return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] != null));
}

function unknownSettings(names: readonly string[]): string[] {
	const known = new Set<string>([...settingNames, ...SECRET_NAMES.map(secretFileSettingOf)]);
	return names
		.filter((name) => /^FIRMSEAL_/i.test(name) && !known.has(name))
		.map((name) => {
			const nearest = nearestSetting(name);
			return `${name} is not a setting of this version: ${nearest ? `did you mean ${nearest}?` : 'remove it.'}`;
		});
}

function toConfig(settings: Settings, node: Config['node']): Config {
	return freezeGroups({
		env: settings.FIRMSEAL_ENV,
		plane: settings.FIRMSEAL_PLANE,
		dataDir: resolve(settings.FIRMSEAL_DATA_DIR),
		installation: settings.FIRMSEAL_INSTALLATION,
		...serverGroups(settings),
		...storageGroups(settings),
		...keyGroups(settings),
		...tokenGroups(settings),
		pages: pagesGroup(settings),
		node,
	});
}

function serverGroups(settings: Settings): Pick<Config, 'server' | 'limits' | 'webhook' | 'alerts' | 'log' | 'client'> {
	const { FIRMSEAL_TLS_CERT: cert, FIRMSEAL_TLS_KEY: key } = settings;
	const { FIRMSEAL_WEBHOOK_URL: webhookUrl, FIRMSEAL_WEBHOOK_SECRET: webhookSecret } = settings;
	return {
		server: {
			host: settings.FIRMSEAL_HOST,
			port: settings.FIRMSEAL_PORT,
			sharePort: settings.FIRMSEAL_SHARE_PORT === 'on',
			trustProxy: settings.FIRMSEAL_TRUST_PROXY ?? null,
			corsOrigins: settings.FIRMSEAL_CORS_ORIGINS ?? Object.freeze([]),
			tls: cert && key ? Object.freeze({ certFile: resolve(cert), keyFile: resolve(key) }) : null,
			metrics: settings.FIRMSEAL_METRICS === 'on',
		},
		limits: {
			ratePerMinute: settings.FIRMSEAL_RATE_PER_MINUTE,
			requestsAtOnce: settings.FIRMSEAL_REQUESTS_AT_ONCE,
		},
		webhook: webhookUrl && webhookSecret ? { url: webhookUrl, secret: webhookSecret } : null,
		alerts: settings.FIRMSEAL_ALERTS ?? thresholdsWith(),
		log: { level: settings.FIRMSEAL_LOG_LEVEL },
		client: {
			url: settings.FIRMSEAL_URL ?? ownUrl(settings),
			token: settings.FIRMSEAL_TOKEN ?? null,
		},
	};
}

const storageGroups = (settings: Settings): Pick<Config, 'database' | 'objects' | 'anchors' | 'aws'> => ({
	database: {
		firm: settings.DATABASE_URL ?? null,
		operator: settings.FIRMSEAL_OPERATOR_DATABASE_URL ?? null,
		worker: settings.FIRMSEAL_WORKER_DATABASE_URL ?? null,
		broker: settings.FIRMSEAL_BROKER_DATABASE_URL ?? null,
		direct: settings.FIRMSEAL_DIRECT_DATABASE_URL ?? null,
		admin: settings.FIRMSEAL_ADMIN_DATABASE_URL ?? null,
	},
	objects: {
		kind: settings.FIRMSEAL_OBJECTS,
		bucket: settings.FIRMSEAL_S3_BUCKET ?? null,
		kmsKeyId: settings.FIRMSEAL_S3_KMS_KEY_ID ?? null,
		clear: settings.FIRMSEAL_CLEAR_OBJECTS ?? null,
	},
	anchors: {
		bucket: settings.FIRMSEAL_ANCHOR_BUCKET ?? null,
		days: settings.FIRMSEAL_ANCHOR_DAYS,
	},
	aws: {
		region: settings.AWS_REGION ?? null,
		endpoints: Object.freeze({
			kms: settings.AWS_ENDPOINT_URL_KMS ?? settings.AWS_ENDPOINT_URL ?? null,
			s3: settings.AWS_ENDPOINT_URL_S3 ?? settings.AWS_ENDPOINT_URL ?? null,
			sts: settings.AWS_ENDPOINT_URL_STS ?? settings.AWS_ENDPOINT_URL ?? null,
		}),
	},
});

const keyGroups = (settings: Settings): Pick<Config, 'keyring' | 'fernet' | 'django'> => ({
	keyring: {
		kind: settings.FIRMSEAL_KEYRING,
		rootKey: settings.FIRMSEAL_ROOT_KEY ?? null,
		cacheSeconds: settings.FIRMSEAL_KEY_CACHE_SECONDS,
		days: settings.FIRMSEAL_KEY_DAYS,
		roles: Object.freeze({
			firm: settings.FIRMSEAL_KMS_ROLE_FIRM ?? null,
			operator: settings.FIRMSEAL_KMS_ROLE_OPERATOR ?? null,
			broker: settings.FIRMSEAL_KMS_ROLE_BROKER ?? null,
			worker: settings.FIRMSEAL_KMS_ROLE_WORKER ?? null,
			signer: settings.FIRMSEAL_KMS_ROLE_SIGNER ?? null,
		}),
	},
	fernet: settings.FIRMSEAL_FERNET_KEYS ?? null,
	django: settings.FIRMSEAL_DJANGO_KEYS ?? null,
});

/** Pages that no setting asks for are left out if they could sign no one in. */
function pagesGroup(settings: Settings): Config['pages'] {
	const { FIRMSEAL_PAGES: asked, FIRMSEAL_JWT_ISSUER: issuer, FIRMSEAL_JWT_CLIENTS: clients } = settings;
	const isOn = asked === undefined ? settings.FIRMSEAL_ENV === 'development' : asked === 'on';
	const client = settings.FIRMSEAL_PAGES_CLIENT ?? (clients?.length === 1 ? clients[0] : undefined) ?? null;
	if (!isOn || (issuer !== undefined && (client === null || !URL.canParse(issuer)))) return null;
	return {
		isRequired: asked === 'on',
		client: issuer === undefined ? null : client,
		scope: settings.FIRMSEAL_PAGES_SCOPE,
		issuerOrigins: settings.FIRMSEAL_PAGES_ISSUER_ORIGINS ?? (issuer === undefined ? [] : [new URL(issuer).origin]),
	};
}

function tokenGroups(settings: Settings): Pick<Config, 'tokens' | 'tokenRules' | 'proof'> {
	const { FIRMSEAL_JWT_ISSUER: issuer, FIRMSEAL_JWT_AUDIENCE: audience, FIRMSEAL_JWKS_URL: jwksUrl } = settings;
	return {
		tokens:
			issuer && audience && jwksUrl
				? { issuer, audience, jwksUrl, personClaim: settings.FIRMSEAL_PERSON_CLAIM ?? null }
				: null,
		tokenRules: {
			types: settings.FIRMSEAL_JWT_TYPES,
			clients: settings.FIRMSEAL_JWT_CLIENTS ?? null,
			maxLifeSeconds: settings.FIRMSEAL_JWT_MAX_LIFE_SECONDS,
			authTimeClaim: settings.FIRMSEAL_AUTH_TIME_CLAIM,
		},
		proof: { operators: settings.FIRMSEAL_OPERATOR_PROOF === 'on' },
	};
}

/** The URL of the server on this machine. A client cannot connect to the addresses that stand for every interface. */
function ownUrl(settings: Settings): string {
	const host = ['0.0.0.0', '::'].includes(settings.FIRMSEAL_HOST) ? '127.0.0.1' : settings.FIRMSEAL_HOST;
	const scheme = settings.FIRMSEAL_TLS_CERT ? 'https' : 'http';
	return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${settings.FIRMSEAL_PORT}`;
}

function freezeGroups(config: Config): Config {
	for (const group of Object.values(config)) Object.freeze(group);
	return Object.freeze(config);
}
