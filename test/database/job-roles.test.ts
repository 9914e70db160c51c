import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectNextJob } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { addNote, codeOf, makeTwoFirms, NO_PRIVILEGE, roleOf, type Side, type TwoFirms } from './two-firms.ts';

/** invalid_transaction_state: the trigger on jobs refused. */
const NO_SUCH_MOVE = '25000';

describe.each(servers)('jobs in SQL on $name', (server) => {
	let two: TwoFirms;
	/** A running job on north's notes. */
	let running: string;
	let queued: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		running = await make({});
		queued = await make({ state: 'QUEUED', version: 3 });
		await two.admin`insert into key_floors (firm_id, class, version) values (${two.harbour.id}, 'NOTE', 1)`;
		await two.admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			select id, class, 1, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k' from firms, unnest(array['NOTE', 'BILLING']) class
			on conflict do nothing`;
	});
	afterAll(() => two?.close());

	async function make({ firm = two.north.id, of = 'NOTE' as string | null, state = 'RUNNING', version = 2 }) {
		const id = uuidv7();
		await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
			values (${id}, ${firm}, 'REENCRYPT', ${of}, ${version}, ${state}, 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		return id;
	}
	const maintain: TwoFirms['maintain'] = (named, statement) => two.maintain(named, statement);
	const attempt = (...of: Parameters<typeof maintain>) => codeOf(maintain(...of));
	const counted = async (named: Parameters<typeof maintain>[0], table: string) =>
		Number((await maintain(named, `select count(*) from ${table}`))[0]?.count);
	/** Statements that only a job that erases may run: any other job sees no row. */
	const reaches = async (statement: string): Promise<string> =>
		maintain(inNorth(), statement).then(
			({ count }) => (count > 0 ? 'done' : 'no row'),
			({ code }) => code,
		);
	const inNorth = () => ({ job: running, firm: two.north.id });

	it('show content and keys only of the firm and class of the running job that is named', async () => {
		const { north, harbour } = two;
		expect(await maintain(inNorth(), 'select id from notes')).toEqual([{ id: north.note }]);
		expect(await maintain(inNorth(), 'select distinct firm_id, class from data_keys')).toEqual([
			{ firm_id: north.id, class: 'NOTE' },
		]);
		const ended = await make({ version: 4 });
		await two.admin`update jobs set state = 'DONE', ended_at = now() where id = ${ended}`;
		const ofBilling = await make({ of: 'BILLING', version: 5 });
		const ofWrapping = await make({ of: null, version: 6 });
		for (const named of [
			{},
			{ firm: north.id },
			{ job: running },
			{ job: running, firm: harbour.id },
			{ job: queued, firm: north.id },
			{ job: ended, firm: north.id },
			{ job: ofBilling, firm: north.id },
			{ job: ofWrapping, firm: north.id },
			{ job: uuidv7(), firm: north.id },
		])
			expect([
				named,
				await counted(named, 'notes'),
				(await maintain(named, 'update notes set title = title')).count,
			]).toEqual([named, 0, 0]);
		for (const named of [{}, { firm: north.id }, { job: queued, firm: north.id }, { job: running, firm: harbour.id }])
			expect([named, await counted(named, 'data_keys'), await counted(named, 'key_floors')]).toEqual([named, 0, 0]);
		for (const table of [
			'documents',
			'document_versions',
			'messages',
			'comments',
			'invoices',
			'invoice_line_items',
			'time_entries',
			'stored_objects',
		])
			expect([table, await counted(inNorth(), table)]).toEqual([table, 0]);
		expect(await attempt({ job: 'not-an-id', firm: north.id }, 'select id from notes')).toBe('22P02');
		// Keys of all classes, but no content.
		expect(await counted({ job: ofWrapping, firm: north.id }, "data_keys where class = 'RIGHTS'")).toBe(1);
	});

	it('change only sealed values of a row, and add or remove no row', async () => {
		const columns = await two.admin<{ name: string; sealed: boolean }[]>`
			select column_name as name, domain_name is not distinct from 'sealed' as sealed
			from information_schema.columns where table_name = 'notes'`;
		const sealed = columns.flatMap((column) => (column.sealed ? [column.name] : []));
		for (const name of sealed) expect(await attempt(inNorth(), `update notes set ${name} = ${name}`)).toBe('done');
		expect(
			(await maintain(inNorth(), `select erase_rows('notes', 'id', array['${two.north.note}'::uuid]) as gone`))[0]
				?.gone,
		).toBe('0');
		expect(await reaches('update notes set title = null, body = null, deleted_at = now()')).toBe(NO_PRIVILEGE);
		expect(await counted(inNorth(), 'notes')).toBe(1);
		for (const { name } of columns.filter((column) => !column.sealed && column.name !== 'deleted_at'))
			expect([name, await attempt(inNorth(), `update notes set ${name} = ${name}`)]).toEqual([name, NO_PRIVILEGE]);
		for (const statement of [
			`insert into notes (firm_id, id, author_id) values ('${two.north.id}', '${uuidv7()}', '${two.north.author}')`,
			'delete from notes',
			'truncate notes',
			'lock table notes in exclusive mode',
		])
			expect([statement, await attempt(inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		// The database refuses an envelope with another firm's tag.
		const [theirs] = await two.admin`select encode(title, 'hex') as title from notes where id = ${two.harbour.note}`;
		expect(await attempt(inNorth(), `update notes set title = '\\x${theirs?.title}'`)).toBe('23514');
	});

	describe('under a login that names another firm and job with each row of one statement', () => {
		/** A firm without people, and the worker's own job that erases it. */
		const made = { firm: uuidv7(), job: uuidv7() };
		beforeAll(async () => {
			await two.as('worker', null, async (tx) => {
				await tx`insert into firms (id, slug, name) values (${made.firm}, 'made', 'Made')`;
				await tx`insert into erasures (id, firm_id, mac) values (${uuidv7()}, ${made.firm}, decode(repeat('00', 36), 'hex'))`;
				await tx`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac, terms) values (${made.job}, ${made.firm}, 'ERASE',
					'QUEUED', 'worker', now(), decode(repeat('00', 36), 'hex'), '{"notBefore":"2020-01-01T00:00:00Z"}')`;
			});
			await maintain(made, `update jobs set state = 'RUNNING' where id = '${made.job}'`);
		});
		/** As in lease-lock-sessions.test.ts for leases: names the job with the first row, and the firm with the second. */
		const torn = (of: { firm: string; job: string }, table: string) =>
			two.as('worker', null, async (tx) => {
				await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.firm', ${of.firm}, true),
						set_config('firmseal.job', ${of.job}, true)`;
				for (const plan of ['hashjoin', 'mergejoin', 'material', 'indexscan', 'bitmapscan', 'memoize'])
					await tx.unsafe(`set local enable_${plan} = off`);
				await tx.unsafe('set local join_collapse_limit = 1');
				const honest = (await tx`select id from ${tx(table)}`).length;
				const rows = await tx.unsafe(`select n.id, n.firm_id
						from (values ('${of.firm}', false), ('${two.harbour.id}', true)) as v (firm, is_asked),
						lateral (select set_config('firmseal.firm', v.firm, true) as f offset 0) s,
						lateral (select n.id, n.firm_id from ${table} n where n.firm_id <> case when s.f is not null then '${of.firm}'::uuid end
							and case when n.deleted_at is null then v.is_asked else v.is_asked end for update) n`);
				return { honest, taken: rows.length };
			});

		it('show and lock no row of the other firm', async () => {
			expect(await torn({ firm: two.north.id, job: running }, 'notes')).toEqual({ honest: 1, taken: 0 });
			// The other firm has rows in both tables.
			for (const table of ['notes', 'clients'])
				expect([table, await torn(made, table)]).toEqual([table, { honest: 0, taken: 0 }]);
		});

		it('hide no row through a permitted job next to a job that may not', async () => {
			const more = [await addNote(two.admin, two.north), await addNote(two.admin, two.north)];
			const hide = two.as('worker', two.north.id, async (tx) => {
				await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${running}, true)`;
				for (const plan of ['hashjoin', 'mergejoin', 'material', 'memoize'])
					await tx.unsafe(`set local enable_${plan} = off`);
				await tx.unsafe('set local join_collapse_limit = 1');
				return tx.unsafe(`update notes n set deleted_at = s.at, title = null, body = null
					from (values ('${more[0]}'::uuid, '${two.north.id}', '${running}', null::timestamptz),
						('${more[1]}', '${made.firm}', '${made.job}', now())) as v (id, firm, job, at),
					lateral (select v.id, case when set_config('firmseal.firm', v.firm, true) || set_config('firmseal.job', v.job, true) <> '' then v.at end as at offset 0) s
					where n.id = s.id`);
			});
			expect(await codeOf(hide)).toBe(NO_PRIVILEGE);
			await two.admin`delete from notes where id = any(${more})`;
		});
	});

	it('change no key’s identity or commitment, remove no key, and set only the job’s own minimum version', async () => {
		for (const column of ['firm_id', 'class', 'version', 'commitment', 'created_at'])
			expect(await attempt(inNorth(), `update data_keys set ${column} = ${column}`), column).toBe(NO_PRIVILEGE);
		for (const table of ['data_keys', 'key_floors', 'jobs', 'stored_objects', 'key_refusals'])
			expect([table, await attempt(inNorth(), `delete from ${table}`)]).toEqual([table, NO_PRIVILEGE]);
		const key = (firm: string, of: string) => `update data_keys set state = 'RETIRED' where state = 'ACTIVE';
			insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			values ('${firm}', '${of}', 2, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
		const floor = (firm: string, of: string) =>
			`insert into key_floors (firm_id, class, version) values ('${firm}', '${of}', 1)`;
		for (const insert of [key, floor]) {
			expect(await attempt(inNorth(), insert(two.north.id, 'BILLING'))).toBe(NO_PRIVILEGE);
			expect(await attempt(inNorth(), insert(two.harbour.id, 'NOTE'))).toBe(NO_PRIVILEGE);
			expect(await attempt({ firm: two.north.id }, insert(two.north.id, 'NOTE'))).toBe(NO_PRIVILEGE);
			expect(await attempt(inNorth(), insert(two.north.id, 'NOTE'))).toBe('done');
		}
		for (const column of ['firm_id', 'class'])
			expect(await attempt(inNorth(), `update key_floors set ${column} = ${column}`)).toBe(NO_PRIVILEGE);
		// A minimum above the active version would block all writes, and the minimum never falls.
		const raise = (to: string) => attempt(inNorth(), `update key_floors set version = ${to} where class = 'NOTE'`);
		const tried = [await raise('3'), await raise('9223372036854775807'), await raise('2')];
		expect(tried).toEqual([NO_PRIVILEGE, NO_PRIVILEGE, 'done']);
	});

	it('let the role that runs them request none, approve none, notify no one, and record nothing itself', async () => {
		for (const statement of [
			`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac) values ('${uuidv7()}', '${two.north.id}', 'REWRAP', 'QUEUED', 'cli', now(), decode(repeat('00', 36), 'hex'))`,
			...[
				'id',
				'firm_id',
				'kind',
				'class',
				'version',
				'rate',
				'asked_on',
				'asked_by',
				'asked_at',
				'mac',
				'agreed_by',
				'agreed_mac',
			].map((column) => `update jobs set ${column} = ${column}`),
			`insert into notices (id, firm_id, kind, audience) values ('${uuidv7()}', '${two.north.id}', 'JOB_ENDED', 'OWNERS')`,
			`insert into audit_entries (id) values ('${uuidv7()}')`,
			'select 1 from notices',
			'select 1 from audit_entries',
			'update job_pages set after = after',
			'update job_pages set job_id = job_id',
			...[
				'lease_grant_tokens',
				'operators',
				'owner_recoveries',
				'webhook_deliveries',
				'alerts',
				'audit_leaves',
				'audit_state',
				'clock_high_water_marks',
			].map((table) => `select 1 from ${table}`),
			'select public.job_allows_keys(null, null); create temp table jobs (id uuid)',
			'select public.guard_job()',
			"select public.identify('issuer', 'subject')",
		])
			expect([statement, await attempt(inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		// Rows that only a job that erases sees, and then only their ids.
		for (const [table, column] of Object.entries({
			leases: 'id',
			lease_texts: 'lease_id',
			users: 'id',
			memberships: 'user_id',
			firms: 'id',
			clients: 'id',
			threads: 'id',
			shares: 'id',
			download_tickets: 'document_id',
			access_policies: 'firm_id',
			erasures: 'id',
			erasure_objects: 'id',
			escrow_files: 'job_id',
			recovery_sessions: 'job_id',
			recovery_files: 'id',
		}))
			expect([table, await reaches(`select ${column} from ${table}`)]).toEqual([table, 'no row']);
		for (const column of ['clients.name', 'users.email', 'lease_texts.reason', 'download_tickets.hash', 'notices.id'])
			expect([column, await reaches(`select ${column} from ${column.split('.')[0]}`)]).toEqual([column, NO_PRIVILEGE]);
	});

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

	it.each(['portal', 'operator', 'break_glass', 'broker', 'log', 'signer'] as const)(
		'are inaccessible to %s',
		async (role) => {
			const side: Side = {
				portal: 'firm',
				operator: 'operator',
				break_glass: 'operator',
				broker: 'broker',
				log: 'worker',
				signer: 'worker',
			}[role] as Side;
			for (const table of ['jobs', 'job_pages', 'key_floors'])
				for (const statement of [
					`select 1 from ${table}`,
					`delete from ${table}`,
					`insert into ${table} default values`,
				])
					expect(
						await codeOf(
							two.as(side, two.north.id, async (tx) => {
								await tx`select set_config('role', ${`firmseal_${role}`}, true), set_config('firmseal.job', ${running}, true)`;
								return tx.unsafe(statement);
							}),
						),
						statement,
					).toBe(NO_PRIVILEGE);
		},
	);

	it('run under a role that only the worker’s login can take, and the worker itself has none of its privileges', async () => {
		for (const side of ['firm', 'operator', 'broker'] as const)
			expect(
				await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe('set local role firmseal_maintenance'))),
				side,
			).toBe(NO_PRIVILEGE);
		for (const side of ['firm', 'operator', 'broker', 'worker'] as const)
			for (const call of ["firm_of_job('NOTE')", 'firm_of_erasure()', `job_allows_keys('${two.north.id}', 'NOTE')`])
				expect(
					await codeOf(
						two.as(side, two.north.id, async (tx) => {
							await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.job', ${running}, true)`;
							return tx.unsafe(`select public.${call}`);
						}),
					),
				).toBe(NO_PRIVILEGE);
		expect(await codeOf(two.as('worker', two.north.id, (tx) => tx`select title from notes`))).toBe(NO_PRIVILEGE);
	});
});
