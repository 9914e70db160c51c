import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import {
	activeLeaseBySql,
	addContent,
	asBreakGlass,
	becomeBreakGlass,
	CLASSES,
	CONTENT,
	type Naming,
	requestBySql,
	type SqlLease,
	seenRows,
	under,
} from './leases-by-sql.ts';
import { codeOf, envelopeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** Tables, functions and operators with the names that the lock's own functions use, all of which answer that the lease is open. */
const lies = (schema: string, { id, firm, user }: SqlLease) => `
	create table ${schema}.leases as select '${id}'::uuid as id, '${firm}'::uuid as firm_id, '${user}'::uuid as requested_by,
		'ACTIVE'::text as state, '${CLASSES.join(',')}'::text as of, array['${CLASSES.join("','")}'] as classes, null::uuid[] as record_ids,
		null::text[] as coordinates, now() - interval '1 minute' as activated_at, now() + interval '1 hour' as expires_at;
	create table ${schema}.lease_ends (lease_id uuid);
	create table ${schema}.lease_budgets as select '${id}'::uuid as lease_id, 0::bigint as used, null::int as budget;
	create table ${schema}.clock_high_water_marks as select '2000-01-01'::timestamptz as at;
	create table ${schema}.operators as select '${user}'::uuid as user_id, array['OPERATOR'] as roles, null::timestamptz as disabled_at;
	grant all on ${schema}.leases, ${schema}.lease_ends, ${schema}.lease_budgets, ${schema}.clock_high_water_marks, ${schema}.operators to public;
	create function ${schema}.lease_allows(uuid, text) returns boolean language sql as 'select true';
	create function ${schema}.hold_lease(uuid, uuid, uuid) returns boolean language sql as 'select true';
	create function ${schema}.is_clock_sound() returns boolean language sql as 'select true';
	create function ${schema}.is_lease_open(text, timestamptz, timestamptz, timestamptz) returns boolean language sql as 'select true';
	create function ${schema}.current_lease() returns uuid language sql as 'select ''${id}''::uuid';
	create function ${schema}.clock_timestamp() returns timestamptz language sql as 'select now()';
	create function ${schema}.yes(text, text) returns boolean language sql as 'select true';
	create operator ${schema}.= (leftarg = text, rightarg = text, function = ${schema}.yes);
`;

describe.each(servers)('a forged lease on $name', (server) => {
	let two: TwoFirms;
	let north: Record<string, string[]>;
	/** A lease that was only requested. */
	let asked: SqlLease;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		north = await addContent(two.admin, two.north);
		await addContent(two.admin, two.harbour);
		asked = await requestBySql(two, two.north, { classes: CLASSES });
	});
	afterAll(() => two?.close());

	const database = () => two.admin.options.database;
	const seen = async (tx: TransactionSql) => {
		const counts = [];
		for (const { table, columns } of CONTENT)
			counts.push((await tx`select ${tx(columns)} from public.${tx(table)}`).length);
		return counts.filter((count) => count > 0);
	};
	const outcomes = (tx: TransactionSql) =>
		tx`select public.hold_lease(${asked.id}, ${asked.firm}, ${asked.user}) as held,
			public.use_lease(${asked.id}, ${asked.firm}, ${asked.user}, array['NOTE'], array['Note.title'], array[${two.north.note}]::uuid[], 1) as used,
			public.lease_allows(${asked.firm}, 'NOTE') as allowed`;
	const REFUSED = [{ held: false, used: 'ENDED', allowed: false }];

	it('cannot be created: neither the login nor its roles create a table, a function or a schema', async () => {
		for (const statement of [
			'create temporary table leases (id uuid)',
			"create function pg_temp.lease_allows(uuid, text) returns boolean language sql as 'select true'",
			'create table public.leases2 (id uuid)',
			"create function public.spy(bytea) returns boolean language sql as 'select true'",
			"create function public.spy(bytea) returns boolean leakproof language sql as 'select true'",
			'create schema evil',
			'create view public.v as select 1 as one',
			'drop policy lease_note on public.notes',
			'create policy mine on public.notes to firmseal_break_glass using (true)',
			'alter table public.notes disable row level security',
			'alter table public.leases disable trigger guard',
			'alter function public.lease_allows(uuid, text) reset search_path',
			"create or replace function public.lease_allows(of_firm uuid, of_class text) returns boolean language sql as 'select true'",
			'alter role firmseal_break_glass bypassrls',
			'set session_replication_role = replica',
		]) {
			expect(await codeOf(asBreakGlass(two, under(asked), (tx) => tx.unsafe(statement))), statement).toBe(NO_PRIVILEGE);
			const asLogin = two.installation.signIn('operator').begin((tx) => tx.unsafe(statement));
			expect([statement, await codeOf(asLogin)]).toEqual([statement, NO_PRIVILEGE]);
		}
	});

	it('opens nothing as temporary tables and functions, even if a superuser had allowed them', async () => {
		await two.admin.unsafe(`grant temporary on database ${database()} to ${LOGINS.operator}`);
		const lie = (tx: TransactionSql) => tx.unsafe(lies('pg_temp', asked));
		expect(await codeOf(two.installation.signIn('operator').begin(lie))).toBe('42501');
		await two.admin`alter event trigger firmseal_guard disable`;
		try {
			await two.installation.signIn('operator').begin(async (tx) => {
				await lie(tx);
				await tx`set local search_path = pg_temp, pg_catalog, public`;
				await becomeBreakGlass(tx, under(asked));
				const [forged] = await tx`select state from leases`;
				expect(forged?.state).toBe('ACTIVE');
				expect(await seen(tx)).toEqual([]);
				expect([...(await outcomes(tx))]).toEqual(REFUSED);
			});
		} finally {
			await two.admin.unsafe(`revoke temporary on database ${database()} from ${LOGINS.operator}`);
			await two.admin`alter event trigger firmseal_guard enable`;
		}
	});

	it('opens nothing in a schema that a superuser has put first in the path', async () => {
		await two.admin.unsafe(`create schema evil; grant usage on schema evil to public; ${lies('evil', asked)}`);
		await two.admin.unsafe(
			`alter role ${LOGINS.operator} in database ${database()} set search_path = evil, pg_catalog, public`,
		);
		await two.installation.signIn('operator').begin(async (tx) => {
			await becomeBreakGlass(tx, under(asked));
			const [forged] = await tx`select state, evil.lease_allows(firm_id, 'NOTE') as allowed from leases`;
			expect(forged).toEqual({ state: 'ACTIVE', allowed: true });
			expect(await seen(tx)).toEqual([]);
			expect([...(await outcomes(tx))]).toEqual(REFUSED);
		});
		await two.admin.unsafe(`alter role ${LOGINS.operator} in database ${database()} reset search_path`);
	});

	it('finds only functions of the owner, with a pinned path, executable only by the roles that need them', async () => {
		const hardened = await two.admin`
			select p.proname as name, pg_get_userbyid(p.proowner) as owner, p.proconfig as settings, p.prosecdef as definer,
				exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as "isPublic"
			from pg_proc p where p.pronamespace = 'public'::regnamespace`;
		expect(hardened.filter(({ definer }) => definer).length).toBeGreaterThan(20);
		for (const { name, owner, settings, isPublic } of hardened)
			expect({ name, owner, settings, isPublic }).toEqual({
				name,
				owner: 'firmseal_owner',
				settings: ['search_path=pg_catalog, pg_temp'],
				isPublic: false,
			});
		const ofBreakGlass = await two.admin`
			select p.proname as name from pg_proc p
			where p.pronamespace = 'public'::regnamespace and has_function_privilege('firmseal_break_glass', p.oid, 'execute') order by 1`;
		expect(ofBreakGlass.map(({ name }) => name)).toEqual([
			'current_firm',
			'current_lease',
			'extend_lease_use',
			'hold_lease',
			'is_erased',
			'lease_allows',
			'lease_covers',
			'lease_scope',
			'record_answered_reads',
			'use_lease',
		]);
	});

	describe('with access paths around the row policies', () => {
		/** Stored so often that statistics would contain it. */
		let common: Buffer;
		beforeAll(async () => {
			common = envelopeOf(two.north.id);
			await two.admin`insert into notes (firm_id, id, author_id, title)
				select ${two.north.id}, gen_random_uuid(), ${two.north.author}, ${common} from generate_series(1, 200)`;
			await two.admin`create statistics of_titles on (octet_length(title)), author_id, revision from notes`;
			await two.admin`analyze`;
		});

		it('reveals no value and no row in any plan', async () => {
			const [{ version } = { version: 0 }] =
				await two.admin`select current_setting('server_version_num')::int as version`;
			const query = 'select title, body from public.notes';
			const explained = await asBreakGlass(two, under(asked), async (tx) => {
				await tx.unsafe('set local plan_cache_mode = force_generic_plan');
				await tx.unsafe(`prepare generic (uuid) as ${query} where id = $1`);
				const plans: string[] = [];
				for (const statement of [
					`explain (verbose, settings) ${query}`,
					`explain (analyze, verbose, buffers, timing off, format json) ${query}`,
					`explain (analyze, verbose, wal) ${query} where title is not null order by title limit 3`,
					`explain (analyze, verbose) select max(octet_length(title)), count(*) filter (where title is null) from public.notes`,
					`explain (analyze, verbose) execute generic ('${two.north.note}')`,
					...(version >= 160000 ? [`explain (generic_plan, verbose) ${query} where id = $1`] : []),
				])
					plans.push(JSON.stringify(await tx.unsafe(statement)));
				await tx.unsafe('deallocate generic');
				return plans;
			});
			const stored = await two.admin`select distinct encode(title, 'hex') as title from notes where title is not null`;
			for (const plan of explained) {
				for (const { title } of stored) expect(plan).not.toContain(title.slice(0, 24));
				const scans = [...plan.matchAll(/Scan [^"]*public\.notes[^"]*actual[^"]*rows=([\d.]+)/g)].map(([, rows]) =>
					Number(rows),
				);
				expect(scans.every((rows) => rows === 0)).toBe(true);
			}
			expect(explained[2]).toMatch(/Scan [^"]*public\.notes[^"]*actual[^"]*rows=/);
			expect(JSON.stringify(JSON.parse(explained[1] as string))).toContain('"Actual Rows":0');
		});

		it('reveals nothing in the statistics, under a lease or without', async () => {
			const active = await activeLeaseBySql(two, two.north, { classes: CLASSES });
			const [kept] =
				await two.admin`select count(*)::int as n from pg_stats where tablename = 'notes' and attname = 'title'`;
			expect(kept?.n).toBe(1);
			for (const naming of [{}, under(asked), under(active)])
				for (const role of ['firmseal_break_glass', 'firmseal_operator', 'none'])
					await asBreakGlass(two, naming, async (tx) => {
						await tx`select set_config('role', ${role}, true)`;
						for (const view of ['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs'])
							expect([...(await tx`select * from ${tx(view)} where schemaname = 'public'`)]).toEqual([]);
						for (const table of ['pg_statistic', 'pg_statistic_ext_data']) {
							const read = tx.savepoint((point) => point`select * from pg_catalog.${point(table)}`);
							expect([table, await codeOf(read)]).toEqual([table, NO_PRIVILEGE]);
						}
					});
		});

		it('copies no row out', async () => {
			const copied = (naming: Naming, what: string) =>
				asBreakGlass(two, naming, async (tx) => {
					let bytes = 0;
					for await (const chunk of await tx.unsafe(`copy ${what} to stdout`).readable()) bytes += chunk.length;
					return bytes;
				});
			for (const what of ['public.notes', 'public.notes (title)', '(select body from public.notes)'])
				expect([what, await copied(under(asked), what)]).toEqual([what, 0]);
			const active = await activeLeaseBySql(two, two.harbour);
			expect(await copied({ ...under(active), firm: two.north.id }, 'public.notes')).toBe(0);
			expect(await copied(under(active), 'public.notes (title)')).toBeGreaterThan(0);
			for (const statement of [
				'copy public.notes (title) to stdout',
				'copy (select title from public.notes) to stdout',
			])
				expect(await codeOf(two.as('operator', null, (tx) => tx.unsafe(statement)))).toBe(NO_PRIVILEGE);
			for (const target of ["'/notes'", "program 'cat'"])
				expect(
					await codeOf(asBreakGlass(two, under(active), (tx) => tx.unsafe(`copy public.notes to ${target}`))),
				).toBe(NO_PRIVILEGE);
		});

		it('evaluates no condition on a row before the policy does', async () => {
			await two.admin.unsafe(`create schema cheap; grant usage on schema cheap to public;
				create function cheap.spy(bytea) returns boolean language plpgsql cost 0.0000001 as
					$$ begin raise exception 'seen' using errcode = 'P0001'; end $$`);
			const empty = await activeLeaseBySql(two, two.north, { records: [uuidv7()] });
			const foreign = { ...under(await activeLeaseBySql(two, two.harbour)), firm: two.north.id };
			const whole = await activeLeaseBySql(two, two.north);
			for (const condition of [
				'cheap.spy(title)',
				'not cheap.spy(body)',
				'1 / (octet_length(title) - octet_length(title)) = 1',
				"(encode(title, 'hex'))::int = 1",
			]) {
				const attempt = (naming: Naming) =>
					codeOf(asBreakGlass(two, naming, (tx) => tx.unsafe(`select id from public.notes where ${condition}`)));
				for (const naming of [{}, under(asked), under(empty), foreign])
					expect([condition, await attempt(naming)]).toEqual([condition, 'done']);
				expect(await attempt(under(whole))).not.toBe('done');
			}
		});
	});

	it('is not what reveals the rows under a real active lease', async () => {
		const active = await activeLeaseBySql(two, two.north, { classes: ['BILLING'] });
		expect(Object.keys(await seenRows(two, under(active))).sort()).toEqual(
			CONTENT.filter(({ of }) => of === 'BILLING')
				.map(({ table }) => table)
				.sort(),
		);
		expect(north.invoices?.length).toBeGreaterThan(0);
	});
});
