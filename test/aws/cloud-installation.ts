import { join } from 'node:path';
import { inject } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { MOTO_REGION, newMotoAccount } from '../support/moto.ts';
import { type Env, newDirectory } from '../system/program.ts';

/** Settings of an installation with its own emulated account for keys, and its own PostgreSQL, which keeps running. */
export interface CloudInstallation {
	readonly env: Env;
	readonly account: string;
	stop(): Promise<void>;
}

/** Settings for keys in a new emulated account, and the account. */
export function newKmsSettings(): Pick<CloudInstallation, 'env' | 'account'> {
	const { account, roles } = newMotoAccount();
	const env = {
		FIRMSEAL_KEYRING: 'aws-kms',
		AWS_REGION: MOTO_REGION,
		AWS_ENDPOINT_URL: inject('clouds').moto ?? '',
		AWS_ACCESS_KEY_ID: 'anybody',
		AWS_SECRET_ACCESS_KEY: 'anything',
		...Object.fromEntries(Object.entries(roles).map(([name, arn]) => [`FIRMSEAL_KMS_ROLE_${name.toUpperCase()}`, arn])),
	};
	return { env, account };
}

export async function newCloudInstallation(): Promise<CloudInstallation> {
	const ofKeys = newKmsSettings();
	const { account } = ofKeys;
	const directory = newDirectory();
	const { urlOf, stop } = await startEmbeddedServer({ directory: join(directory, 'postgres') });
	const env = {
		FIRMSEAL_DATA_DIR: directory,
		FIRMSEAL_PORT: '0',
		DATABASE_URL: urlOf('firmseal_firm_login'),
		FIRMSEAL_OPERATOR_DATABASE_URL: urlOf('firmseal_operator_login'),
		FIRMSEAL_WORKER_DATABASE_URL: urlOf('firmseal_worker_login'),
		FIRMSEAL_BROKER_DATABASE_URL: urlOf('firmseal_broker_login'),
		FIRMSEAL_ADMIN_DATABASE_URL: urlOf(SUPERUSER),
		...ofKeys.env,
	};
	return { env, account, stop };
}
