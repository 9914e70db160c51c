import { KMSClient } from '@aws-sdk/client-kms';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { MOTO_REGION } from '../support/moto.ts';

/** The key service of an emulated account, with the rights of its administrator. */
export function asAdministrator(endpoint: string, account: string): KMSClient {
	const at = { region: MOTO_REGION, endpoint };
	const credentials = fromTemporaryCredentials({
		masterCredentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
		params: { RoleArn: `arn:aws:iam::${account}:role/administrator`, RoleSessionName: 'test' },
		clientConfig: at,
	});
	return new KMSClient({ ...at, credentials });
}
