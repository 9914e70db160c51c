import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectNextJob } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { insertJob, type JobWish } from './jobs.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** invalid_transaction_state: the trigger on jobs refused. */
const NO_SUCH_MOVE = '25000';

describe.each(servers)('jobs in SQL on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	const make = (wish: JobWish) => insertJob(two, wish);
	const maintain: TwoFirms['maintain'] = (named, statement) => two.maintain(named, statement);
	const attempt = (...of: Parameters<typeof maintain>) => codeOf(maintain(...of));

	it('only move forward, and never again once they have ended', async () => {
		const id = await make({ state: 'QUEUED', version: 20 });
		const move = (state: string, more = '') =>
			attempt({}, `update jobs set state = '${state}'${more} where id = '${id}'`);
		// A queued job stays queued.
		expect([await move('WAITING'), await move('QUEUED')]).toEqual([NO_SUCH_MOVE, 'done']);
		expect(await move('CANCELLED', ', ended_at = now()')).toBe(NO_PRIVILEGE);
		expect(await move('DONE', ', ended_at = now()')).toBe(NO_SUCH_MOVE);
		expect(await move('RUNNING')).toBe('done');
		expect(await move('DONE')).toBe('23514');
		expect(await move('DONE', ', ended_at = now()')).toBe('done');
		expect((await maintain({}, `update jobs set state = 'RUNNING', ended_at = null where id = '${id}'`)).count).toBe(0);
		const waiting = await make({ state: 'WAITING', version: 21 });
		expect((await maintain({}, `update jobs set state = 'RUNNING' where id = '${waiting}'`)).count).toBe(0);
	});

	it('that need two persons are only requested by the worker, never queued without approval or reopened', async () => {
		let version = 100;
		const insert = (kind: string, state: string, on = 'cli') =>
			codeOf(
				two.as('worker', null, (tx) =>
					tx.unsafe(`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
				values ('${uuidv7()}', '${two.north.id}', '${kind}', 'NOTE', ${++version}, '${state}', '${on}', now(), decode(repeat('00', 36), 'hex'))`),
				),
			);
		for (const state of ['QUEUED', 'RUNNING']) expect(await insert('DESTROY', state)).toBe(NO_PRIVILEGE);
		for (const state of ['WAITING', 'RUNNING']) expect(await insert('ROTATE', state)).toBe(NO_PRIVILEGE);
		expect(await insert('ROTATE', 'QUEUED', 'firm')).toBe(NO_PRIVILEGE);
		expect([await insert('DESTROY', 'WAITING'), await insert('ROTATE', 'QUEUED')]).toEqual(['done', 'done']);
		const id = await make({ state: 'WAITING', version: 30 });
		const change = (set: string) =>
			codeOf(two.as('worker', null, (tx) => tx.unsafe(`update jobs set ${set} where id = '${id}'`)));
		expect(await change("state = 'QUEUED'")).toBe(NO_SUCH_MOVE);
		expect(await change("state = 'RUNNING'")).toBe(NO_SUCH_MOVE);
		for (const column of ['mac', 'kind', 'version', 'firm_id', 'asked_by', 'step'])
			expect([column, await change(`${column} = ${column}`)]).toEqual([column, NO_PRIVILEGE]);
		// An unproven approval queues the job; the worker then refuses it (test/jobs/jobs-by-sql.test.ts).
		expect(
			await change(`state = 'QUEUED', agreed_by = '${two.north.author}', agreed_mac = decode(repeat('00', 36), 'hex')`),
		).toBe('done');
		expect(await change(`agreed_by = '${two.harbour.author}'`)).toBe(NO_SUCH_MOVE);
		expect(await change("state = 'CANCELLED', ended_at = now()")).toBe('done');
		expect(await change("state = 'QUEUED', ended_at = null")).toBe(NO_SUCH_MOVE);
		expect(await codeOf(two.as('worker', null, (tx) => tx`delete from jobs`))).toBe(NO_PRIVILEGE);
	});

	it('are not requested by the worker for a firm that does not exist yet, whose owners would not be notified', async () => {
		const firm = uuidv7();
		const ask = (version: number) =>
			codeOf(
				two.as('worker', null, async (tx) => {
					// The command commits this before the firm, and any session of the login can read it.
					await tx`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
						values (${firm}, 'RIGHTS', 1, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k') on conflict do nothing`;
					await tx`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
						values (${uuidv7()}, ${firm}, 'REENCRYPT', 'NOTE', ${version}, 'QUEUED', 'worker', now(), decode(repeat('00', 36), 'hex'))`;
				}),
			);
		expect(await ask(2)).toBe('23503');
		await two.admin`insert into firms (id, slug, name) values (${firm}, 'comes-later', 'Comes later')`;
		expect(await two.admin`select id from jobs where firm_id = ${firm}`).toEqual([]);
		// The API could not return such a version, and so no job of the firm.
		expect(await ask(2 ** 31)).toBe('23514');
		expect(await ask(2)).toBe('done');
		expect(await two.admin`select kind from notices where firm_id = ${firm}`).toEqual([{ kind: 'JOB_REQUESTED' }]);
	});

	it('of no class or requester, made up by the worker, cannot flood owners with notices', async () => {
		const each = 2;
		const many = 20;
		const [was] = await two.admin`select notices_before_folding from request_limits`;
		await two.admin`update request_limits set notices_before_folding = ${each}`;
		const ask = (kind: string, firm: string, of: string) =>
			codeOf(
				two.as('worker', null, (tx) =>
					tx.unsafe(`insert into jobs (id, firm_id, kind, class, subject, state, asked_on, asked_at, mac)
						select gen_random_uuid(), '${firm}', '${kind}', ${of}, 'QUEUED', 'cli', now(), decode(repeat('00', 36), 'hex') from generate_series(1, ${many}) i`),
				),
			);
		const countNotices = async (): Promise<number> =>
			(await two.admin`select 1 from notices where firm_id = ${two.north.id}`).length;
		const before = await countNotices();
		expect(await ask('ROTATE', two.north.id, `'C' || i, null`)).toBe('23514');
		expect(await ask('MOVE', PLATFORM_FIRM_ID, `null, 'A.b' || i`)).toBe('done');
		for (const [from, to] of [
			['QUEUED', `state = 'RUNNING'`],
			['RUNNING', `state = 'DONE', ended_at = now()`],
		])
			await maintain({}, `update jobs set ${to} where kind = 'MOVE' and state = '${from}'`);
		expect((await countNotices()) - before).toBe(2 * each);
		await two.admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
	});

	it('of a firm are requested by the firm for its own rotation, and visible to it', async () => {
		const { north, harbour } = two;
		const [key] =
			await two.admin`select max(version)::int as newest from data_keys where firm_id = ${north.id} and class = 'NOTE'`;
		const newest: number = key?.newest;
		const [member] =
			await two.admin`select user_id from memberships where firm_id = ${north.id} and role = 'MEMBER' and removed_at is null`;
		const insert = (over: Record<string, string> = {}, firm = north.id) => {
			const row = {
				id: `'${uuidv7()}'`,
				firm_id: `'${north.id}'`,
				kind: "'ROTATE'",
				class: "'NOTE'",
				version: `${newest + 1}`,
				state: "'QUEUED'",
				asked_on: "'firm'",
				asked_by: `'${north.author}'`,
				asked_at: 'now()',
				mac: "decode(repeat('00', 36), 'hex')",
				...over,
			};
			return codeOf(
				two.as('firm', firm, (tx) =>
					tx.unsafe(`insert into jobs (${Object.keys(row)}) values (${Object.values(row)})`),
				),
			);
		};
		const kinds = [
			'REWRAP',
			'REENCRYPT',
			'DISABLE',
			'ENABLE',
			'DESTROY',
			'BRING',
			'GIVE_BACK',
			'ESCROW',
			'RECOVER',
			'DRILL',
		].map((kind) => ({
			kind: `'${kind}'`,
		}));
		const states = ['WAITING', 'RUNNING'].map((state) => ({ state: `'${state}'` }));
		for (const over of [
			...kinds,
			...states,
			{ firm_id: `'${harbour.id}'` },
			{ class: 'null' },
			{ asked_on: "'cli'" },
			{ asked_on: "'worker'" },
			{ asked_by: 'null' },
			{ asked_by: `'${harbour.author}'` },
			{ asked_by: `'${member?.user_id}'` },
			{ version: 'null' },
			{ version: `${newest - 1}` },
			{ version: `${newest + 2}` },
			{ subject: "'x'" },
			{ terms: "'x'" },
			{ rate: '1' },
			{ step: '3' },
			{ agreed_by: `'${north.author}'`, agreed_mac: "decode(repeat('00', 36), 'hex')" },
			{ next_at: "'2000-01-01'" },
		])
			expect([over, await insert(over)]).toEqual([over, NO_PRIVILEGE]);
		const none = uuidv7();
		expect(await insert({ firm_id: `'${none}'` }, none)).toBe(NO_PRIVILEGE);
		const [former] = await two.admin`update memberships set role = 'OWNER', removed_at = now()
			where firm_id = ${north.id} and role = 'MEMBER' returning user_id`;
		expect(await insert({ asked_by: `'${former?.user_id}'` })).toBe(NO_PRIVILEGE);
		expect(await insert()).toBe('done');
		await make({ firm: harbour.id });
		const seen = async (firm: string | null) =>
			(await two.as('firm', firm, (tx) => tx`select distinct firm_id from jobs`)).map(({ firm_id }) => firm_id);
		expect([await seen(north.id), await seen(harbour.id), await seen(null)]).toEqual([[north.id], [harbour.id], []]);
		const before = await two.admin`select state from jobs order by id`;
		await two.as('firm', north.id, (tx) => tx`update jobs set state = 'CANCELLED', ended_at = now()`);
		expect(await two.admin`select state from jobs order by id`).toEqual(before);
		for (const statement of [
			"update jobs set kind = 'ROTATE'",
			"update jobs set terms = 'x'",
			'update jobs set step = 1',
			"update jobs set mac = '\\x00'",
			'delete from jobs',
			'select 1 from job_pages',
			'select 1 from key_floors',
		])
			expect(await codeOf(two.as('firm', north.id, (tx) => tx.unsafe(statement))), statement).toBe(NO_PRIVILEGE);
	});

	it('requested by firms alternate with all others, so that neither delays the other', async () => {
		await two.admin`delete from job_pages`;
		await two.admin`delete from jobs`;
		const add = async (on: 'firm' | 'cli', of: string) =>
			(
				await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
					values (${uuidv7()}, ${two.harbour.id}, 'ROTATE', ${of}, 2, 'QUEUED', ${on}, now(), decode(repeat('00', 36), 'hex')) returning id`
			)[0]?.id as string;
		const flood = [await add('firm', 'NOTE'), await add('firm', 'BILLING'), await add('firm', 'DOCUMENT')];
		const other = await add('cli', 'RIGHTS');
		const next = async (firmsFirst: boolean) =>
			(await two.plane('worker').read(null, (tx) => selectNextJob(tx, { interactive: false, firmsFirst })))?.id;
		expect([await next(false), await next(true)]).toEqual([other, flood[0]]);
		await two.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${other}`;
		expect(await next(false)).toBe(flood[0]);
	});
});
