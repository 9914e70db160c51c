import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { claimsOf } from '../../scene.ts';
import type { Area } from '../attack.ts';
import { GIVEN_UP, inNorth, insertNote, noPrivilege, rule } from '../sql-attacks.ts';

export const sqlOfThePlatform: Area = {
	title: 'SQL as the platform’s roles',
	attacks: [
		noPrivilege(
			'Operator: an expression, a condition, an order, an aggregate or a join that names a content column',
			async (stage) => ({
				states: await stage.states(
					'operator',
					{},
					'select title from notes',
					'select 1 / octet_length(title) from notes',
					'select id from notes where title is not null',
					"select id from notes where substring(title from 23 for 1) > '\\x80'",
					'select id from notes order by body',
					'select count(distinct memo) from invoices',
					'select id from invoices order by total, amount_due',
					'select m.id from messages m join notes n on n.title = m.body',
					'select id from documents group by id, description having description is null',
					'select first_value(text) over () from comments',
				),
			}),
		),
		noPrivilege(
			'Operator: the whole row, to get its content: *, to_jsonb, a composite, TABLE, COPY, a lateral join',
			async (stage) => ({
				states: await stage.states(
					'operator',
					{},
					'select * from notes',
					'select to_jsonb(n) from notes n',
					'select n from notes n',
					'table notes',
					'copy notes to stdout',
					'select x.* from threads t, lateral (select * from messages m where m.thread_id = t.id) x',
					"select query_to_xml('select * from notes', true, false, '')",
					"select table_to_xml('notes', true, false, '')",
				),
			}),
		),
		noPrivilege(
			'Operator: plans and statistics of a content column',
			async (stage) => {
				await stage.admin`analyze notes`;
				const seen = await stage.sql('operator', {}, `select * from pg_stats where tablename in ('notes', 'messages')`);
				expect([...seen]).toEqual([]);
				return {
					states: await stage.states(
						'operator',
						{},
						'explain select title from notes',
						'explain (analyze, verbose) select id from notes where title is null',
						'select stavalues1 from pg_statistic',
						'select * from pg_authid',
						"select pg_read_binary_file(pg_relation_filepath('notes'))",
					),
				};
			},
			'42501, and pg_stats shows no row of a table with row policies',
		),
		noPrivilege(
			'Operator: reads the statements of other sessions (pg_stat_activity), and ends them',
			async (stage) => {
				const ofFirm = "from pg_stat_activity where datname = current_database() and usename = 'firmseal_firm_login'";
				await stage.sql('firm', inNorth(stage), async (tx) => {
					await tx`select title from notes where id = ${stage.ours.ids.note}`;
					const seen = await stage.sql('operator', {}, `select distinct query ${ofFirm}`);
					expect([...seen]).toEqual([{ query: '<insufficient privilege>' }]);
				});
				return {
					states: await stage.states(
						'operator',
						{},
						`select pg_terminate_backend(pid) from (select pid ${ofFirm} limit 1) a`,
						`select pg_cancel_backend(pid) from (select pid ${ofFirm} limit 1) a`,
						'select pg_reload_conf()',
					),
				};
			},
			'42501, and the text of the statements is hidden',
		),
		noPrivilege('Operator: any write to content, shares and members', async (stage) => ({
			states: await stage.states(
				'operator',
				inNorth(stage),
				insertNote(stage, stage.north.id, 'null'),
				'update notes set revision = revision + 1',
				'delete from notes',
				'truncate notes cascade',
				'select id from notes for update',
				"update memberships set role = 'OWNER'",
				'insert into shares default values',
				'lock table notes in access exclusive mode',
				'merge into notes n using firms f on n.firm_id = f.id when matched then update set revision = 9',
			),
		})),
		noPrivilege('Each role: takes another plane’s role, the owner’s or the superuser’s', async (stage) => ({
			states: [
				...(await stage.states(
					'firm',
					{},
					'set role firmseal_operator',
					'set role firmseal_owner',
					'set role postgres',
				)),
				...(await stage.states('portal', {}, 'set role firmseal_operator', 'set session authorization postgres')),
				...(await stage.states(
					'operator',
					{},
					'set role firmseal_firm',
					'set role firmseal_worker',
					'set role pg_read_all_data',
				)),
				...(await stage.states(
					'worker',
					{},
					'set role firmseal_firm',
					'set role firmseal_operator',
					'set role pg_monitor',
				)),
			],
		})),
		noPrivilege(
			'Each role: creates a table, view, function, cast, rule or trigger that shadows or hooks Firmseal’s',
			async (stage) => {
				const shadows = [
					'create temp table notes (id uuid, title bytea)',
					'create temp view notes as select 1 as id',
					'create schema shadow',
					'create function public.current_firm2() returns uuid language sql as $$ select gen_random_uuid() $$',
					"create function pg_temp.leak(bytea) returns boolean cost 0.0001 language plpgsql as $$ begin raise notice '%', $1; return true; end $$",
					'create cast (uuid as text) with inout as implicit',
					'create rule told as on select to notes do instead select 1',
					'create trigger told before insert on notes for each row execute function refuse_append_only_change()',
				];
				const states: string[] = [];
				for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
					states.push(...(await stage.states(role, inNorth(stage), ...shadows)));
				return { states };
			},
		),
		noPrivilege('Worker: reads, counts or writes rows of content, and stores a key of its own', async (stage) => ({
			states: await stage.states(
				'worker',
				inNorth(stage),
				'select count(*) from notes',
				'select 1 from messages limit 1',
				insertNote(stage, stage.north.id, 'null'),
				"insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id) select firm_id, class, 99, 'RETIRED', wrapped, commitment, key_id from data_keys",
				"update data_keys set wrapped = ''",
			),
		})),
		noPrivilege(
			'Worker: makes itself a member of a firm that has people, by insert and by hurrying a recovery',
			async (stage) => {
				const id = uuidv7();
				const account = `insert into users (id, person_id, issuer, subject, email, name)
					values ('${id}', '${id}', 'firmseal-development', '${id}', '${id}@elsewhere.example', 'N')`;
				const member = (role: string) =>
					`${account}; insert into memberships (firm_id, user_id, role) values ('${stage.north.id}', '${id}', '${role}')`;
				return {
					states: await stage.states(
						'worker',
						{},
						member('OWNER'),
						member('MEMBER'),
						"update memberships set role = 'OWNER'",
						"update owner_recoveries set approved_at = now() - interval '90 hours'",
						'select witness_owner_recoveries()',
					),
				};
			},
		),
		rule(
			'Worker: an approver alone approves the new approver they requested, while there are others, and after disabling them',
			'23000: two persons decide, and no one decides alone for 30 days after an approver was disabled',
			async (stage) => {
				const { admin } = stage;
				const id = uuidv7();
				const asks = claimsOf(stage.approver).sub;
				await admin`insert into jobs (id, firm_id, kind, subject, terms, state, asked_on, asked_by, asked_at, mac)
					values (${id}, '00000000-0000-0000-0000-000000000000', 'APPOINT', ${`User.${id}`}, '{}', 'WAITING', 'cli', ${asks}, now(), ${Buffer.alloc(36)})`;
				const yes = `update jobs set state = 'QUEUED', agreed_by = asked_by, agreed_mac = mac where id = '${id}'`;
				const states = await stage.states('worker', {}, yes);
				const gone = await admin`update operators set disabled_at = now()
					where 'APPROVER' = any (roles) and disabled_at is null and user_id <> ${asks} returning user_id`;
				try {
					return { states: [...states, ...(await stage.states('worker', {}, yes))] };
				} finally {
					const ids = gone.map(({ user_id }) => user_id as string);
					await admin`update operators set disabled_at = null where user_id in ${admin(ids)}`;
					await admin`delete from jobs where id = ${id}`;
				}
			},
		),
		rule(
			'Worker: takes the role of an approver away, so that another decides alone: by UPDATE, by dropping its own role within the statement, and by a forged job',
			'23000: no login can do it, in any role; the job’s function does nothing',
			async (stage) => {
				const { admin } = stage;
				const asks = claimsOf(stage.approver).sub;
				const victim = claimsOf(stage.second).sub;
				const id = uuidv7();
				const byHand = (roles: string) =>
					`update operators set roles = ${roles}, mac = null where user_id = '${victim}'`;
				const terms = JSON.stringify({ user: victim, isNew: false, roles: ['AUDITOR'] });
				try {
					const states = await stage.states(
						'worker',
						{},
						byHand("'{AUDITOR}'"),
						byHand(`case when ${GIVEN_UP} then '{AUDITOR}'::text[] end`),
					);
					await stage.sql('worker', {}, async (tx) => {
						await tx`update operators set mac = null where user_id = ${victim}`;
						await tx`insert into jobs (id, firm_id, kind, subject, terms, state, asked_on, asked_by, asked_at, mac)
							values (${id}, '00000000-0000-0000-0000-000000000000', 'ADD_OPERATOR', ${`User.${victim}`}, ${terms}, 'WAITING', 'cli', ${asks}, now(), ${Buffer.alloc(36)})`;
						await tx`update jobs set state = 'QUEUED', agreed_by = ${victim}, agreed_mac = mac where id = ${id}`;
					});
					await stage.sql('worker', {}, async (tx) => {
						await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${id}, true)`;
						await tx`update jobs set state = 'RUNNING' where id = ${id}`;
						const [row] =
							await tx`select current_job() as job, appoint_operator('{}', now(), ${Buffer.alloc(36)}) as done`;
						expect(row).toEqual({ job: id, done: false });
					});
					const [row] =
						await admin`select roles, one_decides_alone() as alone from operators where user_id = ${victim}`;
					expect(row).toMatchObject({ roles: ['APPROVER'], alone: false });
					return { states };
				} finally {
					await admin`delete from jobs where id = ${id}`;
					await stage.installation.proofs.operator(victim);
				}
			},
		),
		rule(
			'Worker: enables a disabled operator with the row’s earlier proof: by UPDATE, and by dropping its own role within the statement',
			'23000: no login can do it, in any role',
			async (stage) => {
				const { admin } = stage;
				const gone = claimsOf(stage.auditor).sub;
				const [before] = await admin`update operators o set disabled_at = now(), mac = null
					from operators was where o.user_id = ${gone} and was.user_id = o.user_id returning encode(was.mac, 'hex') as mac`;
				const back = (disabledAt: string) =>
					`update operators set disabled_at = ${disabledAt}, mac = decode('${before?.mac}', 'hex') where user_id = '${gone}'`;
				try {
					return {
						states: await stage.states(
							'worker',
							{},
							back('null'),
							back(`case when ${GIVEN_UP} then null::timestamptz end`),
						),
					};
				} finally {
					await admin.unsafe(back('null'));
				}
			},
		),
		noPrivilege(
			'Worker: a forged erasure that stays uncommitted, so that owners wait for its row locks and no one is notified',
			async (stage) => {
				const { north, ours } = stage;
				const id = uuidv7();
				const mac = Buffer.alloc(36);
				const terms = JSON.stringify({ notBefore: '2020-01-01T00:00:00Z' });
				const found = await stage
					.sql('worker', {}, async (tx) => {
						await tx`insert into erasures (id, firm_id, mac) values (${id}, ${north.id}, ${mac})`;
						await tx`insert into jobs (id, firm_id, kind, terms, state, asked_on, asked_at, mac)
							values (${id}, ${north.id}, 'ERASE', ${terms}, 'QUEUED', 'worker', now(), ${mac})`;
						await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${id}, true),
							set_config('firmseal.firm', ${north.id}, true)`;
						await tx`update jobs set state = 'RUNNING' where id = ${id}`;
						const rows = await tx`select erase_rows('access_policies', 'firm_id', array[${north.id}]::uuid[]) as policy,
							erase_rows('shares', 'document_id', array[${ours.ids.document}]::uuid[]) as shares`;
						const { count } =
							await tx`update memberships set client_id = null, removed_at = now() where role = 'CLIENT'`;
						throw Object.assign(new Error('Rolled back.'), { found: [{ ...rows[0] }, count] });
					})
					.catch((error: { found: unknown }) => error.found);
				expect(found).toEqual([{ policy: '0', shares: '0' }, 0]);
				const become = 'set local role firmseal_maintenance';
				return {
					states: await stage.states(
						'worker',
						inNorth(stage),
						...['access_policies', 'shares', 'memberships'].map((table) => `${become}; delete from ${table}`),
					),
				};
			},
			'42501, and the deleting function finds nothing: a job does nothing in the transaction that requests it',
		),
		{
			attack: 'A superuser: every row of every table as text, as in a backup',
			expected: 'Ciphertext and metadata, and no content',
			layer: 'envelope',
			async run({ admin, ours, theirs }) {
				const tables =
					await admin`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`;
				for (const { name } of tables) {
					const [row] = await admin`select coalesce(string_agg(t::text, ''), '') as rows from ${admin(name)} t`;
					for (const { marker } of [ours, theirs]) {
						expect([name, row?.rows.includes(marker)]).toEqual([name, false]);
						expect(row?.rows).not.toContain(Buffer.from(marker).toString('hex'));
					}
				}
				const values = await admin`select title from notes where title is not null`;
				return { values: values.map(({ title }) => title) };
			},
		},
	],
};
