import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
	claimDeliveries,
	enableDeliveries,
	markDelivered,
	type Plane,
	postponeDelivery,
	raiseClockHighWaterMark,
	selectDeliveries,
	selectLateDeliveries,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { makeDue, notifyOwners } from '../support/notices.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

describe.each(servers)('notice deliveries on $name', (server) => {
	let two: TwoFirms;
	let worker: Plane;
	async function addNotices(count = 1, firm = two.north.id): Promise<string[]> {
		const ids = await notifyOwners(two.admin, firm, count);
		await makeDue(two.admin, ids);
		return ids;
	}
	const claim = (most = 10) => worker.write(null, (tx) => claimDeliveries(tx, most));
	const rowOf = async (id: string) =>
		(await two.admin`select * from webhook_deliveries where message_id = ${id}`)[0] ?? null;
	/** The time by the database's clock, which decides the wait, rounded to milliseconds as its columns are. */
	const now = async (): Promise<number> =>
		(await two.admin`select clock_timestamp()::timestamptz(3) as at`)[0]?.at.getTime();
	/** Expects `next` to be `wait` milliseconds after a claim or a failure that came after `began`. */
	async function expectWait(next: Date, began: number, wait: number): Promise<void> {
		expect(next.getTime() - wait).toBeGreaterThanOrEqual(began);
		expect(next.getTime() - wait).toBeLessThanOrEqual(await now());
	}
	const idsOf = (due: readonly { readonly id: string }[]) => due.map(({ id }) => id).sort();

	beforeAll(async () => {
		two = await makeTwoFirms(server);
		worker = two.plane('worker');
	});
	afterEach(() => two.admin`update webhook_deliveries set delivered_at = now() where delivered_at is null`);
	afterAll(() => two?.close());

	it('are queued in the transaction of the notice, once deliveries are enabled', async () => {
		const [before = ''] = await addNotices();
		expect(await rowOf(before)).toBeNull();
		await worker.write(null, enableDeliveries);
		await worker.write(null, enableDeliveries);
		expect(await claim()).toEqual([]);
		const given = uuidv7();
		const undone = two.admin.begin(async (tx) => {
			await tx`insert into notices (id, firm_id, kind, audience) values (${given}, ${two.north.id}, 'MEMBER_ADDED', 'OWNERS')`;
			throw new Error('undone');
		});
		await expect(undone).rejects.toThrow('undone');
		expect(await rowOf(given)).toBeNull();
		const [after = ''] = await addNotices();
		expect(await rowOf(after)).toMatchObject({ attempts: 0, delivered_at: null, outcome: null });
		expect(await rowOf(before)).toBeNull();
	});

	it('about jobs, which can reach every firm at once, wait for all others', async () => {
		const job = () => two.admin`insert into notices (id, firm_id, kind, audience, job_id)
			values (${uuidv7()}, ${two.north.id}, 'JOB_ENDED', 'OWNERS', ${uuidv7()}) returning id`;
		const jobs = (await Promise.all([job(), job(), job()])).map(([row]) => row?.id as string);
		await makeDue(two.admin, jobs);
		const others = await addNotices(2);
		expect(idsOf(await claim(2))).toEqual(others.sort());
		expect(idsOf(await claim())).toEqual(jobs.sort());
	});

	it('are queued for notices that the firm plane writes too', async () => {
		const id = uuidv7();
		await two.as(
			'firm',
			two.north.id,
			(tx) =>
				tx`insert into notices (id, firm_id, kind, audience) values (${id}, ${two.north.id}, 'MEMBER_ADDED', 'OWNERS')`,
		);
		expect(await rowOf(id)).not.toBeNull();
	});

	it('about invitations, beyond a number reported one by one, are queued in their firm’s own queue', async () => {
		await worker.write(null, enableDeliveries);
		const [was] = await two.admin`select notices_before_folding from request_limits`;
		await two.admin`update request_limits set notices_before_folding = 1`;
		const invitations = [uuidv7(), uuidv7(), uuidv7()];
		await two.as('firm', two.north.id, async (tx) => {
			for (const id of invitations)
				await tx`insert into notices (id, firm_id, kind, audience, actor_id, invitation_id)
					values (${uuidv7()}, ${two.north.id}, 'MEMBER_INVITED', 'OWNERS', ${two.north.author}, ${id})`;
		});
		const queued =
			await two.admin`select reported_by from webhook_deliveries where message_id in ${two.admin(invitations)}`;
		await two.admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
		expect(queued.map((row) => ({ ...row }))).toEqual(Array(2).fill({ reported_by: two.north.id }));
	});

	it('queued in bulk by one firm’s plane delay neither the database’s own notices nor another firm’s', async () => {
		const write = async (firm: string, count: number) =>
			two.as('firm', firm, async (tx) => {
				const ids = Array.from({ length: count }, () => uuidv7());
				for (const id of ids)
					await tx`insert into notices (id, firm_id, kind, audience) values (${id}, ${firm}, 'ACCESS_POLICY_CHANGED', 'OWNERS')`;
				return ids;
			});
		const flood = await write(two.harbour.id, 40);
		const others = await write(two.north.id, 2);
		const [lease = ''] = await notifyOwners(two.admin, two.harbour.id, 1, { lease_id: uuidv7() });
		await makeDue(two.admin, [...flood, ...others, lease]);
		expect(idsOf(await claim(5))).toEqual([lease, ...flood.slice(0, 2), ...others].sort());
		// A message whose attempt failed keeps its turn.
		const [again = ''] = others;
		await makeDue(two.admin, [again]);
		expect(idsOf(await claim(1))).toEqual([again]);
		expect(await codeOf(write(uuidv7(), 1))).toBe(NO_PRIVILEGE);
	});

	it('are claimed by one worker at a time, for half a minute', async () => {
		const ids = await addNotices(7);
		const began = await now();
		const claimed = await Promise.all([claim(3), claim(3), claim(3)]);
		expect(idsOf(claimed.flat())).toEqual([...ids].sort());
		expect(claimed.flat().every(({ attempts }) => attempts === 1)).toBe(true);
		expect(await claim()).toEqual([]);
		const [id = ''] = ids;
		const { next_at } = (await rowOf(id)) ?? {};
		await expectWait(next_at, began, 30_000);
		await makeDue(two.admin, [id]);
		expect(await claim()).toEqual([{ id, attempts: 2, notice: expect.objectContaining({ id, firmId: two.north.id }) }]);
	});

	it('are postponed by the worker that holds the claim, and marked by the worker that delivered', async () => {
		const [id = ''] = await addNotices();
		const [first] = await claim();
		await makeDue(two.admin, [id]);
		const [second] = await claim();
		if (!first || !second) throw new Error('not claimed');
		const postpone = (of: typeof first) =>
			worker.write(null, (tx) => postponeDelivery(tx, of, { outcome: 'TIMEOUT', milliseconds: 3_600_000 }));
		await postpone(first);
		expect((await rowOf(id))?.outcome).toBeNull();
		const began = await now();
		await postpone(second);
		const { next_at, outcome } = (await rowOf(id)) ?? {};
		expect(outcome).toBe('TIMEOUT');
		await expectWait(next_at, began, 3_600_000);
		await worker.write(null, (tx) => markDelivered(tx, id, '204'));
		await postpone(second);
		expect(await rowOf(id)).toMatchObject({ outcome: '204', delivered_at: expect.any(Date) });
		expect(await claim()).toEqual([]);
	});

	it('are late after 24 hours', async () => {
		const late = () => worker.read(null, selectLateDeliveries);
		expect(await late()).toEqual({ count: 0, oldest: null, outcome: null });
		const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
		const [young = ''] = await notifyOwners(two.admin, two.north.id, 1, { created_at: hours(23.9) });
		expect((await late()).count).toBe(0);
		await notifyOwners(two.admin, two.harbour.id, 2, { created_at: hours(24.1) });
		const oldest = hours(48);
		const [id = ''] = await notifyOwners(two.admin, two.north.id, 1, { created_at: oldest });
		await two.admin`update webhook_deliveries set outcome = '500' where message_id = ${id}`;
		expect(await late()).toEqual({ count: 3, oldest, outcome: '500' });
		await worker.write(null, (tx) => markDelivered(tx, id, '200'));
		expect(await late()).toMatchObject({ count: 2, outcome: null });
		expect(await rowOf(young)).not.toBeNull();
	});

	it('are visible to their own firm, and written by the worker plane only', async () => {
		const [ours = ''] = await addNotices();
		const [theirs = ''] = await addNotices(1, two.harbour.id);
		const seen = await two.plane('firm').read(two.north.id, (tx) => selectDeliveries(tx, [ours, theirs]));
		expect(seen.map(({ messageId }) => messageId)).toEqual([ours]);
		const all = await two.as('firm', two.north.id, (tx) => tx`select message_id from webhook_deliveries`);
		expect(all.map(({ message_id }) => message_id)).not.toContain('00000000-0000-0000-0000-000000000000');
		for (const side of ['firm', 'operator', 'broker'] as const) {
			const attempts = [
				(tx: TransactionSql) => tx`update webhook_deliveries set delivered_at = now()`,
				(tx: TransactionSql) => tx`delete from webhook_deliveries`,
				(tx: TransactionSql) => tx`insert into webhook_deliveries (message_id, next_at) values (${uuidv7()}, now())`,
			];
			for (const attempt of attempts) expect(await codeOf(two.as(side, two.north.id, attempt))).toBe(NO_PRIVILEGE);
		}
		expect(await codeOf(two.as('worker', null, (tx) => tx`delete from webhook_deliveries`))).toBe(NO_PRIVILEGE);
		expect(await codeOf(two.as('operator', null, (tx) => tx`select from webhook_deliveries`))).toBe(NO_PRIVILEGE);
		expect(await codeOf(two.as('worker', null, (tx) => tx`select queue_delivery()`))).toBe(NO_PRIVILEGE);
	});

	it('let the clock’s high-water mark only rise, by the worker and the broker', async () => {
		const mark = async () =>
			(await two.admin`select max(at)::timestamptz as at from clock_high_water_marks`)[0]?.at.getTime();
		const before = await mark();
		await worker.write(null, raiseClockHighWaterMark);
		expect(await mark()).toBeGreaterThan(before);
		await two.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
		const ahead = await mark();
		await worker.write(null, raiseClockHighWaterMark);
		expect(await mark()).toBe(ahead);
		for (const side of ['firm', 'operator', 'worker', 'broker'] as const)
			expect(await codeOf(two.as(side, null, (tx) => tx`update clock_high_water_marks set at = now()`))).toBe(
				NO_PRIVILEGE,
			);
		for (const side of ['firm', 'operator', 'broker'] as const)
			expect(await codeOf(two.as(side, null, (tx) => tx`select reset_clock_high_water_mark()`))).toBe(NO_PRIVILEGE);
		const [row] = await two.as('worker', null, (tx) => tx`select reset_clock_high_water_mark() as done`);
		expect(row?.done).toBe(false);
		expect(await mark()).toBe(ahead);
		await two.admin`update clock_high_water_marks set at = clock_timestamp()`;
	});
});
