import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { addContent, CONTENT, requestBySql, type SqlLease } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

describe.each(servers)('the broker on $name', (server) => {
	let two: TwoFirms;
	let lease: SqlLease;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		await addContent(two.admin, two.north);
		lease = await requestBySql(two, two.north);
	});
	afterAll(() => two?.close());

	const run = (statement: string) => two.as('broker', null, (tx) => tx.unsafe(statement));
	const attempt = (statement: string) => codeOf(run(statement));

	it('reads the evidence for a lease, for every firm', async () => {
		for (const [table, column] of [
			['firms', 'id'],
			['users', 'person_id'],
			['memberships', 'mac'],
			['operators', 'mac'],
			['access_policies', 'mac'],
			['leases', 'request_mac'],
			['lease_approvals', 'mac'],
			['lease_ends', 'ended_at'],
			['lease_budgets', 'used'],
		])
			expect([table, await attempt(`select ${column} from ${table}`)]).toEqual([table, 'done']);
		expect(await run('select id from firms')).toHaveLength(2);
		expect(await run(`select id from leases where id = '${lease.id}'`)).toHaveLength(1);
	});

	it('reads no content, no justification, no notices and no log, whatever firm it names', async () => {
		for (const table of [
			...CONTENT.map(({ table: name }) => name),
			'clients',
			'threads',
			'shares',
			'lease_texts',
			'lease_decision_texts',
			'lease_events',
			'notices',
			'webhook_deliveries',
			'audit_entries',
			'clock_resets',
		])
			for (const statement of [
				`select 1 from ${table}`,
				`select count(*) from ${table}`,
				`copy ${table} to stdout`,
				`truncate ${table}`,
				`delete from ${table}`,
			])
				expect([statement, await attempt(statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('sees the keys that prove rights, and no key that opens content', async () => {
		for (const of of ['NOTE', 'BILLING', 'COMMUNICATION', 'DOCUMENT', 'RIGHTS'])
			await two.admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values (${two.north.id}, ${of}, 77, 'RETIRED', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
		const seen = await run('select distinct class from data_keys');
		expect([...seen]).toEqual([{ class: 'RIGHTS' }]);
		expect(await attempt('update data_keys set state = state')).toBe(NO_PRIVILEGE);
	});

	it('approves nothing, requests nothing, creates no one, and changes no request', async () => {
		for (const statement of [
			`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac) select id, firm_id, 'PLATFORM', requested_by, request_hash, request_mac from leases`,
			'insert into leases select * from leases',
			'update lease_approvals set mac = mac',
			'delete from lease_approvals',
			'delete from leases',
			'delete from lease_ends',
			'update lease_budgets set used = 0',
			'update access_policies set mac = mac',
			'update operators set mac = mac',
			'update memberships set mac = mac',
			'insert into operators default values',
			'insert into clock_resets default values',
			...['request_hash', 'request_mac', 'minutes', 'classes', 'firm_id', 'requested_by', 'reviewed_by'].map(
				(column) => `update leases set ${column} = ${column}`,
			),
			'select reset_clock_high_water_mark()',
			`select hold_lease('${lease.id}', '${lease.firm}', '${lease.user}')`,
		])
			expect([statement, await attempt(statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('writes only its own actions to the log, and lease actions only with the lease’s id', async () => {
		const boot = uuidv7();
		let sequence = 0;
		const append = (entry: object) => {
			const row = { id: uuidv7(), firm_id: two.north.id, boot, sequence: ++sequence };
			const leaf = leafText({ id: row.id, firm: row.firm_id, boot, sequence, ...entry });
			return codeOf(two.as('broker', null, (tx) => tx`insert into audit_entries ${tx({ ...row, leaf })}`));
		};
		const plane = 'broker';
		expect(await append({ plane, action: 'lease.start', lease: lease.id })).toBe('done');
		expect(await append({ plane, action: 'rights.refuse' })).toBe('done');
		for (const wrong of [
			{ plane, action: 'lease.start' },
			{ plane: 'operator', action: 'lease.start', lease: lease.id },
			{ plane, action: 'lease.approve', lease: lease.id },
			{ plane, action: 'content.open', lease: lease.id },
		])
			expect([wrong, await append(wrong)]).toEqual([wrong, NO_PRIVILEGE]);
	});
});
