import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, vi } from 'vitest';
import { openAwsKeyring } from '../../src/adapters/keyring-aws/index.ts';
import type { KeyringPrincipal } from '../../src/keys/index.ts';
import { MOTO_REGION, newMotoAccount } from '../support/moto.ts';

const { moto } = inject('clouds');

async function newFirm() {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
	const { roles } = newMotoAccount();
	const open = (principal: KeyringPrincipal) =>
		openAwsKeyring({ region: MOTO_REGION, endpoints: { kms: moto, sts: moto }, principal, roles });
	const worker = open('worker');
	const firm = randomUUID();
	await worker.createKey(firm);
	const context = { firm, class: 'NOTE' };
	const { wrapped, plaintext } = await worker.generateDataKey(context);
	return { firm, context, wrapped, plaintext, worker, broker: open('broker'), operator: open('operator') };
}

/** The reasons for the skips in test/contract/keyring-aws.test.ts. If a test fails here, moto has closed the gap: remove its skips. */
describe.skipIf(!moto)(`gaps of moto${moto ? '' : ' (skipped: moto_server is not installed)'}`, () => {
	it('a disabled key is usable', async () => {
		const { worker, broker, firm, context, wrapped, plaintext } = await newFirm();
		await worker.disableKey(firm);
		await expect(worker.unwrap(context, wrapped)).resolves.toBeDefined();
		await expect(worker.generateDataKey(context)).resolves.toBeDefined();
		await expect(worker.wrap(context, plaintext)).resolves.toBeDefined();
		await expect(broker.createGrant({ name: 'x', ...context })).resolves.toBeDefined();
	});

	it('a key scheduled for deletion is usable, and can be enabled', async () => {
		const { worker, broker, firm, context, wrapped } = await newFirm();
		await worker.scheduleDeletion(firm, 7);
		await expect(worker.unwrap(context, wrapped)).resolves.toBeDefined();
		await expect(broker.createGrant({ name: 'x', ...context })).resolves.toBeDefined();
		await expect(worker.enableKey(firm)).resolves.toMatchObject({ state: 'ENABLED' });
	});

	it('a role without any grant can use a key', async () => {
		const { operator, context, wrapped } = await newFirm();
		await expect(operator.unwrap(context, wrapped)).resolves.toBeDefined();
	});
});
