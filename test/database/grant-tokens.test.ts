import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	deleteGrantTokens,
	insertGrantToken,
	openPlane,
	type Plane,
	selectGrantTokens,
	selectRecentGrants,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { activeLeaseBySql, asBreakGlass, type SqlLease, under } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

describe.each(servers)('grant tokens on $name', (server) => {
	let two: TwoFirms;
	let broker: Plane;
	let glass: Plane;
	let lease: SqlLease;
	let other: SqlLease;
	let foreign: SqlLease;

	beforeAll(async () => {
		two = await makeTwoFirms(server);
		broker = two.plane('broker', 2);
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		glass = openPlane({ url, role: 'firmseal_break_glass', connections: 2 });
		lease = await activeLeaseBySql(two, two.north, { classes: ['NOTE', 'BILLING'] });
		other = await activeLeaseBySql(two, two.north, { classes: ['NOTE'] });
		foreign = await activeLeaseBySql(two, two.harbour, { classes: ['NOTE'] });
		await keep(lease, 'NOTE', 'note of one');
		await keep(lease, 'BILLING', 'billing of one');
		await keep(other, 'NOTE', 'note of other');
		await keep(foreign, 'NOTE', 'note of foreign');
	});
	afterAll(async () => {
		await glass?.close();
		await two?.close();
	});

	const keep = ({ id }: SqlLease, keyClass: 'NOTE' | 'BILLING', token: string) =>
		broker.write(null, (tx) => insertGrantToken(tx, { lease: id, class: keyClass }, token));
	const seen = ({ id, firm }: SqlLease, of = id) => glass.forLease(id).read(firm, (tx) => selectGrantTokens(tx, of));
	const tokens = async (...asked: Parameters<typeof seen>) =>
		(await seen(...asked)).map(({ token }) => token).toSorted();

	it('are visible to transactions under their own lease', async () => {
		expect(await tokens(lease)).toEqual(['billing of one', 'note of one']);
		expect(await tokens(other)).toEqual(['note of other']);
	});

	it('are invisible under any other lease, whatever it requests', async () => {
		expect(await tokens(other, lease.id)).toEqual([]);
		expect(await tokens(foreign, lease.id)).toEqual([]);
		const all = await asBreakGlass(two, under(other), (tx) => tx`select token from lease_grant_tokens`);
		expect(all.map(({ token }) => token)).toEqual(['note of other']);
		const none = await asBreakGlass(two, { firm: two.north.id }, (tx) => tx`select token from lease_grant_tokens`);
		expect(none).toHaveLength(0);
	});

	it('are inaccessible to every role except the broker, the only writer', async () => {
		for (const side of ['firm', 'operator', 'worker'] as Side[])
			for (const statement of [
				'select token from lease_grant_tokens',
				`insert into lease_grant_tokens (lease_id, class, token) values ('${lease.id}', 'NOTE', 'x')`,
				`update lease_grant_tokens set token = 'x'`,
				'delete from lease_grant_tokens',
			])
				expect(await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(statement))), `${side} ${statement}`).toBe(
					NO_PRIVILEGE,
				);
		for (const statement of [`update lease_grant_tokens set token = 'x'`, 'delete from lease_grant_tokens'])
			expect(await codeOf(asBreakGlass(two, under(lease), (tx) => tx.unsafe(statement)))).toBe(NO_PRIVILEGE);
	});

	it('are limited to the latest one for each class of a lease', async () => {
		await keep(other, 'NOTE', 'another');
		expect(await tokens(other)).toEqual(['another']);
	});

	it('are returned while recent: for ten minutes to the lease, for five to the broker', async () => {
		const age = (minutes: number) =>
			two.admin`update lease_grant_tokens set created_at = clock_timestamp() - ${`${minutes} minutes`}::interval where lease_id = ${lease.id}`;
		const young = async (firm: string) =>
			(await broker.read(null, (tx) => selectRecentGrants(tx, firm))).map((of) => `${of.lease} ${of.class}`).toSorted();
		const both = [`${lease.id} BILLING`, `${lease.id} NOTE`];
		await age(4.9);
		expect(await young(two.north.id)).toEqual([...both, `${other.id} NOTE`].toSorted());
		expect(await young(two.harbour.id)).toEqual([`${foreign.id} NOTE`]);
		await age(5.1);
		expect(await young(two.north.id)).toEqual([`${other.id} NOTE`]);
		await age(9.9);
		expect(await tokens(lease)).toHaveLength(2);
		await age(10.1);
		expect(await tokens(lease)).toEqual([]);
	});

	it('are deleted for one lease only', async () => {
		await broker.write(null, (tx) => deleteGrantTokens(tx, lease.id));
		const left = await two.admin`select lease_id as lease from lease_grant_tokens`;
		expect(left.map(({ lease: of }) => of).toSorted()).toEqual([other.id, foreign.id].toSorted());
	});
});
