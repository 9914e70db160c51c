import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlane, type Plane, takeFromLease } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { activeLeaseBySql, revokeBySql, type SqlLease } from './leases-by-sql.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

describe.each(servers)('the owners’ notices about reading under a lease on $name', (server) => {
	let two: TwoFirms;
	let plane: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		plane = openPlane({ url, role: 'firmseal_break_glass', connections: 10 });
	});
	afterAll(async () => {
		await plane?.close();
		await two?.close();
	});

	/** A read batch of `values` values. */
	const read = ({ id, firm, user }: SqlLease, values: number, coordinate = 'Note.title') =>
		plane
			.forLease(id)
			.write(firm, (tx) =>
				takeFromLease(
					tx,
					{ lease: id, firm, user },
					{ classes: ['NOTE'], coordinates: [coordinate], records: [two.north.note], values },
				),
			);
	/** The notices that the firm's own plane sees. */
	const countNotices = async ({ id, firm }: SqlLease) => {
		const [row] = await two.as(
			'firm',
			firm,
			(tx) => tx`select sum(1 + repeats)::int as count from notices where lease_id = ${id} and kind = 'LEASE_READ'`,
		);
		return Number(row?.count ?? 0);
	};
	/** The number of notices that each batch adds. */
	async function noticesAddedBy(lease: SqlLease, batches: readonly number[]): Promise<number[]> {
		const added: number[] = [];
		for (const values of batches) {
			const before = await countNotices(lease);
			expect(await read(lease, values)).toBe('OPEN');
			added.push((await countNotices(lease)) - before);
		}
		return added;
	}
	const ones = (count: number) => Array.from({ length: count }, () => 1);
	const none = (count: number) => Array.from({ length: count }, () => 0);

	it('come at the first value, and then at each 25th, if values are read one by one', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		expect(await countNotices(lease)).toBe(0);
		expect(await noticesAddedBy(lease, ones(51))).toEqual([1, ...none(23), 1, ...none(24), 1, 0]);
	});

	it.each([
		['20 and then 10, which crosses 25', [20, 10], [1, 1]],
		['up to 24, and the one that makes 25', [24, 1], [1, 1]],
		['exactly 25, and the values after it', [1, 24, 1, 23], [1, 1, 0, 0]],
		['up to 49, and the one that makes 50', [30, 19, 1, 24], [1, 0, 1, 0]],
		['across 50 and 75', [26, 20, 10, 18, 2], [1, 0, 1, 0, 1]],
		['across several multiples of 25 at once: one batch, one notice', [1, 60, 13, 1], [1, 1, 0, 1]],
		['more than 25 in the first batch', [60, 14, 1], [1, 0, 1]],
		['no value at all, at the beginning and on a 25th', [0, 1, 24, 0, 25, 0], [0, 1, 1, 0, 1, 0]],
	])('come once for each crossing, and not between: %s', async (_, batches, expected) => {
		const lease = await activeLeaseBySql(two, two.north);
		expect(await noticesAddedBy(lease, batches)).toEqual(expected);
	});

	it('ignore refused reads, which count for no later crossing either', async () => {
		const lease = await activeLeaseBySql(two, two.north, { budget: 26, coordinates: ['Note.title'] });
		expect(await read(lease, 27)).toBe('BUDGET');
		expect(await read(lease, 1, 'Note.body')).toBe('SCOPE');
		expect(await countNotices(lease)).toBe(0);
		expect(await noticesAddedBy(lease, [24])).toEqual([1]);
		expect(await read(lease, 3)).toBe('BUDGET');
		expect(await read(lease, 2, 'Note.body')).toBe('SCOPE');
		expect(await countNotices(lease)).toBe(1);
		expect(await noticesAddedBy(lease, [1, 1])).toEqual([1, 0]);
		await revokeBySql(two, lease);
		expect(await read(lease, 25)).toBe('ENDED');
		expect(await countNotices(lease)).toBe(2);
	});

	it('are the same if ten read at the same time', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		await Promise.all(ones(80).map((values) => read(lease, values)));
		expect(await countNotices(lease)).toBe(4);
	});

	it('are sent three times within an hour, and then counted', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		const [was] = await two.admin`select notices_before_folding from request_limits`;
		await two.admin`update request_limits set notices_before_folding = 3`;
		expect(await noticesAddedBy(lease, [1, 24, 25, 25, 25])).toEqual([1, 1, 1, 1, 1]);
		await two.admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
		const rows =
			await two.admin`select repeats from notices where lease_id = ${lease.id} and kind = 'LEASE_READ' order by id`;
		expect(rows.map(({ repeats }) => repeats)).toEqual([0, 0, 2]);
	});

	it('are written by the database alone, not by the firm’s login, which cannot set a notice’s time', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		const write = (kind: string, columns: string, values: string) =>
			two.as('firm', two.north.id, (tx) =>
				tx.unsafe(
					`insert into notices (id, firm_id, kind, audience, created_at${columns})
						values ('${uuidv7()}', '${two.north.id}', '${kind}', 'OWNERS', '2090-01-01'${values}) returning created_at < now() + interval '1 minute' as now`,
				),
			);
		const job = uuidv7();
		await two.admin`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
			values (${job}, ${two.north.id}, 'MOVE', 'QUEUED', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		const counts = () =>
			two.admin`select kind, repeats, last_at from notices where firm_id = ${two.north.id} order by id`;
		const before = await counts();
		for (const kind of ['LEASE_REQUESTED', 'JOB_REQUESTED']) expect(before.map((each) => each.kind)).toContain(kind);
		// Also if it would only be counted, in which case there is no row for the policy.
		const [was] = await two.admin`select notices_before_folding from request_limits`;
		await two.admin`update request_limits set notices_before_folding = 1`;
		for (const [kind, columns, values] of [
			['LEASE_REQUESTED', ', lease_id', `, '${lease.id}'`],
			['LEASE_READ', '', ''],
			['JOB_REQUESTED', ', job_id', `, '${uuidv7()}'`],
			['JOB_REQUESTED', ', job_id, job_kind, job_state', `, '${job}', 'MOVE', 'QUEUED'`],
			['MEMBER_ADDED', ', lease_id', `, '${lease.id}'`],
			['APPROVER_DISABLED', '', ''],
		] as const)
			await expect(write(kind, columns, values), kind).rejects.toMatchObject({ code: '42501' });
		await two.admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
		expect(await counts()).toEqual(before);
		expect([...(await write('MEMBER_ADDED', ', repeats', ', 7'))]).toEqual([{ now: true }]);
	});

	it('are separate for each lease, and go to the owners of its firm only', async () => {
		const [lease, other] = [await activeLeaseBySql(two, two.north), await activeLeaseBySql(two, two.north)];
		expect(await noticesAddedBy(lease, [20])).toEqual([1]);
		expect(await noticesAddedBy(other, [10])).toEqual([1]);
		const rows = await two.admin`select firm_id, audience, lease_id from notices
			where lease_id in (${lease.id}, ${other.id}) and kind = 'LEASE_READ' order by id`;
		expect([...rows]).toEqual([
			{ firm_id: two.north.id, audience: 'OWNERS', lease_id: lease.id },
			{ firm_id: two.north.id, audience: 'OWNERS', lease_id: other.id },
		]);
		const elsewhere = await two.as(
			'firm',
			two.harbour.id,
			(tx) => tx`select 1 from notices where lease_id in (${lease.id}, ${other.id})`,
		);
		expect(elsewhere).toHaveLength(0);
	});
});
