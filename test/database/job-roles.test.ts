import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { insertJob, type JobWish } from './jobs.ts';
import { addNote, codeOf, makeTwoFirms, NO_PRIVILEGE, roleOf, type Side, type TwoFirms } from './two-firms.ts';

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

	const make = (wish: JobWish) => insertJob(two, wish);
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
			lease_decision_texts: 'id',
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
		for (const column of [
			'clients.name',
			'users.email',
			'lease_texts.reason',
			'lease_decision_texts.reason',
			'download_tickets.hash',
			'notices.id',
		])
			expect([column, await reaches(`select ${column} from ${column.split('.')[0]}`)]).toEqual([column, NO_PRIVILEGE]);
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
					// The platform's people see jobs.
					...(role === 'operator' && table === 'jobs' ? [] : [`select 1 from ${table}`]),
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
