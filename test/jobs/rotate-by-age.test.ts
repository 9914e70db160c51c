import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { firmsealJson } from '../system/program.ts';
import { ask, ended, keysOf, readNotes, versionsOf, writeNotes } from './stage.ts';

const DAYS = { FIRMSEAL_KEY_DAYS: '90' };

describe('a data key that has sealed for the maximum number of days', () => {
	const clock = steppedClock();
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let ids: string[];
	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(embedded));
		api = await installation.serve({}, { clock });
		ids = await writeNotes(api, north, ['one']);
		await writeNotes(api, harbour, ['theirs']);
		await age(north, 91);
		await age(harbour, 89);
	});
	afterAll(() => installation?.close());

	const age = (firm: TestFirm, days: number) =>
		installation.admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`
				update data_keys set created_at = now() - ${days} * interval '1 day' where firm_id = ${firm.id} and class = 'NOTE' and state = 'ACTIVE'`;
		});
	const jobs = () => installation.admin`
		select id, firm_id, class, version::int, asked_on, asked_by, ended_at is null as open from jobs where kind = 'ROTATE' order by id`;
	/** A worker checks when it starts, and every hour after that. */
	const look = async () => {
		const worker = await installation.startWorker(DAYS, { propagationSeconds: 0 });
		await worker.advance();
		return worker;
	};

	it('gets a new version by a worker’s own job, the firm is notified, and a younger key gets none', async () => {
		const worker = await look();
		const [job] = await jobs();
		expect(job).toMatchObject({ firm_id: north.id, class: 'NOTE', version: 2, asked_on: 'worker', asked_by: null });
		expect(await ended(installation, job?.id)).toMatchObject({ state: 'DONE' });
		const states = (await keysOf(installation, north.id)).filter((key) => key.class === 'NOTE');
		expect(states.map(({ version, state }) => [version, state])).toEqual([
			[1, 'RETIRED'],
			[2, 'ACTIVE'],
		]);
		// By then every process has dropped the older version.
		await clock.advance(1_000);
		ids.push(...(await writeNotes(api, north, ['two'])));
		expect(await versionsOf(installation, north.id)).toEqual({ 1: 2, 2: 2 });
		const { notes, errors } = await readNotes(api, north, ids);
		expect([notes.map(({ body }) => body), errors]).toEqual([['one', 'two'], []]);
		const { data } = await api.ask(north.owner, '{ notices(first: 20) { nodes { kind jobKind } } }');
		expect(data.notices.nodes).toContainEqual({ kind: 'JOB_ENDED', jobKind: 'ROTATE' });
		await worker.stop();
		expect((await jobs()).map(({ firm_id: firm }) => firm)).toEqual([north.id]);
	});

	it('is not rotated again by the next worker, or within a day after a cancellation', async () => {
		await (await look()).stop();
		expect(await jobs()).toHaveLength(1);
		await age(north, 91);
		const { job: off } = await ask(installation, { firm: north.id, kind: 'ROTATE', class: 'NOTE', version: 3 });
		expect(await firmsealJson(installation.env, 'job', 'cancel', '--job', off.id)).toMatchObject({ code: 0 });
		await (await look()).stop();
		expect(await jobs()).toHaveLength(2);
		await installation.admin.begin(async (tx) => {
			const locks =
				await tx`select tgname as name from pg_trigger where tgrelid = 'jobs'::regclass and tgenabled = 'A'`;
			for (const { name } of locks) await tx`alter table jobs disable trigger ${tx(name)}`;
			await tx`update jobs set ended_at = now() - interval '25 hours' where id = ${off.id}`;
			for (const { name } of locks) await tx`alter table jobs enable always trigger ${tx(name)}`;
		});
		const worker = await look();
		const [, , job] = await jobs();
		expect(job).toMatchObject({ firm_id: north.id, class: 'NOTE', version: 3, asked_on: 'worker' });
		expect(await ended(installation, job?.id)).toMatchObject({ state: 'DONE' });
		await worker.stop();
	});

	it('is rotated even if the key of another firm before it cannot be rotated', async () => {
		await installation.admin`
			insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id, created_at)
			values (${north.id}, 'DOCUMENT', 9223372036854775807, 'ACTIVE', '', ${Buffer.alloc(32)}, 'k', '1999-01-01')`;
		await age(harbour, 91);
		await (await look()).stop();
		expect((await jobs()).at(-1)).toMatchObject({ firm_id: harbour.id, class: 'NOTE', version: 2, asked_on: 'worker' });
	});
});
