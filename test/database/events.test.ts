import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	deleteEventsBefore,
	selectEventPosition,
	selectFirmsWithEvents,
	selectNewEvents,
	selectOldestTransaction,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { codeOf, deletionOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

const SIDES = ['firm', 'operator', 'worker', 'broker'] as const;

describe.each(servers)('events on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		await two.admin`delete from events`;
	});

	const change = (firm: 'north' | 'harbour') =>
		two.admin`update notes set revision = revision + 1 where id = ${two[firm].note}`;
	const kinds = async () =>
		(await two.admin`select kind, subject, record_id as id from events order by 1, 2, 3`).map((row) => ({ ...row }));
	const visibleTo = (side: Side, firm: string | null) =>
		two.as(side, firm, async (tx) => (await tx`select firm_id from events`).map(({ firm_id: id }) => id as string));

	it('are visible to a firm’s plane for its own firm, and to the operators’ for all', async () => {
		await change('north');
		await change('harbour');
		expect(await visibleTo('firm', two.north.id)).toEqual([two.north.id]);
		expect(await visibleTo('firm', null)).toEqual([]);
		expect((await visibleTo('operator', null)).toSorted()).toEqual([two.north.id, two.harbour.id].toSorted());
		for (const [side, role] of [
			['firm', 'firmseal_portal'],
			['operator', 'firmseal_break_glass'],
			['broker', 'firmseal_broker'],
		] as const)
			expect(
				await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(`set local role ${role}; select from events`))),
			).toBe(NO_PRIVILEGE);
		// Only the transaction, to delete the row.
		expect(await codeOf(two.as('worker', null, (tx) => tx`select record_id from events`))).toBe(NO_PRIVILEGE);
	});

	it('are written, changed and deleted by no role, but that the worker deletes them', async () => {
		await change('north');
		const insert = `insert into events (firm_id, kind, record_id) values ('${two.harbour.id}', 'LEASE', gen_random_uuid())`;
		const add = `select public.add_events('${two.harbour.id}', 'LEASE', '', array[gen_random_uuid()])`;
		for (const side of SIDES)
			for (const statement of [
				insert,
				add,
				`update events set firm_id = '${two.harbour.id}'`,
				'delete from events',
				'truncate events',
			])
				expect([side, statement, await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(statement)))]).toEqual([
					side,
					statement,
					NO_PRIVILEGE,
				]);
		for (const side of ['firm', 'operator', 'broker'] as const)
			expect(await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(deletionOf('events', 'false')))), side).toBe(
				NO_PRIVILEGE,
			);
		expect(await two.as('worker', null, (tx) => tx.unsafe(deletionOf('events')))).toHaveLength(1);
	});

	it('are about the firm of the changed row, whatever firm the transaction names', async () => {
		await two.as('firm', two.north.id, (tx) => tx`update notes set revision = revision + 1`);
		await two.as(
			'firm',
			two.harbour.id,
			(tx) => tx`update notes set revision = revision + 1 where firm_id = ${two.north.id}`,
		);
		const rows = await two.admin`select distinct firm_id as firm from events`;
		expect(rows.map(({ firm }) => firm)).toEqual([two.north.id]);
	});

	it('are written in a session that turns triggers off as far as it can', async () => {
		await two.admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`update notes set revision = revision + 1 where id = ${two.north.note}`;
		});
		expect(await kinds()).toEqual([{ kind: 'RECORD', subject: 'notes', id: two.north.note }]);
	});

	it('are one for each object of a transaction, and none for a row that keeps its revision', async () => {
		await two.admin.begin(async (tx) => {
			for (let round = 0; round < 3; round += 1)
				await tx`update notes set revision = revision + 1 where id = ${two.north.note}`;
			await tx`update notes set title = title where id = ${two.harbour.note}`;
		});
		expect(await kinds()).toEqual([{ kind: 'RECORD', subject: 'notes', id: two.north.note }]);
	});

	it('of a firm with many grow by no more than one row a transaction', async () => {
		await two.admin`insert into events (firm_id, kind, record_id)
			select ${two.north.id}, 'LEASE', gen_random_uuid() from generate_series(1, 1000)`;
		for (let round = 0; round < 2; round += 1)
			await two.admin.begin(async (tx) => {
				for (let again = 0; again < 3; again += 1) {
					await tx`update notes set revision = revision + 1 where id = ${two.north.note}`;
					await tx`update access_policies set updated_at = clock_timestamp() where firm_id = ${two.north.id}`;
				}
			});
		await change('harbour');
		const rows =
			await two.admin`select firm_id as firm, kind, count(*)::int from events where kind <> 'LEASE' group by 1, 2`;
		expect(rows.map((row) => ({ ...row }))).toEqual(
			expect.arrayContaining([
				{ firm: two.north.id, kind: 'RESYNC', count: 2 },
				{ firm: two.harbour.id, kind: 'RECORD', count: 1 },
			]),
		);
		expect(rows).toHaveLength(2);
	});

	it('are read once, also those that commit late, and only of the firms that were named', async () => {
		const [firm, operator] = [two.plane('firm', 1), two.plane('operator', 1)];
		const start = await firm.read(null, selectEventPosition);
		const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const late = two.admin.begin(async (tx) => {
			await tx`update notes set revision = revision + 1 where id = ${two.north.note}`;
			begun.resolve();
			await over.promise;
		});
		await begun.promise;
		await change('harbour');
		const first = await operator.read(null, (tx) => selectNewEvents(tx, start));
		expect(first.events.map(({ recordId }) => recordId)).toEqual([two.harbour.note]);
		expect((await firm.read(null, (tx) => selectFirmsWithEvents(tx, start, [two.north.id]))).firms).toEqual([]);
		over.resolve();
		await late;
		const second = await operator.read(null, (tx) => selectNewEvents(tx, first.now));
		expect(second.events.map(({ recordId }) => recordId)).toEqual([two.north.note]);
		expect((await firm.read(null, (tx) => selectFirmsWithEvents(tx, first.now, [two.north.id]))).firms).toEqual([
			two.north.id,
		]);
		expect((await operator.read(null, (tx) => selectNewEvents(tx, second.now))).events).toEqual([]);
		const foreign = await operator.read(null, (tx) => selectNewEvents(tx, '9000000000:9000000001:'));
		expect(foreign.isForeign).toBe(true);
	});

	it('are deleted only if their transaction had ended', async () => {
		const worker = two.plane('worker', 1);
		const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const late = two.admin.begin(async (tx) => {
			await tx`update notes set revision = revision + 1 where id = ${two.north.note}`;
			begun.resolve();
			await over.promise;
		});
		await begun.promise;
		const before = await worker.read(null, selectOldestTransaction);
		over.resolve();
		await late;
		expect(await worker.write(null, (tx) => deleteEventsBefore(tx, before))).toBe(false);
		expect(await kinds()).toHaveLength(1);
		const after = await worker.read(null, selectOldestTransaction);
		await worker.write(null, (tx) => deleteEventsBefore(tx, after));
		expect(await kinds()).toEqual([]);
	});
});
