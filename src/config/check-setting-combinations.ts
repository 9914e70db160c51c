import { relative, resolve } from 'node:path';
import { type SettingName, type Settings, settingNames, settingsSchema, wrongCloudNames } from './settings.ts';

/** What is wrong with settings beside each other, though each may be right by itself: one sentence each, and no value in it. */
export const checkSettingCombinations = (given: ReadonlyMap<string, string>): string[] => [
	...incompleteGroups(given),
	...idleDatabaseUrls(given),
	...idlePersonClaim(given),
	...unsharedPort(given),
	...missingCloudSettings(given),
	...idleKeyringSettings(given),
	...wrongTokenRules(given),
];

const WHOLE_GROUPS: readonly (readonly SettingName[])[] = [
	['FIRMSEAL_JWT_ISSUER', 'FIRMSEAL_JWT_AUDIENCE', 'FIRMSEAL_JWKS_URL'],
	['FIRMSEAL_TLS_CERT', 'FIRMSEAL_TLS_KEY'],
	['FIRMSEAL_WEBHOOK_URL', 'FIRMSEAL_WEBHOOK_SECRET'],
];

function incompleteGroups(given: ReadonlyMap<string, string>): string[] {
	return WHOLE_GROUPS.flatMap((group) => {
		const missing = group.filter((name) => !given.has(name));
		if (missing.length === 0 || missing.length === group.length) return [];
		return [`${missing.join(' and ')} must be set too: ${group.join(', ')} go together, all or none.`];
	});
}

/** Each names the database; a process is told only those of its own part. */
const DATABASE_URL_NAMES: readonly SettingName[] = [
	'DATABASE_URL',
	'FIRMSEAL_OPERATOR_DATABASE_URL',
	'FIRMSEAL_WORKER_DATABASE_URL',
	'FIRMSEAL_BROKER_DATABASE_URL',
];

/** The embedded database needs no URL, so one for the administrator alone would mean nothing. */
function idleDatabaseUrls(given: ReadonlyMap<string, string>): string[] {
	if (DATABASE_URL_NAMES.some((name) => given.has(name))) return [];
	return ['FIRMSEAL_ADMIN_DATABASE_URL', 'FIRMSEAL_DIRECT_DATABASE_URL']
		.filter((name) => given.has(name))
		.map((name) => `DATABASE_URL is not set: without it the embedded database runs and ${name} means nothing.`);
}

/** Tokens of the built-in issuer have no claim but those that every token has. */
const idlePersonClaim = (given: ReadonlyMap<string, string>): string[] =>
	given.has('FIRMSEAL_PERSON_CLAIM') && !given.has('FIRMSEAL_JWT_ISSUER')
		? ['FIRMSEAL_PERSON_CLAIM means nothing without FIRMSEAL_JWT_ISSUER: name your identity provider, or remove it.']
		: [];

/** Of processes that each take any free port, none would meet another. */
const unsharedPort = (given: ReadonlyMap<string, string>): string[] =>
	given.get('FIRMSEAL_SHARE_PORT') === 'on' && Number(given.get('FIRMSEAL_PORT')) === 0
		? ['FIRMSEAL_SHARE_PORT means nothing while FIRMSEAL_PORT is 0: name the port.']
		: [];

/** What says how tokens of an identity provider are, and what would let its ID tokens in. */
function wrongTokenRules(given: ReadonlyMap<string, string>): string[] {
	if (!given.has('FIRMSEAL_JWT_ISSUER'))
		return ['FIRMSEAL_JWT_TYPES', 'FIRMSEAL_JWT_CLIENTS', 'FIRMSEAL_AUTH_TIME_CLAIM']
			.filter((name) => given.has(name))
			.map((name) => `${name} means nothing without FIRMSEAL_JWT_ISSUER: the built-in issuer's tokens are known.`);
	const clients = given.get('FIRMSEAL_JWT_CLIENTS')?.split(',') ?? [];
	const isApplication = clients.some((each) => each.trim() === given.get('FIRMSEAL_JWT_AUDIENCE'));
	return isApplication && given.get('FIRMSEAL_JWT_TYPES')?.toLowerCase() !== 'at+jwt'
		? [
				'FIRMSEAL_JWT_AUDIENCE is also in FIRMSEAL_JWT_CLIENTS, so that ID tokens are for it too: give the API an audience of its own, or set FIRMSEAL_JWT_TYPES to at+jwt.',
			]
		: [];
}

/** What FIRMSEAL_KEYRING=aws-kms and FIRMSEAL_OBJECTS=s3 need beside them; and what means nothing without the latter. */
function missingCloudSettings(given: ReadonlyMap<string, string>): string[] {
	const onKms = given.get('FIRMSEAL_KEYRING') === 'aws-kms';
	const onS3 = given.get('FIRMSEAL_OBJECTS') === 's3';
	const problems: string[] = [];
	const cloud = onKms ? 'FIRMSEAL_KEYRING is aws-kms' : 'FIRMSEAL_OBJECTS is s3';
	if (onKms || onS3) problems.push(...wrongCloudNames(given));
	if ((onKms || onS3) && !given.has('AWS_REGION')) problems.push(`AWS_REGION must be set: ${cloud}.`);
	if (onS3 && !given.has('FIRMSEAL_S3_BUCKET'))
		problems.push('FIRMSEAL_S3_BUCKET must be set: FIRMSEAL_OBJECTS is s3.');
	for (const name of ['FIRMSEAL_S3_BUCKET', 'FIRMSEAL_S3_KMS_KEY_ID', 'FIRMSEAL_ANCHOR_BUCKET'])
		if (!onS3 && given.has(name)) problems.push(`${name} means nothing while FIRMSEAL_OBJECTS is not s3.`);
	return [...problems, ...wrongAnchors(given), ...wrongPlaintextLocation(given, onS3)];
}

/** What means nothing with another keyring; but the root key, which has a sentence of its own. */
const SETTINGS_OF_KEYRINGS: Readonly<Record<Settings['FIRMSEAL_KEYRING'], readonly SettingName[]>> = {
	local: [],
	'aws-kms': settingNames.filter((name) => name.startsWith('FIRMSEAL_KMS_ROLE_')),
};

/** What belongs to another keyring than the one that FIRMSEAL_KEYRING names. */
function idleKeyringSettings(given: ReadonlyMap<string, string>): string[] {
	// undefined: it names none, which a sentence of its own says without the value.
	const { data: kind } = settingsSchema.shape.FIRMSEAL_KEYRING.safeParse(given.get('FIRMSEAL_KEYRING'));
	const others = Object.entries(SETTINGS_OF_KEYRINGS).filter(([other]) => other !== kind);
	return [
		...(kind !== undefined && kind !== 'local' && given.has('FIRMSEAL_ROOT_KEY')
			? [`FIRMSEAL_ROOT_KEY is of the local keyring: remove it, since FIRMSEAL_KEYRING is ${kind}.`]
			: []),
		...others.flatMap(([other, names]) =>
			names
				.filter((name) => given.has(name))
				.map((name) => `${name} means nothing while FIRMSEAL_KEYRING is not ${other}.`),
		),
	];
}

/** An object of the one bucket is deleted, one of the other must stay. */
function wrongAnchors(given: ReadonlyMap<string, string>): string[] {
	const bucket = given.get('FIRMSEAL_ANCHOR_BUCKET');
	if (bucket === undefined)
		return given.has('FIRMSEAL_ANCHOR_DAYS')
			? ['FIRMSEAL_ANCHOR_DAYS means nothing without FIRMSEAL_ANCHOR_BUCKET: a directory keeps nothing from its owner.']
			: [];
	return bucket === given.get('FIRMSEAL_S3_BUCKET')
		? ['FIRMSEAL_ANCHOR_BUCKET must be another bucket than FIRMSEAL_S3_BUCKET, one with Object Lock.']
		: [];
}

const PLAINTEXT_ON_S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\x21-\x7e]{0,512})?$/;
const PLAINTEXT_IN_FILES = /^\/[^\0]{1,4095}$/;

/** What a row names there is read to those who may see the row, and removed in the end. */
function wrongPlaintextLocation(given: ReadonlyMap<string, string>, onS3: boolean): string[] {
	const clear = given.get('FIRMSEAL_CLEAR_OBJECTS');
	if (clear === undefined) return [];
	if (!(onS3 ? PLAINTEXT_ON_S3 : PLAINTEXT_IN_FILES).test(clear))
		return [
			`FIRMSEAL_CLEAR_OBJECTS must be ${onS3 ? 's3://BUCKET or s3://BUCKET/PREFIX' : 'an absolute path'}: FIRMSEAL_OBJECTS is ${onS3 ? 's3' : 'filesystem'}.`,
		];
	if (onS3)
		return clear.split('/')[2] === given.get('FIRMSEAL_ANCHOR_BUCKET')
			? ['FIRMSEAL_CLEAR_OBJECTS must be in another bucket than FIRMSEAL_ANCHOR_BUCKET.']
			: [];
	const dataDir = resolve(given.get('FIRMSEAL_DATA_DIR') ?? '.firmseal');
	const isWithin = (path: string, other: string) => !/^\.\.(?:\/|$)/.test(relative(other, path));
	return isWithin(clear, dataDir) || isWithin(dataDir, clear)
		? ['FIRMSEAL_CLEAR_OBJECTS must be apart from FIRMSEAL_DATA_DIR, where the keys are: neither in the other.']
		: [];
}
