import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openAwsKeyring } from '../../../src/adapters/keyring-aws/index.ts';
import { guardKeyring, type KeyringPrincipal } from '../../../src/keys/index.ts';
import { keyringContract } from '../../contract/keyring-contract.ts';
import { rightsContract } from '../../contract/rights-contract.ts';
import { startDocumentedKms } from './documented-kms.ts';

async function newAccount(options: Parameters<typeof startDocumentedKms>[0] = {}) {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
	const kms = await startDocumentedKms(options);
	onTestFinished(() => kms.stop());
	const endpoints = { kms: kms.url, sts: kms.url };
	const open = (principal: KeyringPrincipal) =>
		guardKeyring(openAwsKeyring({ region: 'eu-central-1', endpoints, principal, roles: kms.roles }));
	return {
		kms,
		firm: open('firm'),
		operator: open('operator'),
		broker: open('broker'),
		worker: open('worker'),
		signer: open('signer'),
	};
}

// The whole suite, including the tests that moto can't run.
keyringContract('aws-kms (a model of what is documented)', newAccount);
rightsContract('aws-kms (a model of what is documented)', newAccount);

it('opens at once with the token of a grant, and by the grant alone once KMS has propagated it', async () => {
	const { worker, broker, operator } = await newAccount({ lag: 300 });
	const firm = randomUUID();
	await worker.createKey(firm);
	const context = { firm, class: 'NOTE' };
	const { wrapped, plaintext } = await worker.generateDataKey(context);
	const { token = '' } = await broker.createGrant({ name: 'bg-1-NOTE', ...context });
	await expect(operator.unwrap(context, wrapped)).rejects.toMatchObject({ reason: 'REFUSED' });
	await expect(operator.unwrap(context, wrapped, ['of another'])).rejects.toMatchObject({ reason: 'REFUSED' });
	expect((await operator.unwrap(context, wrapped, ['of another', token])).plaintext).toEqual(plaintext);
	await vi.waitUntil(() => operator.unwrap(context, wrapped).then(Boolean, () => false), 30_000);
});

it('creates one grant and revokes it before KMS can list it', async () => {
	const { worker, broker, operator } = await newAccount({ lag: 60_000 });
	const firm = randomUUID();
	await worker.createKey(firm);
	const context = { firm, class: 'NOTE' };
	const { wrapped } = await worker.generateDataKey(context);
	const name = 'bg-1-NOTE';
	const made = [await broker.createGrant({ name, ...context }), await broker.createGrant({ name, ...context })];
	const tokens = made.map(({ token = '' }) => token);
	await expect(operator.unwrap(context, wrapped, tokens)).resolves.toBeDefined();
	await broker.revokeGrant({ name, firm });
	await expect(operator.unwrap(context, wrapped, tokens)).rejects.toMatchObject({ reason: 'REFUSED' });
});
