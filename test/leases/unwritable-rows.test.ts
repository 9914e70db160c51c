import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { TestApi } from '../support/installation.ts';
import { leasesOver } from './by-api.ts';
import { codeBySql } from './open-login-transaction.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

let stage: LeaseStage;
let api: TestApi;
beforeAll(async () => {
	stage = await makeLeaseStage();
	api = await stage.installation.serve();
	await stage.installation.startBroker();
});
afterAll(() => stage?.close());

const revoke = (lease: string) => leasesOver(api.ask).step(stage.tokens.owner, 'revoke', lease);

describe('a login cannot write', () => {
	it('a row that no process can read: coordinates and records are bounded and not null', async () => {
		const lease = await stage.ask();
		const insert = (coordinates: string, records: string) =>
			`insert into leases (id, firm_id, requested_by, purpose, classes, coordinates, record_ids, minutes, reason_hash, ticket_hash,
				request_hash, request_mac, acted_by) select '${uuidv7()}', firm_id, requested_by, purpose, classes, ${coordinates},
				${records}, minutes, reason_hash, ticket_hash, request_hash, request_mac, acted_by from leases where id = '${lease}'`;
		for (const [coordinates, records] of [
			[`array[repeat('x', 20000)]`, 'null'],
			[`array[repeat('Note.title,', 2000)]`, 'null'],
			['array[null]::text[]', 'null'],
			['null', 'array[null]::uuid[]'],
			[`array[array['Note.title']]`, 'null'],
		] as const)
			expect(await codeBySql(stage, 'operator', '', insert(coordinates, records))).toMatch(/^(23514|0A000)$/);
	});

	it('the platform’s key, from the firm’s login', async () => {
		const { admin, signIn } = stage.installation;
		const rows = await signIn('firm').begin(async (tx) => {
			await tx.unsafe(`set local role firmseal_firm; set local firmseal.firm = '${PLATFORM_FIRM_ID}'`);
			return tx`update data_keys set state = 'DESTROYED' returning version`;
		});
		expect(rows).toHaveLength(0);
		const keys = await admin`select state from data_keys where firm_id = ${PLATFORM_FIRM_ID}`;
		expect(new Set(keys.map(({ state }) => state))).toEqual(new Set(['ACTIVE']));
	});

	it('an owner’s name: as the platform’s approver, the one who moved a lease, or its reviewer', async () => {
		const { owner } = stage.people;
		const asked = await stage.ask();
		const approval = `insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac)
			select id, firm_id, 'PLATFORM', '${owner}', request_hash, request_mac from leases where id = '${asked}'`;
		expect(await codeBySql(stage, 'operator', '', approval)).toBe('23000');
		const denied = `update leases set state = 'DENIED', acted_by = '${owner}' where id = '${asked}'`;
		expect(await codeBySql(stage, 'operator', '', denied)).toBe('done');
		const [event] = await stage.installation.admin`
			select acted_by from lease_events where lease_id = ${asked} and to_state = 'DENIED'`;
		expect(event).toEqual({ acted_by: null });
		const ended = await stage.active();
		await revoke(ended);
		expect(
			await codeBySql(stage, 'operator', '', `update leases set reviewed_by = '${owner}' where id = '${ended}'`),
		).toBe('23000');
	});
});
