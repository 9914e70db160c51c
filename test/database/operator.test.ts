import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

const READABLE = 'firm_id, id, revision, created_at, updated_at, deleted_at, author_id';

/** Every clause in which SQL can name a column, and every way to have it named implicitly. */
const ATTEMPTS = [
	'select title from notes',
	'select body from notes limit 0',
	'select * from notes',
	'table notes',
	'select n from notes n',
	'select (n).title from notes n',
	'select notes::text from notes',
	'select to_jsonb(n) from notes n',
	'select row_to_json(n) from notes n',
	'select count(n) from notes n',
	'select array_agg(n) from notes n',
	'select id from notes where title is null',
	"select id from notes where title = '\\x00'",
	'select id from notes where octet_length(title) > 100',
	'select id from notes order by title',
	'select count(*) from notes group by title',
	'select id from notes group by id having max(octet_length(title)) > 1',
	'select distinct on (title) id from notes',
	'select row_number() over (partition by title) from notes',
	'select pg_column_size(title) from notes',
	'select pg_column_compression(title) from notes',
	'select id from notes where (select title from notes limit 1) is not null',
	'select a.id from notes a join notes b on a.title = b.title',
	'select a.id from notes a join notes b using (title)',
	'select id from notes a natural join notes b',
	'select id from notes n, lateral (select n.title) t',
	'with n as (select title from notes) select 1 from n',
	'select 1 from notes union all select octet_length(title) from notes',
	'select ctid from notes',
	'explain select title from notes',
	'explain analyze select id from notes where title is null',
	'prepare NAME as select title from notes; execute NAME',
	'declare c cursor for select title from notes; fetch all in c',
	'copy notes to stdout',
	'copy notes (title) to stdout',
	'copy (select title from notes) to stdout',
	"select query_to_xml('select title from notes', true, true, '')",
	"select table_to_xml('notes', true, true, '')",
	"select cursor_to_xml('c', 1, true, true, '')",
	'do $$ begin perform title from notes; end $$',
	'do $$ declare r record; begin for r in select * from notes loop end loop; end $$',
	'select id from notes for update',
	'select id from notes for share',
	'lock table notes in share mode',
	'update notes set title = null',
	'update notes set revision = 1 returning title',
	'delete from notes',
	'delete from notes returning title',
	'insert into notes (title) select title from notes',
	'merge into notes using firms on false when not matched then insert (title) values (null)',
	'truncate notes',
	'analyze notes (title); select title from notes',
	'create view public.peek as select title from notes',
	'create temp view peek as select title from notes',
	'create temp table peek as select title from notes',
	'create table public.peek (like notes)',
	"create function public.peek() returns setof notes language sql as 'select * from notes'",
	'create index peek on notes (title)',
	'create statistics public.peek on title, body from notes',
	'select lo_from_bytea(0, title) from notes',
	"select set_config('firmseal.firm', encode(title, 'hex'), true) from notes",
	'select stavalues1 from pg_statistic',
	'update data_keys set state = state',
	'delete from data_keys',
	'select issuer, subject, person_id from users',
	"insert into operators (user_id, roles) values (gen_random_uuid(), array['APPROVER'])",
	"update operators set roles = array['OPERATOR', 'APPROVER', 'AUDITOR']",
	'update operators set disabled_at = null',
	"insert into memberships (firm_id, user_id, role) values (gen_random_uuid(), gen_random_uuid(), 'OWNER')",
	"update firms set status = 'SUSPENDED'",
];

describe.each(servers)('the operator plane on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		// Statistics exist, so that an empty result does not mean that there are none.
		for (let i = 0; i < 20; i++) {
			await two.admin`insert into notes (firm_id, id, author_id, title, body)
				select firm_id, gen_random_uuid(), author_id, title, body from notes where id = ${two.north.note}`;
		}
		await two.admin`analyze notes`;
	});
	afterAll(() => two?.close());

	it('reads the metadata of every firm', async () => {
		const rows = await two.as('operator', null, (tx) => tx.unsafe(`select ${READABLE} from notes`));
		expect(new Set(rows.map((row) => row.firm_id))).toEqual(new Set([two.north.id, two.harbour.id]));
		const [count] = await two.as('operator', null, (tx) => tx`select count(*)::int as n from notes`);
		expect(count?.n).toBe(22);
		expect(await two.as('operator', null, (tx) => tx`select slug from firms order by slug`)).toEqual([
			{ slug: 'harbour' },
			{ slug: 'north' },
		]);
	});

	it('finds no key except the one that proves the platform’s own people', async () => {
		for (const firm of [null, two.north.id]) {
			const rows = await two.as('operator', firm, (tx) => tx`select firm_id, class, version::int from data_keys`);
			expect([...rows]).toEqual([{ firm_id: PLATFORM_FIRM_ID, class: 'RIGHTS', version: 1 }]);
		}
	});

	it.each(ATTEMPTS)('is refused: %s', async (statement) => {
		// With a named firm and without: naming one gives the operator no further right.
		for (const firm of [null, two.north.id]) {
			// A prepared statement outlives its transaction.
			const text = statement.replaceAll('NAME', firm ? 'with_firm' : 'without_firm');
			const outcome = await codeOf(two.as('operator', firm, (tx) => tx.unsafe(text)));
			expect(outcome).toBe(statement.startsWith('select cursor_to_xml') ? '34000' : NO_PRIVILEGE);
		}
	});

	it('is refused only for lack of that privilege: most attempts succeed if it is granted', async () => {
		const refused: string[] = [];
		const undone = two.admin.begin(async (tx) => {
			await tx`grant select on notes to firmseal_operator`;
			await tx`set local role firmseal_operator`;
			for (const statement of ATTEMPTS) {
				const outcome = await codeOf(tx.savepoint((inner) => inner.unsafe(statement.replaceAll('NAME', 'granted'))));
				if (outcome === NO_PRIVILEGE) refused.push(statement);
			}
			throw new Error('undone');
		});
		await expect(undone).rejects.toThrow('undone');
		expect(ATTEMPTS.length - refused.length).toBeGreaterThan(35);
		for (const statement of refused)
			expect(statement).not.toMatch(/^(select (title|\*|n) from notes|explain|copy \(|table|with)/);
	});

	it('finds no sealed value in the planner’s statistics, which contain some', async () => {
		const stored =
			await two.admin`select attname from pg_stats where tablename = 'notes' and most_common_vals is not null`;
		expect(stored.map((row) => row.attname)).toEqual(expect.arrayContaining(['title', 'body']));
		for (const view of ['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs']) {
			const seen = await two.as('operator', null, (tx) => tx.unsafe(`select * from ${view} where tablename = 'notes'`));
			expect([view, seen]).toEqual([view, []]);
		}
	});

	it('gets no sealed column from the catalogue views that export whole databases', async () => {
		const marker = (
			await two.admin`select encode(title, 'hex') as hex, encode(title, 'base64') as base64 from notes where id = ${two.north.note}`
		)[0];
		for (const whole of ["schema_to_xml('public', true, false, '')", "database_to_xml(true, false, '')"]) {
			const text = await two
				.as('operator', null, (tx) => tx.unsafe(`select ${whole}::text as text`))
				.then(
					([row]) => String(row?.text),
					(error) => String(error),
				);
			expect(text).not.toContain(marker?.hex.slice(0, 60));
			expect(text).not.toContain(marker?.base64.slice(0, 40));
		}
	});

	it("sees its own running statements, and no other plane's text", async () => {
		const activity = await two.as(
			'operator',
			null,
			(tx) => tx`select usename, query from pg_stat_activity where datname = current_database()`,
		);
		for (const { usename, query } of activity) {
			if (usename !== 'firmseal_operator_login') expect(query).toBe('<insufficient privilege>');
		}
	});
});
