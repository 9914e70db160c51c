import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertErasureRecord } from '../../../src/database/index.ts';
import { encodeErasureRecord } from '../../../src/jobs/erase/erasure-record.ts';
import { createMismatchFinder } from '../../../src/jobs/erase/find-mismatched-record.ts';
import { createProvenMismatchFinder, replayErasures, watchErasureRecords } from '../../../src/jobs/index.ts';
import { openPlaneOf } from '../../../src/wiring/index.ts';
import { withAdminContext } from '../../../src/wiring/installation.ts';
import { openErasureRecords } from '../../../src/wiring/open-erasure-records.ts';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { ended, writeNotes } from '../stage.ts';
import { erasureRecordOf, requestAndApprove, storeErasureRecord, twoApprovers } from './scene.ts';

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let people: Awaited<ReturnType<typeof twoApprovers>>;
let notes: string[];

beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	api = await installation.serve({ FIRMSEAL_PLANE: 'firm' });
	people = await twoApprovers(installation);
	notes = await writeNotes(api, north, ['one', 'two', 'three', 'four', 'five', 'six', 'seven']);
	await installation.startWorker({}, { propagationSeconds: 0 });
});
afterAll(() => installation?.close());

const subject = (index: number) => `Note.${notes[index]}`;
const isErased = async (index: number) =>
	(await installation.admin`select 1 from erasures where subject = ${subject(index)} and erased_at is not null`)
		.length === 1 && (await installation.admin`select 1 from notes where id = ${notes[index] ?? ''}`).length === 0;
const numbers = async () =>
	Object.fromEntries(
		(await installation.admin`select subject, number::int as number from erasures`).map(({ subject: of, number }) => [
			notes.indexOf(of.split('.')[1]),
			number,
		]),
	);

describe('an erasure that begins before all erasure records are read', () => {
	it('does not take the number of another erasure: that one is read and erased again, and this one continues', async () => {
		await storeErasureRecord(installation, 0, await erasureRecordOf(installation, north.id, subject(0)));
		const job = await requestAndApprove(installation, people.ids)(north.id, subject(1));
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		await installation.workUntil(() => isErased(0));
		expect([await isErased(1), await numbers()]).toEqual([true, { 0: 0, 1: 1 }]);
	});

	it('uses the number of its own earlier erasure record, even after that of another', async () => {
		await storeErasureRecord(installation, 2, await erasureRecordOf(installation, north.id, subject(2)));
		await storeErasureRecord(installation, 3, await erasureRecordOf(installation, north.id, subject(3)));
		const job = await requestAndApprove(installation, people.ids)(north.id, subject(3));
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		await installation.workUntil(() => isErased(2));
		expect([await isErased(3), await numbers()]).toEqual([true, { 0: 0, 1: 1, 2: 2, 3: 3 }]);
	});

	it('gives back its number if that belongs to another erasure', async () => {
		const own = await erasureRecordOf(installation, north.id, subject(5));
		await storeErasureRecord(installation, 4, await erasureRecordOf(installation, north.id, subject(4)));
		await installation.admin`
			insert into erasures (id, firm_id, subject, mac, number)
			values (${own.id}, ${north.id}, ${subject(5)}, ${Buffer.from(own.mac)}, 4)`;
		const job = await requestAndApprove(installation, people.ids)(north.id, subject(5));
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
		await installation.workUntil(() => isErased(4));
		expect([await isErased(5), await numbers()]).toEqual([true, { 0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 }]);
	});

	it('keeps its number while its erasure record is written, if the record is proven', async () => {
		const { admin, config, database } = installation;
		const next = Number((await admin`select next_erasure_record_number() as next`)[0]?.next);
		const held = await erasureRecordOf(installation, north.id, `Note.${randomUUID()}`);
		const forged = { id: randomUUID(), firmId: randomUUID(), subject: null, mac: randomBytes(36) };
		for (const [index, { id, firmId, subject: of, mac }] of [held, forged].entries())
			await admin`insert into erasures (id, firm_id, subject, mac, number)
				values (${id}, ${firmId}, ${of}, ${Buffer.from(mac)}, ${next + index})`;
		const erasureRecords = await openErasureRecords(config);
		await withAdminContext(config, database, ({ worker: plane, rights, audit }) => {
			const compare = createProvenMismatchFinder({ plane, rights, erasureRecords });
			const { signal } = new AbortController();
			return replayErasures({ plane, rights, audit, erasureRecords, compare, signal, onUnproven() {} });
		});
		const ids = [held.id, forged.id];
		const rows = await admin`delete from erasures where id in ${admin(ids)} returning id, number::int as number`;
		await admin`delete from jobs where subject = ${held.subject}`;
		expect(Object.fromEntries(rows.map(({ id, number }) => [id, number]))).toEqual({
			[held.id]: next,
			[forged.id]: null,
		});
	});
});

describe('rows for missing erasure records, from the worker’s login', () => {
	it('are not looked up one by one, take no number from an erasure, and hide no later erasure record', async () => {
		const { config, database } = installation;
		const plane = openPlaneOf(database, 'firmseal_worker', 2);
		try {
			await plane.write(null, async (tx) => {
				for (let number = 6; number < 70; number++)
					await insertErasureRecord(tx, {
						id: randomUUID(),
						firmId: randomUUID(),
						subject: null,
						mac: randomBytes(36),
						number,
					});
			});
			const store = await openErasureRecords(config);
			let read = 0;
			const counting: typeof store = {
				...store,
				read(...asked) {
					read += 1;
					return store.read(...asked);
				},
			};
			const isBehind = watchErasureRecords({ plane, erasureRecords: counting, signal: new AbortController().signal });
			const reads: number[] = [];
			for (const _ of ['a start', 'a look', 'another']) {
				read = 0;
				expect(await isBehind()).toBe(false);
				reads.push(read);
			}
			expect(reads.filter((each) => each > 16)).toEqual([]);
			const job = await requestAndApprove(installation, people.ids)(north.id, subject(6));
			expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });
			expect(await installation.admin`select number::int from erasures where subject = ${subject(6)}`).toEqual([
				{ number: 6 },
			]);
			await storeErasureRecord(installation, 7, await erasureRecordOf(installation, north.id, subject(0)));
			expect(await isBehind()).toBe(true);
		} finally {
			await plane.close();
		}
	});

	it('are read again if a missing record before them turns out wrong', async () => {
		const { admin, config, database } = installation;
		const plane = openPlaneOf(database, 'firmseal_worker', 1);
		try {
			const next = Number((await admin`select next_erasure_record_number() as next`)[0]?.next);
			const put = async (number: number) => {
				const row = { id: randomUUID(), firmId: randomUUID(), subject: null, mac: randomBytes(36), number };
				await plane.write(null, (tx) => insertErasureRecord(tx, row));
				return row;
			};
			const other = await put(next + 1);
			const erasureRecords = { ...(await openErasureRecords(config)), read: async () => encodeErasureRecord(other) };
			const wrong = new Set<string>();
			const compare = createMismatchFinder({ plane, erasureRecords, isRight: ({ id }) => !wrong.has(id) });
			const { signal } = new AbortController();
			expect(await compare(signal)).toBe(null);
			const missing = await put(next);
			wrong.add(missing.id);
			expect(await compare(signal)).toMatchObject({ number: next });
		} finally {
			await plane.close();
		}
	});
});
