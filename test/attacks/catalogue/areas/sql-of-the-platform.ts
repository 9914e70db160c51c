import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { leafText } from '../../../support/leaf-text.ts';
import { claimsOf } from '../../scene.ts';
import type { Area } from '../attack.ts';
import { inNorth, inPortal, insertNote, noPrivilege, rule } from '../sql-attacks.ts';
import { findsDenial } from '../watched.ts';

/** True, and leaves the transaction without a role. The statement itself keeps the privileges and row policies of its former role. */
const GIVEN_UP = "set_config('role', 'none', true) = 'none'";

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
			attack: 'Each role, the tables’ owner and a superuser: change, delete and truncate audit entries',
			expected: '42501: no privilege, and a trigger that also fires for the superuser and in replica mode',
			layer: 'audit log',
			async run(stage) {
				const changes = ["update audit_entries set leaf = '{}'", 'delete from audit_entries', 'truncate audit_entries'];
				const states: string[] = [];
				for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
					states.push(...(await stage.states(role, inNorth(stage), ...changes)));
				for (const first of ['set local role firmseal_owner', 'set local session_replication_role = replica'])
					for (const change of changes)
						states.push(
							await stage.admin
								.begin((tx) => tx.unsafe(`${first}; ${change}`))
								.then(
									() => 'done',
									(error: { code: string }) => error.code,
								),
						);
				return { states };
			},
		},
		{
			attack: 'Each plane: appends an entry in the name of another plane, or with an action that is not its own',
			expected: '42501: row policies decide who may append which entry',
			layer: 'audit log',
			async run(stage) {
				const append = (leaf: object) => {
					const names = { id: uuidv7(), boot: uuidv7(), sequence: 1, firm: stage.north.id };
					return `insert into audit_entries (id, firm_id, boot, sequence, leaf) values ('${names.id}', '${names.firm}', '${names.boot}', 1, '${JSON.stringify({ ...names, ...leaf })}')`;
				};
				return {
					states: [
						...(await stage.states('operator', {}, append({ plane: 'firm', action: 'content.open' }))),
						...(await stage.states('operator', {}, append({ plane: 'operator', action: 'content.open' }))),
						...(await stage.states('worker', {}, append({ plane: 'worker', action: 'content.open' }))),
						...(await stage.states('worker', {}, append({ plane: 'firm', action: 'log.read' }))),
						...(await stage.states('firm', inNorth(stage), append({ plane: 'cli', action: 'firm.create' }))),
						...(await stage.states('portal', inPortal(stage), append({ plane: 'firm', action: 'content.open' }))),
					],
				};
			},
		},
		rule(
			'Operator: appends entries that make the log look tampered with: no time, a space, skipped numbers, another plane’s numbers',
			'23514: the table takes only entries that every verification accepts, so there is no false alert on a gap or fork',
			async (stage) => {
				const [boot] = await stage.admin`select boot from audit_runs where role = 'firmseal_firm' limit 1`;
				const append = (sequence: number, more: object, written = (text: string) => text) => {
					const names = { id: uuidv7(), boot: uuidv7(), sequence, firm: stage.north.id, ...more };
					const leaf = written(leafText({ plane: 'operator', action: 'log.read', ...names }));
					return `insert into audit_entries (id, firm_id, boot, sequence, leaf) values ('${names.id}', '${names.firm}', '${names.boot}', ${sequence}, '${leaf}')`;
				};
				return {
					states: await stage.states(
						'operator',
						{},
						append(1, { at: undefined }),
						append(1, {}, (text) => text.replace(':', ': ')),
						append(1_000, {}),
						append(1, { boot: boot?.boot }),
					),
				};
			},
		),
		rule(
			'Each login: drops its role within the statement, and appends an entry that no verification accepts',
			'23514: the signed-in login decides whose entry it is, and no statement changes it',
			async (stage) => {
				const states: string[] = [];
				for (const role of ['firm', 'operator', 'worker'] as const) {
					const append = (sequence: number, written = (text: string) => text) => {
						const names = { id: uuidv7(), boot: uuidv7(), sequence, firm: stage.north.id };
						const leaf = written(leafText({ plane: role, action: 'log.read', ...names }));
						return `insert into audit_entries (id, firm_id, boot, sequence, leaf)
							select '${names.id}', '${names.firm}', '${names.boot}', ${sequence}, '${leaf}' where ${GIVEN_UP}`;
					};
					states.push(
						...(await stage.states(
							role,
							inNorth(stage),
							append(7),
							append(1, (text) => text.replace(':', ': ')),
						)),
					);
				}
				const strange = await stage.admin`select distinct role from audit_entries
					where role not in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`;
				expect([...strange]).toEqual([]);
				return { states };
			},
		),
		{
			attack: 'Operator: locks the row of an alert, and of its replacement, to read without an alert',
			expected: 'Another alert counts the read, and no one waits for the locked rows',
			layer: 'audit log',
			run: (stage) =>
				findsDenial(stage, async (find) => {
					await find();
					await stage.sql('operator', {}, async (tx) => {
						const held = () => tx`select from alerts where rule = 'CONTENT_WITHOUT_LEASE' for update`;
						await held();
						await find();
						await held();
						await tx`update alerts set acknowledged_by = ${claimsOf(stage.auditor).sub} where acknowledged_at is null and actor_id = ${claimsOf(stage.operator).sub}`;
						await find();
					});
				}),
		},
		{
			attack: 'Operator: writes more records into the log than can be counted, to hide a read behind them',
			expected:
				'The search reads a limited number of bytes and stops counting at the threshold, so it finds the later read',
			layer: 'audit log',
			run: (stage) =>
				findsDenial(stage, async (find) => {
					const [boot, lease, user] = [uuidv7(), uuidv7(), claimsOf(stage.operator).sub];
					await stage.sql('operator', {}, async (tx) => {
						const record = () => randomBytes(16).toString('base64url');
						for (let sequence = 1; sequence <= 50; sequence++) {
							const names = { id: uuidv7(), boot, sequence, firm: stage.north.id };
							const leaf = leafText({
								...names,
								action: 'lease.use',
								actor: { kind: 'operator', roles: ['OPERATOR'], user },
								coordinates: ['Note.title'],
								lease,
								plane: 'operator',
								records: Array.from({ length: 1_000 }, record),
								request: uuidv7(),
							});
							await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
								values (${names.id}, ${names.firm}, ${boot}, ${sequence}, ${leaf})`;
						}
					});
					await find();
					const [kept] = await stage.admin`
						select max(items)::int as most from (select count(*) as items from alert_tallies where subject = ${user} group by rule, bucket) t`;
					expect(kept).toEqual({ most: 51 });
				}),
		},
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
