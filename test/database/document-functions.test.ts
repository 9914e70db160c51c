import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { type Named, type Role, runAs } from './firm-owned-tables.ts';
import { activeLeaseBySql, asBreakGlass, revokeBySql, type SqlLease, under } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

describe.each(servers)('database functions for downloads and commands, on $name', (server) => {
	let two: TwoFirms;
	let client: string;
	let lease: SqlLease;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		const [row] =
			await two.admin`select client_id from memberships where firm_id = ${two.north.id} and role = 'CLIENT'`;
		client = row?.client_id;
		lease = await activeLeaseBySql(two, two.north, { classes: ['DOCUMENT'] });
	});
	afterAll(() => two?.close());

	const inPortal = (): Named => ({ firm: two.north.id, client });
	const run = (role: Role, named: Named, statement: string) => runAs(two, role, named, statement);
	const attempt = (role: Role, named: Named, statement: string) => codeOf(run(role, named, statement));
	/** The broker, and break-glass sessions under a lease on documents. */
	const others: readonly ((statement: string) => Promise<string>)[] = [
		(statement) => codeOf(two.as('broker', null, (tx) => tx.unsafe(statement))),
		(statement) => codeOf(asBreakGlass(two, under(lease), (tx) => tx.unsafe(statement))),
	];

	const granted = async (call: string): Promise<string[]> => {
		const found = await two.admin`
			select r.rolname as role from pg_roles r
			where r.rolname like 'firmseal\\_%' and not r.rolname like '%\\_login' and r.rolname <> 'firmseal_owner'
				and has_function_privilege(r.oid, ${call}::regprocedure, 'execute')`;
		return found.map(({ role }) => role).toSorted();
	};

	it('identify a token’s person for processes of firms, operators and the worker', async () => {
		expect(await granted('identify(text, text)')).toEqual(['firmseal_firm', 'firmseal_operator', 'firmseal_worker']);
		const [person] = await two.admin`select issuer, subject from users where id = ${two.north.author}`;
		const ask = `select * from identify('${person?.issuer}', '${person?.subject}')`;
		expect(await run('worker', {}, ask)).toHaveLength(1);
		expect(await attempt('portal', inPortal(), ask)).toBe(NO_PRIVILEGE);
		for (const other of others) expect(await other(ask)).toBe(NO_PRIVILEGE);
	});

	it('record that a lease is in use for break-glass sessions only, of the requester’s own active lease', async () => {
		expect(await granted('extend_lease_use(uuid, uuid, uuid)')).toEqual(['firmseal_break_glass']);
		const keep = ({ id, firm, user }: SqlLease) => `select extend_lease_use('${id}', '${firm}', '${user}')`;
		const kept = async ({ id }: SqlLease) =>
			(await two.admin`select kept_at from lease_budgets where lease_id = ${id}`)[0]?.kept_at;
		const broken = (of: SqlLease, named = lease) =>
			codeOf(asBreakGlass(two, under(named), (tx) => tx.unsafe(keep(of))));
		for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
			expect(await attempt(role, inPortal(), keep(lease))).toBe(NO_PRIVILEGE);
		expect(await others[0]?.(keep(lease))).toBe(NO_PRIVILEGE);
		const other = await activeLeaseBySql(two, two.harbour, { classes: ['DOCUMENT'] });
		for (const wrong of [
			{ ...lease, user: other.user },
			{ ...lease, firm: other.firm },
			{ ...lease, id: other.id },
			// The arguments are right, but for another lease than the transaction's.
			other,
		])
			expect(await broken(wrong)).toBe('done');
		await revokeBySql(two, other);
		expect(await broken(other, other)).toBe('done');
		expect([await kept(lease), await kept(other)]).toEqual([null, null]);
		expect(await broken(lease)).toBe('done');
		expect(await kept(lease)).toEqual(expect.any(Date));
		for (const forge of others) expect(await forge('update lease_budgets set kept_at = now()')).toBe(NO_PRIVILEGE);
		for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
			expect(await attempt(role, inPortal(), 'update lease_budgets set kept_at = now()')).toBe(NO_PRIVILEGE);
	});

	describe('the report that values read under a lease were sent', () => {
		const leave = ({ id, firm, user }: SqlLease, batches = 1) =>
			`select record_answered_reads('${id}', '${firm}', '${user}', ${batches}) as last`;
		const leaves = async (of: SqlLease, batches?: number, named = of) =>
			(await asBreakGlass(two, under(named), (tx) => tx.unsafe(leave(of, batches))))[0]?.last ?? null;
		const takes = (of: SqlLease, values: number) =>
			asBreakGlass(two, under(of), (tx) =>
				tx.unsafe(`select use_lease('${of.id}', '${of.firm}', '${of.user}', '{NOTE}', '{Note.title}',
					array['${two.north.note}']::uuid[], ${values}) as outcome`),
			);
		const row = async ({ id }: SqlLease) =>
			(await two.admin`select used::int, unanswered, used_at from lease_budgets where lease_id = ${id}`)[0];
		let budgeted: SqlLease;
		beforeEach(async () => {
			budgeted = await activeLeaseBySql(two, two.north, { classes: ['NOTE'] });
			await two.admin`update lease_budgets set budget = 2 where lease_id = ${budgeted.id}`;
		});

		it('is accepted only from break-glass sessions, for the requester’s own lease that the transaction names', async () => {
			expect(await granted('record_answered_reads(uuid, uuid, uuid, integer)')).toEqual(['firmseal_break_glass']);
			for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
				expect(await attempt(role, inPortal(), leave(budgeted))).toBe(NO_PRIVILEGE);
			expect(await others[0]?.(leave(budgeted))).toBe(NO_PRIVILEGE);
			await takes(budgeted, 2);
			const other = await activeLeaseBySql(two, two.harbour, { classes: ['NOTE'] });
			for (const wrong of [
				{ ...budgeted, user: other.user },
				{ ...budgeted, firm: other.firm },
			])
				expect(await leaves(wrong, 1, budgeted)).toBeNull();
			expect(await leaves(budgeted, 1, other)).toBeNull();
			expect(await row(budgeted)).toMatchObject({ unanswered: 1 });
		});

		it('is the last only if the budget is used up and all others were reported, or nothing was reported for ten seconds', async () => {
			await takes(budgeted, 1);
			expect(await leaves(budgeted)).toBe(false);
			await takes(budgeted, 1);
			await two.admin`update lease_budgets set unanswered = 2 where lease_id = ${budgeted.id}`;
			expect([await leaves(budgeted), await leaves(budgeted)]).toEqual([false, true]);
			await two.admin`update lease_budgets set unanswered = 9, used_at = now() - interval '9 seconds' where lease_id = ${budgeted.id}`;
			expect(await leaves(budgeted)).toBe(false);
			await two.admin`update lease_budgets set used_at = now() - interval '11 seconds' where lease_id = ${budgeted.id}`;
			expect(await leaves(budgeted)).toBe(true);
			await asBreakGlass(two, under(budgeted), (tx) =>
				tx.unsafe(`select extend_lease_use('${budgeted.id}', '${budgeted.firm}', '${budgeted.user}')`),
			);
			expect(await leaves(budgeted)).toBe(false);
			await revokeBySql(two, budgeted);
			expect(await leaves(budgeted, 99)).toBe(false);
			expect(await row(budgeted)).toMatchObject({ unanswered: 0 });
		});

		it('never lowers the count below zero, and ignores reads that take no value', async () => {
			expect([await leaves(budgeted, 5), await leaves(budgeted, -5)]).toEqual([false, false]);
			expect(await row(budgeted)).toEqual({ used: 0, unanswered: 0, used_at: null });
			await takes(budgeted, 0);
			expect(await row(budgeted)).toEqual({ used: 0, unanswered: 0, used_at: null });
		});
	});
});
