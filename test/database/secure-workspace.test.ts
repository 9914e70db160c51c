import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { type Named, runAs } from './firm-owned-tables.ts';
import { activeLeaseBySql, asBreakGlass, type SqlLease, under } from './leases-by-sql.ts';
import { policyTexts, readersOf, takenApart } from './policy-questions.ts';
import { codeOf, envelopeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** A table as a migration would make it, without privileges and policies. */
const TABLE = `
	create table public.memos (
		firm_id uuid not null references firms (id), id uuid not null unique, revision int not null default 1,
		created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz,
		author_id uuid not null, client_id uuid, note_id uuid, title text, words sealed,
		primary key (firm_id, id),
		foreign key (firm_id, author_id) references memberships (firm_id, user_id),
		foreign key (firm_id, client_id) references clients (firm_id, id),
		foreign key (firm_id, note_id) references notes (firm_id, id)
	)`;

describe.each(servers)('a table that is added on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		await asOwner(TABLE);
	});
	afterAll(() => two?.close());

	const asOwner = (statement: string) =>
		two.admin.begin(async (tx) => {
			await tx`set local role firmseal_owner`;
			await tx.unsafe(statement);
		});
	const prepare = () => prepareDatabase(two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string, []);
	const attempt = (role: 'firm' | 'portal' | 'operator' | 'worker', named: Named, statement: string) =>
		codeOf(runAs(two, role, named, statement));
	const insert = (firm: TwoFirms['north'], named: Named) =>
		codeOf(
			runAs(
				two,
				'firm',
				named,
				(tx) =>
					tx`insert into memos ${tx({ firm_id: firm.id, id: crypto.randomUUID(), author_id: firm.author, title: 't', words: envelopeOf(firm.id) })}`,
			),
		);

	it('is accessible to no role until the database is prepared again', async () => {
		for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
			expect(await attempt(role, { firm: two.north.id }, 'select id from memos')).toBe(NO_PRIVILEGE);
	});

	it('then has the locks of every workspace table', async () => {
		await prepare();
		for (const firm of [two.north, two.harbour]) expect(await insert(firm, { firm: firm.id })).toBe('done');
		expect(await insert(two.harbour, { firm: two.north.id })).toBe(NO_PRIVILEGE);
		const seen = await runAs(two, 'firm', { firm: two.north.id }, 'select firm_id, title, words from memos');
		expect([...seen]).toMatchObject([{ firm_id: two.north.id, title: 't' }]);
		expect([...(await runAs(two, 'firm', {}, 'select id from memos'))]).toEqual([]);
		for (const column of ['firm_id', 'id', 'created_at', 'author_id', 'note_id'])
			expect([column, await attempt('firm', { firm: two.north.id }, `update memos set ${column} = ${column}`)]).toEqual(
				[column, NO_PRIVILEGE],
			);
		for (const column of ['revision', 'updated_at', 'deleted_at', 'client_id', 'title', 'words'])
			expect([column, await attempt('firm', { firm: two.north.id }, `update memos set ${column} = ${column}`)]).toEqual(
				[column, 'done'],
			);
		expect(await attempt('firm', { firm: two.north.id }, 'delete from memos')).toBe(NO_PRIVILEGE);
		expect([
			...(await runAs(two, 'operator', {}, 'select count(id)::int as n, count(title)::int as t from memos')),
		]).toEqual([{ n: 2, t: 2 }]);
		expect(await attempt('operator', {}, 'select words from memos')).toBe(NO_PRIVILEGE);
		expect(await attempt('operator', {}, 'update memos set title = title')).toBe(NO_PRIVILEGE);
		for (const role of ['worker', 'portal'] as const)
			expect(await attempt(role, { firm: two.north.id }, 'select id from memos')).toBe(NO_PRIVILEGE);
		const owners = two.admin.begin(async (tx) => {
			await tx`set local role firmseal_owner`;
			return (await tx`select id from memos`).length;
		});
		expect(await owners).toBe(0);
	});

	it('has them for columns that are added later, both content and metadata', async () => {
		await asOwner('alter table memos add column more sealed, add column place text');
		const named = { firm: two.north.id };
		expect(await attempt('operator', {}, 'select place from memos')).toBe(NO_PRIVILEGE);
		expect(await attempt('operator', {}, 'select more from memos')).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', named, 'update memos set more = more, place = place')).toBe(NO_PRIVILEGE);
		await prepare();
		expect(await attempt('operator', {}, 'select place from memos')).toBe('done');
		expect(await attempt('operator', {}, 'select more from memos')).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', named, 'update memos set more = more, place = place')).toBe('done');
		const [policies] = await two.admin`select count(*)::int as n from pg_policy where polrelid = 'memos'::regclass`;
		expect(policies?.n).toBe(6);
	});

	it('is visible under a lease of its declared class, and of no other', async () => {
		const memos = (lease: SqlLease) =>
			asBreakGlass(two, under(lease), async (tx) => (await tx`select words from public.memos`).length);
		const lock = (classes: Record<string, string>) =>
			asOwner(`select public.secure_workspace('${JSON.stringify(classes)}')`);
		const note = await activeLeaseBySql(two, two.north, { classes: ['NOTE'] });
		const billing = await activeLeaseBySql(two, two.north, { classes: ['BILLING'] });
		expect(await codeOf(memos(note))).toBe(NO_PRIVILEGE);
		await lock({ memos: 'NOTE' });
		expect([await memos(note), await memos(billing)]).toEqual([1, 0]);
		await lock({ memos: 'NOTE' });
		await lock({ memos: 'BILLING' });
		expect([await memos(note), await memos(billing)]).toEqual([0, 1]);
		await lock({});
		expect([await memos(note), await memos(billing)]).toEqual([0, 0]);
		await prepare();
	});

	it('checks all joint conditions with a single call, as every policy does', async () => {
		const readers = await readersOf(two.admin);
		expect(readers).toEqual(expect.arrayContaining(['current_firm', 'firm_of_job', 'job_erases', 'lease_scope']));
		expect(readers).not.toContain('lease_covers');
		const policies = await policyTexts(two.admin);
		expect(policies.filter(({ name }) => name.endsWith(' on memos'))).toHaveLength(8);
		expect(policies.filter(({ text }) => readers.some((reader) => text.includes(`${reader}(`))).length).toBeGreaterThan(
			150,
		);
		expect(
			policies.map(({ name, text }) => [name, takenApart(text, readers)]).filter(([, apart]) => apart !== null),
		).toEqual([]);
		const firm = '(firm_id = ( SELECT public.current_firm() AS current_firm))';
		for (const more of [
			"( SELECT public.lease_allows(( SELECT public.current_firm() AS current_firm), 'NOTE'::text) AS lease_allows)",
			'(job_id = ( SELECT public.current_job() AS current_job))',
			"(firm_id = ( SELECT public.firm_of_job('NOTE'::text) AS firm_of_job)) OR (id = ( SELECT public.current_job() AS current_job))",
			"public.lease_allows(public.current_firm(), 'NOTE'::text)",
			'(lease_id = public.current_lease())',
		])
			expect([more, takenApart(`(${firm} AND ${more})`, readers)]).toEqual([more, expect.stringMatching(/^asks /)]);
	});

	it('depends on nothing from the start of the statement, for a job that may have ended since', async () => {
		const asked = await two.admin`select distinct f.proname as name, f.provolatile as volatile from pg_policy p
			join pg_proc f on concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~ ('\\m' || f.proname || '\\(')
			where f.pronamespace = 'public'::regnamespace and 'firmseal_maintenance'::regrole = any (p.polroles) order by 1`;
		expect(asked.filter(({ volatile }) => volatile !== 'v').map(({ name }) => name)).toEqual(['current_firm']);
		expect(asked.map(({ name }) => name)).toEqual(
			expect.arrayContaining(['firm_of_erasure', 'firm_of_job', 'job_runs']),
		);
		const unguarded = await two.admin`select distinct p.polrelid::regclass::text from pg_policy p
			where p.polname like 'job\\_%' and not exists (
				select from pg_trigger t where t.tgrelid = p.polrelid and t.tgname = 'while_job_runs' and t.tgenabled = 'A')`;
		expect(unguarded).toEqual([]);
	});

	it('gets its locks only from the role that prepares the database', async () => {
		for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
			expect(await attempt(role, {}, "select public.secure_workspace('{}')")).toBe(NO_PRIVILEGE);
	});
});
