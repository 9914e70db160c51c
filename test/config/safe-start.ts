import type { StartFacts } from '../../src/config/production-refusals.ts';

/** Options and settings of a process that production accepts. */
export const SAFE_FACTS: StartFacts = {
	roles: [{ isOwner: false, isSuperuser: false }],
	introspection: false,
	inspect: false,
	options: ['--disable-sigusr1'],
};

export const IN_THE_CLOUD = {
	FIRMSEAL_ENV: 'production',
	FIRMSEAL_KEYRING: 'aws-kms',
	FIRMSEAL_OBJECTS: 's3',
	FIRMSEAL_S3_BUCKET: 'files-of-firms',
	FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log',
	FIRMSEAL_INSTALLATION: 'seal.example',
	AWS_REGION: 'eu-central-1',
};
export const SAFE_ENV = {
	...IN_THE_CLOUD,
	FIRMSEAL_PLANE: 'firm',
	DATABASE_URL: 'postgres://u:hunter2@db.example/x?sslmode=verify-full',
	FIRMSEAL_JWT_ISSUER: 'https://id.example',
	FIRMSEAL_JWT_AUDIENCE: 'firmseal',
	FIRMSEAL_JWKS_URL: 'https://id.example/keys',
	FIRMSEAL_JWT_CLIENTS: 'workspace',
};
