import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { type AuditLog, HASH, LOGINS, makeAuditLog, ROLES, type Role } from './audit-log-by-sql.ts';
import { codeOf, NO_PRIVILEGE } from './two-firms.ts';

/** Append-only tables, with a column of each. */
const KEPT = {
	audit_entries: 'leaf',
	audit_leaves: 'hashes',
	audit_root_leaves: 'leaf',
	audit_root_checkpoints: 'note',
	audit_gaps: 'last',
	audit_anchors: 'sha256',
} as const;
const TABLES = [...Object.keys(KEPT), 'audit_trees', 'audit_boots', 'audit_state'];

/** Every way to change or remove rows, or the triggers that protect them. */
const CHANGES = Object.entries(KEPT).flatMap(([table, column]) => [
	`update ${table} set ${column} = ${column}`,
	`update ${table} set ${column} = ${column} where false`,
	`delete from ${table}`,
	`delete from ${table} where false`,
	`with gone as (delete from ${table} returning 1) select 1 from gone`,
	`truncate ${table}`,
	`truncate ${table} cascade`,
]);
const UNLOCKS = Object.keys(KEPT).flatMap((table) => [
	`drop table ${table}`,
	`drop table ${table} cascade`,
	`alter table ${table} disable trigger all`,
	`alter table ${table} disable trigger append_only_row`,
	`alter table ${table} enable trigger append_only_row`,
	`drop trigger append_only_statement on ${table}`,
	`alter table ${table} no force row level security`,
	`alter table ${table} disable row level security`,
	`create policy mine on ${table} using (true)`,
	`create rule r as on insert to ${table} do instead nothing`,
]);
const REPLICATION = ['set session_replication_role = replica', 'set local session_replication_role = replica'];

describe.each(servers)('the log tables on $name', (server) => {
	let log: AuditLog;
	beforeAll(async () => {
		log = await makeAuditLog(server);
	});
	afterAll(() => log?.close());

	const all = async () => {
		const tables = Object.keys(KEPT).map((table) => log.admin.unsafe(`select * from ${table} order by 1, 2`));
		return (await Promise.all(tables)).map((rows) => [...rows]);
	};

	async function keeps(attempts: () => Promise<unknown>): Promise<void> {
		const before = await all();
		for (const rows of before) expect(rows).not.toEqual([]);
		await attempts();
		expect(await all()).toEqual(before);
	}

	describe('cannot be changed', () => {
		it.each(ROLES)('by firmseal_%s, whatever firm it names', async (role) => {
			await keeps(async () => {
				for (const statement of [...CHANGES, ...UNLOCKS, ...REPLICATION])
					for (const firm of ['', log.north])
						expect([statement, await log.attempt(role, statement, firm)]).toEqual([statement, NO_PRIVILEGE]);
			});
		});

		it.each(LOGINS)('by the login of the %s plane, which has no privileges before it takes a role', async (side) => {
			await keeps(async () => {
				for (const statement of [
					...CHANGES,
					...UNLOCKS,
					...REPLICATION,
					...TABLES.map((table) => `select 1 from ${table}`),
					'select hold_audit_log(0)',
					'select * from audit_root_hashes(array[0]::bigint[])',
					'select audit_is_published(array[]::uuid[])',
				])
					expect([statement, await codeOf(log.login(side).unsafe(statement))]).toEqual([statement, NO_PRIVILEGE]);
			});
		});

		it.each([
			['owner', ['set local role firmseal_owner']],
			['superuser', []],
			['superuser in replication mode', ['set local session_replication_role = replica']],
		])('as %s, because of the triggers', async (_, first) => {
			await keeps(async () => {
				for (const statement of CHANGES) {
					expect([statement, await log.triedByAdmin(...first, statement)]).toEqual([statement, NO_PRIVILEGE]);
				}
			});
		});

		it('by the owner in replication mode', async () => {
			for (const statement of REPLICATION)
				expect(await log.triedByAdmin('set local role firmseal_owner', statement)).toBe(NO_PRIVILEGE);
		});

		it('except without the triggers, when everything can be deleted', async () => {
			for (const table of Object.keys(KEPT)) {
				const statements = [`alter table ${table} disable trigger all`, `delete from ${table}`];
				expect([table, await log.triedByAdmin(...statements)]).toEqual([table, 'done']);
			}
		});
	});

	describe('accept writes', () => {
		const boot = uuidv7();
		const WRITES: Readonly<Record<string, { readonly by: Role; readonly statement: (of: string) => string }>> = {
			audit_leaves: {
				by: 'log',
				statement: (tree) =>
					`insert into audit_leaves (tree, index, entry_id, hashes) values ('${tree}', 7, '${uuidv7()}', ${HASH})`,
			},
			audit_root_leaves: {
				by: 'log',
				statement: () =>
					`insert into audit_root_leaves (index, kind, leaf, hashes) values (70, 'HEARTBEAT', 'heartbeat', ${HASH})`,
			},
			audit_root_checkpoints: {
				by: 'signer',
				statement: () => `insert into audit_root_checkpoints (size, note) values (70, 'forged')`,
			},
			audit_gaps: {
				by: 'log',
				statement: () => `insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', '${boot}', 2, 3)`,
			},
			audit_anchors: {
				by: 'log',
				statement: () => `insert into audit_anchors (number, size, sha256) values (70, 4, ${HASH})`,
			},
			audit_trees: {
				by: 'log',
				statement: (tree) => `insert into audit_trees (tree, size) values ('${tree.replace(/^./, 'f')}', 1)`,
			},
			audit_boots: {
				by: 'log',
				statement: () => `insert into audit_boots (role, boot, last) values ('firmseal_firm', '${boot}', 1)`,
			},
		};

		it.each(Object.entries(WRITES))('from one role only: %s', async (_, { by, statement }) => {
			for (const role of ROLES) {
				const outcome = await log.tried(role, statement(log.north), log.north);
				expect([role, outcome]).toEqual([role, role === by ? 'done' : NO_PRIVILEGE]);
			}
		});

		it('from no role with a time of its own choice', async () => {
			for (const [role, table, columns, values] of [
				['log', 'audit_root_leaves', 'index, kind, leaf, hashes', `71, 'HEARTBEAT', 'heartbeat', ${HASH}`],
				['signer', 'audit_root_checkpoints', 'size, note', `71, 'note'`],
				['log', 'audit_anchors', 'number, size, sha256', `71, 4, ${HASH}`],
			] as const) {
				const statement = `insert into ${table} (${columns}, created_at) values (${values}, '2020-01-01')`;
				expect([table, await log.attempt(role, statement)]).toEqual([table, NO_PRIVILEGE]);
			}
			const gap = `insert into audit_gaps (role, boot, first, last, seen_at) values ('firmseal_firm', '${boot}', 5, 6, now())`;
			expect(await log.attempt('log', gap)).toBe(NO_PRIVILEGE);
		});

		it('from no role over an existing row', async () => {
			for (const [role, statement] of [
				[
					'log',
					`insert into audit_leaves (tree, index, entry_id, hashes) values ('${log.north}', 0, '${uuidv7()}', ${HASH})
						on conflict (tree, index) do update set hashes = excluded.hashes`,
				],
				[
					'signer',
					`insert into audit_root_checkpoints (size, note) values (4, 'forged') on conflict (size) do update set note = excluded.note`,
				],
			] as const)
				expect([role, await log.attempt(role, statement)]).toEqual([role, NO_PRIVILEGE]);
			const twice = `insert into audit_root_checkpoints (size, note) values (4, 'forged')`;
			expect(await log.attempt('signer', twice)).toBe('23505');
		});

		it('to the log’s position from the log role only, which removes neither trees nor boots', async () => {
			for (const role of ROLES)
				for (const column of ['epoch', 'installation', 'incarnation', 'after_transaction', 'after_entry']) {
					const outcome = await log.tried(role, `update audit_state set ${column} = ${column}`, log.north);
					expect([role, column, outcome]).toEqual([role, column, role === 'log' ? 'done' : NO_PRIVILEGE]);
				}
			for (const statement of [
				'update audit_state set id = id',
				'insert into audit_state default values',
				'delete from audit_state',
				'delete from audit_trees',
				'update audit_trees set tree = tree',
				'truncate audit_trees',
				'delete from audit_boots',
				'update audit_boots set boot = boot',
				'truncate audit_boots',
			])
				expect([statement, await log.attempt('log', statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('from the leader only: a process with an older epoch cannot hold the log', async () => {
			const [state] = await log.admin`select epoch::int from audit_state`;
			for (const role of ['log', 'signer'] as const) {
				const held = (epoch: number) => log.run(role, `select hold_audit_log(${epoch}) as held`);
				expect([...(await held(state?.epoch))]).toEqual([{ held: true }]);
				expect([...(await held(state?.epoch - 1))]).toEqual([{ held: false }]);
			}
			for (const role of ROLES.filter((each) => each !== 'log' && each !== 'signer'))
				expect([role, await log.attempt(role, 'select hold_audit_log(0)')]).toEqual([role, NO_PRIVILEGE]);
		});
	});

	it('deny log and signer every row of content and people; the log role reads only what alerts need', async () => {
		const [tables] = await log.admin`select array_agg(relname::text order by relname) as names from pg_class
			where relnamespace = 'public'::regnamespace and relkind = 'r' and relname !~ '^(audit_|data_keys$|key_log_(entries|checkpoints|wishes)$)'`;
		const names: string[] = tables?.names ?? [];
		expect(names.length).toBeGreaterThan(20);
		const ofAlerts = /^(?:alert|leases$|lease_budgets$|webhook_deliveries$)/;
		for (const role of ['log', 'signer'] as const)
			for (const table of role === 'log' ? names.filter((name) => !ofAlerts.test(name)) : names)
				for (const statement of [`select 1 from ${table}`, `delete from ${table}`])
					expect(await log.attempt(role, statement, log.north), `${role} ${statement}`).toBe(NO_PRIVILEGE);
		// It does not read request hashes and proofs.
		for (const column of ['reason_hash', 'request_mac', 'activation_mac', 'request_hash'])
			expect([column, await log.attempt('log', `select ${column} from leases`)]).toEqual([column, NO_PRIVILEGE]);
	});
});
