import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Keyring, KeyringPrincipal } from '../../../src/keys/index.ts';
import { refused } from '../../contract/keyring-contract.ts';
import { newKeyring } from './new-keyring.ts';

const ALLOWED: Readonly<Record<KeyringPrincipal, readonly string[]>> = {
	firm: ['createKey', 'describeKey', 'generateDataKey', 'unwrap'],
	operator: ['describeKey'],
	broker: ['createGrant', 'describeKey', 'listGrants', 'revokeGrant'],
	worker: [
		'cancelDeletion',
		'createKey',
		'describeKey',
		'disableKey',
		'enableKey',
		'generateDataKey',
		'rewrap',
		'rotateKey',
		'scheduleDeletion',
		'unwrap',
		'wrap',
	],
	// More about the platform's CHECKPOINT key: test/contract/rights-contract.ts.
	signer: ['describeKey'],
};

/** Every method, in an order in which each succeeds if the process has the right. */
function actsOn(keyring: Keyring, firm: string, wrapped: Uint8Array): Record<string, () => Promise<unknown>> {
	const context = { firm, class: 'NOTE' };
	return {
		createKey: () => keyring.createKey(firm),
		describeKey: () => keyring.describeKey(firm),
		generateDataKey: () => keyring.generateDataKey(context),
		unwrap: () => keyring.unwrap(context, wrapped),
		rewrap: () => keyring.rewrap(context, wrapped),
		wrap: () => keyring.wrap(context, new Uint8Array(32).fill(7)),
		rotateKey: () => keyring.rotateKey(firm),
		createGrant: () => keyring.createGrant({ name: 'lease', ...context }),
		listGrants: () => keyring.listGrants(firm),
		revokeGrant: () => keyring.revokeGrant({ name: 'lease', firm }),
		disableKey: () => keyring.disableKey(firm),
		enableKey: () => keyring.enableKey(firm),
		scheduleDeletion: () => keyring.scheduleDeletion(firm, 7),
		cancelDeletion: () => keyring.cancelDeletion(firm),
	};
}

describe('the rights of a process', () => {
	it.each(Object.entries(ALLOWED))('of kind %s allow %j and nothing else', async (principal, allowed) => {
		const { open } = await newKeyring();
		const firm = randomUUID();
		const worker = await open('worker');
		await worker.createKey(firm);
		const { wrapped } = await worker.generateDataKey({ firm, class: 'NOTE' });
		const done: string[] = [];
		for (const [act, run] of Object.entries(actsOn(await open(principal as KeyringPrincipal), firm, wrapped))) {
			if (allowed.includes(act)) {
				await run();
				done.push(act);
			} else {
				await refused(run());
			}
		}
		expect(done.sort()).toEqual(allowed);
	});

	it('accept no property name of an object as a grant, and no second class for one name', async () => {
		const { open } = await newKeyring();
		const [worker, broker, operator] = await Promise.all([open('worker'), open('broker'), open('operator')]);
		const firm = randomUUID();
		await worker.createKey(firm);
		const { wrapped } = await worker.generateDataKey({ firm, class: 'NOTE' });
		for (const name of ['__proto__', 'constructor', 'toString']) {
			await broker.revokeGrant({ name, firm });
			await broker.createGrant({ name, firm, class: 'BILLING' });
			await refused(operator.unwrap({ firm, class: 'NOTE' }, wrapped));
			await expect(broker.createGrant({ name, firm, class: 'NOTE' })).rejects.toMatchObject({ code: 'CONFLICT' });
		}
		expect(await broker.listGrants(firm)).toHaveLength(3);
	});
});
