import { relative, resolve } from 'node:path';
import { HTTP_URL, isHttpUrl } from './setting-values.ts';
import { type SettingName, type Settings, settingNames, settingsSchema } from './settings.ts';

type Given = ReadonlyMap<string, string>;

/** Conflicts between settings that may each be valid alone: one sentence each, which contains no value. */
export const checkSettingCombinations = (given: Given): string[] => [
	...incompleteGroups(given),
	...idleDatabaseUrls(given),
	...idlePersonClaim(given),
	...unsharedPort(given),
	...missingCloudSettings(given),
	...idleKeyringSettings(given),
	...wrongTokenRules(given),
	...pagesWithoutSignIn(given),
];

const WHOLE_GROUPS: readonly (readonly SettingName[])[] = [
	['FIRMSEAL_JWT_ISSUER', 'FIRMSEAL_JWT_AUDIENCE', 'FIRMSEAL_JWKS_URL'],
	['FIRMSEAL_TLS_CERT', 'FIRMSEAL_TLS_KEY'],
	['FIRMSEAL_WEBHOOK_URL', 'FIRMSEAL_WEBHOOK_SECRET'],
];

function incompleteGroups(given: Given): string[] {
	return WHOLE_GROUPS.flatMap((group) => {
		const missing = group.filter((name) => !given.has(name));
		if (missing.length === 0 || missing.length === group.length) return [];
		return [`${missing.join(' and ')} must be set too: set all of ${group.join(', ')}, or none.`];
	});
}

/** Each of these selects a database server. A process has only its own. */
const DATABASE_URL_NAMES: readonly SettingName[] = [
	'DATABASE_URL',
	'FIRMSEAL_OPERATOR_DATABASE_URL',
	'FIRMSEAL_WORKER_DATABASE_URL',
	'FIRMSEAL_BROKER_DATABASE_URL',
];

function idleDatabaseUrls(given: Given): string[] {
	if (DATABASE_URL_NAMES.some((name) => given.has(name))) return [];
	return ['FIRMSEAL_ADMIN_DATABASE_URL', 'FIRMSEAL_DIRECT_DATABASE_URL']
		.filter((name) => given.has(name))
		.map((name) => `${name} has no effect on the embedded database: set DATABASE_URL, or remove ${name}.`);
}

/** Tokens of the built-in issuer have only the claims that every token has. */
const idlePersonClaim = (given: Given): string[] =>
	given.has('FIRMSEAL_PERSON_CLAIM') && !given.has('FIRMSEAL_JWT_ISSUER')
		? [
				'FIRMSEAL_PERSON_CLAIM has no effect without FIRMSEAL_JWT_ISSUER: set the issuer to your identity provider, or remove the claim.',
			]
		: [];

/** If each process took any free port, no two processes would share one. */
const unsharedPort = (given: Given): string[] =>
	given.get('FIRMSEAL_SHARE_PORT') === 'on' && Number(given.get('FIRMSEAL_PORT')) === 0
		? ['FIRMSEAL_SHARE_PORT has no effect while FIRMSEAL_PORT is 0: set FIRMSEAL_PORT to a fixed port.']
		: [];

function wrongTokenRules(given: Given): string[] {
	if (!given.has('FIRMSEAL_JWT_ISSUER'))
		return ['FIRMSEAL_JWT_TYPES', 'FIRMSEAL_JWT_CLIENTS', 'FIRMSEAL_AUTH_TIME_CLAIM']
			.filter((name) => given.has(name))
			.map((name) => `${name} has no effect on tokens of the built-in issuer: set FIRMSEAL_JWT_ISSUER, or remove it.`);
	const clients = given.get('FIRMSEAL_JWT_CLIENTS')?.split(',') ?? [];
	const isApplication = clients.some((each) => each.trim() === given.get('FIRMSEAL_JWT_AUDIENCE'));
	return isApplication && given.get('FIRMSEAL_JWT_TYPES')?.toLowerCase() !== 'at+jwt'
		? [
				'FIRMSEAL_JWT_AUDIENCE is also in FIRMSEAL_JWT_CLIENTS, so the API would accept ID tokens: give the API its own audience, or set FIRMSEAL_JWT_TYPES to at+jwt.',
			]
		: [];
}

/** The pages sign people in as one application at one issuer. */
function pagesWithoutSignIn(given: Given): string[] {
	const clients =
		given
			.get('FIRMSEAL_JWT_CLIENTS')
			?.split(',')
			.map((each) => each.trim()) ?? [];
	const client = given.get('FIRMSEAL_PAGES_CLIENT');
	const issuer = given.get('FIRMSEAL_JWT_ISSUER');
	if (client !== undefined && !clients.includes(client))
		return [
			'FIRMSEAL_PAGES_CLIENT is not in FIRMSEAL_JWT_CLIENTS, so the API would refuse the tokens of the pages: add it there.',
		];
	if (given.get('FIRMSEAL_PAGES') !== 'on' || issuer === undefined) return [];
	if (!isHttpUrl(issuer))
		return [`FIRMSEAL_PAGES is on, so FIRMSEAL_JWT_ISSUER must be ${HTTP_URL}: the pages find the sign-in there.`];
	return client === undefined && clients.length !== 1
		? [
				'FIRMSEAL_PAGES is on: set FIRMSEAL_PAGES_CLIENT to the id of the pages at your identity provider, or turn the pages off.',
			]
		: [];
}

/** Settings that aws-kms or s3 requires, and settings that have no effect without s3. */
function missingCloudSettings(given: Given): string[] {
	const onKms = given.get('FIRMSEAL_KEYRING') === 'aws-kms';
	const onS3 = given.get('FIRMSEAL_OBJECTS') === 's3';
	const problems: string[] = [];
	const cloud = onKms ? 'FIRMSEAL_KEYRING is aws-kms' : 'FIRMSEAL_OBJECTS is s3';
	if (onKms || onS3) problems.push(...wrongCloudNames(given));
	if ((onKms || onS3) && !given.has('AWS_REGION')) problems.push(`AWS_REGION must be set: ${cloud}.`);
	if (onS3 && !given.has('FIRMSEAL_S3_BUCKET'))
		problems.push('FIRMSEAL_S3_BUCKET must be set: FIRMSEAL_OBJECTS is s3.');
	for (const name of ['FIRMSEAL_S3_BUCKET', 'FIRMSEAL_S3_KMS_KEY_ID', 'FIRMSEAL_ANCHOR_BUCKET'])
		if (!onS3 && given.has(name))
			problems.push(`${name} has no effect while FIRMSEAL_OBJECTS is not s3: set FIRMSEAL_OBJECTS=s3, or remove it.`);
	return [...problems, ...wrongAnchors(given), ...wrongPlaintextLocation(given, onS3)];
}

function wrongCloudNames(given: Given): string[] {
	const problems: string[] = [];
	const region = given.get('AWS_REGION');
	if (region !== undefined && !/^[a-z]{2,8}(?:-[a-z]+)+-\d$/.test(region))
		problems.push('AWS_REGION must be a region such as eu-central-1.');
	// The endpoints of all services: the credentials may come from a service that has no setting here.
	for (const [name, url] of given)
		if (/^AWS_ENDPOINT_URL(?:_|$)/.test(name) && !isHttpUrl(url)) problems.push(`${name} must be ${HTTP_URL}.`);
	return problems;
}

/** Settings that have no effect with another keyring, except the root key, which has its own sentence. */
const SETTINGS_OF_KEYRINGS: Readonly<Record<Settings['FIRMSEAL_KEYRING'], readonly SettingName[]>> = {
	local: [],
	'aws-kms': settingNames.filter((name) => name.startsWith('FIRMSEAL_KMS_ROLE_')),
};

function idleKeyringSettings(given: Given): string[] {
	// Undefined for an unknown keyring, which the schema reports without the value.
	const { data: kind } = settingsSchema.shape.FIRMSEAL_KEYRING.safeParse(given.get('FIRMSEAL_KEYRING'));
	const others = Object.entries(SETTINGS_OF_KEYRINGS).filter(([other]) => other !== kind);
	return [
		...(kind !== undefined && kind !== 'local' && given.has('FIRMSEAL_ROOT_KEY')
			? [`FIRMSEAL_ROOT_KEY belongs to the local keyring: remove it, because FIRMSEAL_KEYRING is ${kind}.`]
			: []),
		...others.flatMap(([other, names]) =>
			names
				.filter((name) => given.has(name))
				.map(
					(name) =>
						`${name} has no effect while FIRMSEAL_KEYRING is not ${other}: set FIRMSEAL_KEYRING=${other}, or remove it.`,
				),
		),
	];
}

/** Objects of the one bucket are deleted, and anchors must stay, so the buckets must differ. */
function wrongAnchors(given: Given): string[] {
	const bucket = given.get('FIRMSEAL_ANCHOR_BUCKET');
	if (bucket === undefined)
		return given.has('FIRMSEAL_ANCHOR_DAYS')
			? [
					'FIRMSEAL_ANCHOR_DAYS has no effect without FIRMSEAL_ANCHOR_BUCKET, since the owner of a directory can always delete from it: set the bucket, or remove the days.',
				]
			: [];
	return bucket === given.get('FIRMSEAL_S3_BUCKET')
		? ['FIRMSEAL_ANCHOR_BUCKET must be another bucket than FIRMSEAL_S3_BUCKET, one with Object Lock.']
		: [];
}

const PLAINTEXT_ON_S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\x21-\x7e]{0,512})?$/;
const PLAINTEXT_IN_FILES = /^\/[^\0]{1,4095}$/;

/** Firmseal sends the files that rows name there to anyone who may see the row, and deletes them in the end. */
function wrongPlaintextLocation(given: Given, onS3: boolean): string[] {
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
		? [
				'FIRMSEAL_CLEAR_OBJECTS must be separate from FIRMSEAL_DATA_DIR, which holds the keys: neither directory may contain the other.',
			]
		: [];
}
