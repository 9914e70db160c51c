import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scheduleOwnKeyChecks, selectOwnDataKey, selectOwnKeyStates } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

describe.each(servers)('the key with which the worker checks a firm’s own key, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		// The rows of a firm after BRING.
		await two.admin`update data_keys set own_key = true where firm_id = ${two.harbour.id}`;
		for (const { id } of [two.north, two.harbour])
			await two.as(
				'firm',
				id,
				(tx) => tx`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id, own_key)
					values (${id}, 'BILLING', 1, 'ACTIVE', '\\x00', ${Buffer.alloc(32)}, 'made up', true)`,
			);
	});
	afterAll(() => two?.close());

	it('is the key that proves its rights, and not a row that the firm’s login creates', async () => {
		const worker = two.plane('worker', 1);
		await worker.write(null, (tx) => scheduleOwnKeyChecks(tx, 10));
		const followed = await worker.read(null, (tx) => selectOwnKeyStates(tx, null));
		expect(followed.map(({ firmId }) => firmId)).toEqual([two.harbour.id]);
		const keys = await worker.read(null, (tx) =>
			Promise.all([two.north, two.harbour].map(({ id }) => selectOwnDataKey(tx, id))),
		);
		expect(keys.map((key) => key?.class)).toEqual([undefined, 'RIGHTS']);
		await two.admin`update data_keys set own_key = false where firm_id = ${two.harbour.id} and class = 'RIGHTS'`;
		await worker.write(null, (tx) => scheduleOwnKeyChecks(tx, 10));
		expect(await worker.read(null, (tx) => selectOwnKeyStates(tx, null))).toEqual([]);
	});
});
