import { setTimeout as delay } from 'node:timers/promises';
import { DeleteAliasCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll } from 'vitest';
import { openAwsKeyring } from '../../src/adapters/keyring-aws/index.ts';
import { guardKeyring, type Keyring, type KeyringPrincipal, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { keyringContract } from '../contract/keyring-contract.ts';
import { rightsContract } from '../contract/rights-contract.ts';

const { AWS_REGION: region = '', AWS_ENDPOINT_URL: endpoint = null } = process.env;
const role = (name: string) => process.env[`FIRMSEAL_KMS_ROLE_${name}`] ?? null;
const roles = {
	firm: role('FIRM'),
	operator: role('OPERATOR'),
	broker: role('BROKER'),
	worker: role('WORKER'),
	signer: role('SIGNER'),
};

/** Milliseconds until all of KMS knows a change. */
const SETTLES = 15_000;

/** The contract suite checks a change immediately. This keyring waits after each change until KMS knows it. */
const settled = (keyring: Keyring): Keyring => {
	const after =
		<Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) =>
		async (...args: Args): Promise<Answer> => {
			const answer = await act(...args);
			await delay(SETTLES);
			return answer;
		};
	return {
		...keyring,
		disableKey: after(keyring.disableKey),
		enableKey: after(keyring.enableKey),
		scheduleDeletion: after(keyring.scheduleDeletion),
		cancelDeletion: after(keyring.cancelDeletion),
		createGrant: after(keyring.createGrant),
		revokeGrant: after(keyring.revokeGrant),
	};
};

/** Firms whose keys this test created. */
const firms = new Set<string>();

const open = (principal: KeyringPrincipal) => {
	const keyring = openAwsKeyring({ region, endpoints: { kms: endpoint, sts: endpoint }, principal, roles });
	return settled(
		guardKeyring({
			...keyring,
			createKey(firm, own) {
				firms.add(firm);
				return keyring.createKey(firm, own);
			},
		}),
	);
};
const processes = async () => ({
	firm: open('firm'),
	operator: open('operator'),
	broker: open('broker'),
	worker: open('worker'),
	signer: open('signer'),
});

beforeAll(async () => {
	// The suite disables and rotates the platform's key, so the account must not have one yet.
	if ((await open('worker').describeKey(PLATFORM_FIRM_ID)) !== null)
		throw new Error(
			'This account and region have an installation, or what is left of a run: use others, or delete its aliases.',
		);
});

keyringContract('aws-kms (live)', processes);
rightsContract('aws-kms (live)', processes);

afterAll(async () => {
	const credentials = fromTemporaryCredentials({ params: { RoleArn: roles.worker ?? '' }, clientConfig: { region } });
	const kms = new KMSClient({ region, ...(endpoint && { endpoint }), credentials });
	const own = new KMSClient({ region, ...(endpoint && { endpoint }) });
	const worker = open('worker');
	for (const firm of firms) {
		const key = await worker.describeKey(firm);
		if (!key) continue;
		const KeyId = key.keyId.split('/')[1];
		if (key.state !== 'PENDING_DELETION')
			await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
		// No role of Firmseal may do this, so the person who runs the test must.
		await own.send(new DeleteAliasCommand({ AliasName: `alias/firmseal/${firm}` }));
	}
}, 600_000);
