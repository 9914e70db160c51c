import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

const SIDES: Side[] = ['firm', 'operator', 'worker'];

/** Every way to change or remove an entry. */
const CHANGES = [
	"update audit_entries set leaf = '{}'",
	'update audit_entries set firm_id = null',
	'update audit_entries set id = id',
	'update audit_entries set leaf = leaf where false',
	'delete from audit_entries',
	'delete from audit_entries where false',
	'truncate audit_entries',
	'truncate firms cascade; truncate audit_entries',
	`with gone as (delete from audit_entries returning *) select 1 from gone`,
	`insert into audit_entries (id, boot, sequence, leaf) select id, gen_random_uuid(), 1, '{}' from audit_entries
		on conflict (id) do update set leaf = excluded.leaf`,
	`merge into audit_entries a using (select 1) x on true when matched then delete`,
	`merge into audit_entries a using (select 1) x on true when matched then update set leaf = '{}'`,
];

describe.each(servers)('audit entries on $name', (server) => {
	let two: TwoFirms;
	let before: unknown;
	const all = () => two.admin`select * from audit_entries order by boot, sequence`.then((rows) => [...rows]);

	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	beforeEach(async () => {
		before = await all();
		expect(before).not.toEqual([]);
	});
	afterAll(() => two?.close());

	describe.each(CHANGES)('%s', (change) => {
		it.each(SIDES)('is refused to the %s plane', async (side) => {
			expect(await codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(change)))).toBe(NO_PRIVILEGE);
			expect(await all()).toEqual(before);
		});

		it.each(['set local role firmseal_owner', 'select 1', 'set local session_replication_role = replica'])(
			'cannot be changed by the owner or a superuser: the trigger refuses (%s)',
			async (first) => {
				const attempt = two.admin.begin(async (tx) => {
					// The owner's own privileges and policies do not matter here, because the statement trigger also fires without a row.
					await tx.unsafe(first);
					await tx.unsafe(change);
				});
				await expect(attempt).rejects.toMatchObject({
					code: NO_PRIVILEGE,
					message: expect.stringMatching(/append-only|permission denied/),
				});
				expect(await all()).toEqual(before);
			},
		);
	});

	it('are protected from the superuser by the trigger alone: without it the change succeeds', async () => {
		const attempt = two.admin.begin(async (tx) => {
			await tx`alter table audit_entries disable trigger all`;
			const { count } = await tx`delete from audit_entries`;
			throw new Error(`deleted ${count}`);
		});
		await expect(attempt).rejects.toThrow(/deleted [1-9]/);
		expect(await all()).toEqual(before);
	});

	describe.each(SIDES)('by the %s plane', (side) => {
		const insert = (columns: Record<string, string>, fields: Record<string, unknown> = {}) => {
			const names = { id: `'${uuidv7()}'`, boot: `'${uuidv7()}'`, sequence: '1', ...columns };
			const bare = (text: string) => text.replaceAll("'", '');
			const said = { id: bare(names.id), boot: bare(names.boot), sequence: Number(names.sequence), firm: null };
			const leaf = leafText({ ...said, plane: side, action: 'log.read', ...fields });
			const row = { leaf: `'${leaf}'`, ...names };
			return `insert into audit_entries (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
		};
		const attempt = (statement: string) => codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(statement)));

		it('are appended with the current transaction and the current time', async () => {
			const id = uuidv7();
			const now = await two.as(side, null, async (tx) => {
				await tx.unsafe(insert({ id: `'${id}'` }));
				const [row] = await tx`select pg_current_xact_id()::text as transaction`;
				return row?.transaction;
			});
			const [row] =
				await two.admin`select transaction::text, clock_timestamp() - appended_at < interval '5 s' as fresh from audit_entries where id = ${id}`;
			expect(row).toEqual({ transaction: now, fresh: true });
		});

		it('cannot be appended with a transaction or time of the writer’s choice', async () => {
			expect(await attempt(insert({ transaction: "'1'::xid8" }))).toBe(NO_PRIVILEGE);
			expect(await attempt(insert({ transaction: 'default' }))).toBe(NO_PRIVILEGE);
			expect(await attempt(insert({ appended_at: "'2020-01-01'" }))).toBe(NO_PRIVILEGE);
			expect(await attempt('insert into audit_entries default values')).not.toBe('done');
		});

		it('cannot be appended with a number in use, without a leaf, or with a leaf above 64 KiB', async () => {
			const boot = `'${uuidv7()}'`;
			expect(await attempt(insert({ boot }))).toBe('done');
			expect(await attempt(insert({ boot }))).toBe('23505');
			expect(await attempt(insert({ boot: `'${uuidv7()}'`, sequence: '0' }))).toBe('23514');
			expect(await attempt(insert({ leaf: "''" }))).not.toBe('done');
			expect(await attempt(insert({}, { padding: 'x'.repeat(65_536) }))).toBe('23514');
			expect(await attempt(insert({ leaf: 'null' }))).not.toBe('done');
		});

		it('cannot be appended with the leaf of another row, plane or side', async () => {
			expect(await attempt(insert({}, { id: uuidv7() }))).toBe('23514');
			expect(await attempt(insert({}, { sequence: 2 }))).toBe('23514');
			expect(await attempt(insert({}, { firm: two.north.id }))).toBe('23514');
			expect(await attempt(insert({ leaf: "'[]'" }))).not.toBe('done');
			expect(await attempt(insert({ sequence: '9007199254740992' }))).toBe('23514');
			expect(await attempt(insert({ role: "'firmseal_firm'" }))).toBe(NO_PRIVILEGE);
			const member = { plane: 'firm', action: 'content.open' };
			expect(await attempt(insert({}, member))).toBe(side === 'firm' ? 'done' : NO_PRIVILEGE);
			expect(await attempt(insert({}, { ...member, plane: side }))).toBe(side === 'firm' ? 'done' : NO_PRIVILEGE);
		});

		it('cannot be removed with the firm, the table or the trigger', async () => {
			for (const statement of [
				'drop table audit_entries',
				'drop trigger append_only_row on audit_entries',
				'alter table audit_entries disable trigger append_only_row',
				'drop function refuse_append_only_change() cascade',
				'create rule r as on insert to audit_entries do instead nothing',
			]) {
				expect([statement, await attempt(statement)]).toEqual([statement, NO_PRIVILEGE]);
			}
		});
	});

	it('are readable by their own firm, by operators in full, and not by the worker', async () => {
		const [id, boot] = [uuidv7(), uuidv7()];
		const leaf = leafText({ id, boot, sequence: 1, firm: two.harbour.id, plane: 'cli', action: 'member.add' });
		await two.as(
			'worker',
			null,
			(tx) =>
				tx`insert into audit_entries (id, firm_id, boot, sequence, leaf) values (${id}, ${two.harbour.id}, ${boot}, 1, ${leaf})`,
		);
		const firms = (side: Side, firm: string | null) =>
			two
				.as(side, firm, (tx) => tx`select distinct firm_id from audit_entries`)
				.then((rows) => new Set(rows.map((row) => row.firm_id)));
		expect(await firms('firm', two.north.id)).toEqual(new Set([two.north.id]));
		expect(await firms('firm', null)).toEqual(new Set());
		expect(await firms('operator', null)).toEqual(new Set([null, PLATFORM_FIRM_ID, two.north.id, two.harbour.id]));
		expect(await codeOf(firms('worker', two.north.id))).toBe(NO_PRIVILEGE);
	});
});
