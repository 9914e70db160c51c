import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import { findDrift, LOG_WATCH_LEADER_LOCK } from '../../src/database/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS, type TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { leasesOver } from './by-api.ts';
import { ROLES_OF, withOpenTransaction } from './open-login-transaction.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

type Login = keyof typeof LOGINS;
const SETTINGS = {
	firm: 'DATABASE_URL',
	operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
	worker: 'FIRMSEAL_WORKER_DATABASE_URL',
	broker: 'FIRMSEAL_BROKER_DATABASE_URL',
} as const;

/** Statements that change the schema or shared objects, and others for which PostgreSQL may lock a table. */
const STATEMENTS = [
	'create trigger x before insert on public.lease_ends for each row execute function public.refuse_append_only_change()',
	'create constraint trigger x after insert on public.lease_ends for each row execute function public.refuse_append_only_change()',
	'create rule x as on insert to public.lease_ends do instead nothing',
	'create rule x as on insert to pg_catalog.pg_database do instead nothing',
	'create rule x as on insert to pg_catalog.pg_class do instead nothing',
	'create policy x on public.lease_ends',
	'create index on public.lease_ends (firm_id)',
	'create statistics x on lease_id, firm_id from public.lease_ends',
	'create publication x for table public.lease_ends',
	'create table public.x (like public.lease_ends)',
	'create temporary table x (like public.lease_ends)',
	'create view public.x as select from public.lease_ends',
	'alter table public.lease_ends enable rule x',
	'alter table public.lease_ends disable trigger all',
	'alter policy firm on public.lease_ends using (true)',
	'alter default privileges grant select on tables to public',
	'drop trigger x on public.lease_ends',
	'drop rule x on public.lease_ends',
	'drop policy x on public.lease_ends',
	'drop table public.lease_ends',
	'drop owned by current_user',
	'reassign owned by current_user to current_user',
	'comment on table public.lease_ends is null',
	'comment on column public.lease_ends.firm_id is null',
	"security label on table public.lease_ends is 'x'",
	'grant select on public.lease_ends to public',
	// In a transaction block, because outside one it is refused for that reason.
	'do $$ begin lock table public.lease_ends in share mode; end $$',
	'truncate public.lease_ends',
	'reindex table public.lease_ends',
	'cluster public.lease_ends',
	'vacuum full public.lease_ends',
	'analyze public.lease_ends',
	'refresh materialized view public.lease_ends',
];

/** PostgreSQL takes some locks before it checks the privilege. A statement that waits for such a lock makes all later statements wait. */
describe.each(servers)('a login of $name', (server) => {
	let stage: LeaseStage;
	let api: TestApi;
	let note: string;
	beforeAll(async () => {
		stage = await makeLeaseStage(server);
		api = await stage.installation.serve();
		await stage.installation.startBroker();
		note = await makeNote(api.ask, stage.firm.member, { title: 'SECRET', body: 'b' });
	});
	afterAll(() => stage?.close());

	async function signIn(login: Login): Promise<Client> {
		const client = await openConnection(stage.installation.env[SETTINGS[login]] as string);
		onTestFinished(() => client.end());
		return client;
	}
	const codeOf = (work: Promise<unknown>): Promise<string> =>
		work.then(
			() => 'done',
			(error: { code?: string }) => String(error.code),
		);
	const revoke = (lease: string) => leasesOver(api.ask).step(stage.tokens.owner, 'revoke', lease);
	const read = (lease: string) =>
		api.ask(stage.tokens.requester, `{ note(id: "${note}") { title } }`, {}, { 'x-firmseal-lease': lease });

	describe('a statement that a login may not execute', () => {
		it('waits for nothing, in no role of any login, while another has read and written the tables', async () => {
			const odd: string[] = [];
			const made: string[] = [];
			await withOpenTransaction(
				stage,
				'firm',
				async (tx) => {
					await tx`insert into lease_ends (lease_id, firm_id) select id, firm_id from leases where false`;
					await tx`select from lease_ends, pg_database, pg_class limit 1`;
				},
				async () => {
					for (const login of Object.keys(LOGINS) as Login[]) {
						const client = await signIn(login);
						await client.query("set lock_timeout = '500ms'");
						for (const role of ROLES_OF[login]) {
							await client.query(`set role ${role}`);
							for (const statement of STATEMENTS) {
								const code = await codeOf(client.query(statement));
								if (code === 'done') made.push(statement);
								// Not 55P03 (lock_not_available), nor 42601 (syntax_error), which would refuse the statement for another reason.
								else if (code !== '42501') odd.push(`${role}: ${code} ${statement}`);
							}
						}
					}
				},
			);
			expect(odd).toEqual([]);
			// A login owns nothing, and for the other statements PostgreSQL only warns.
			expect([...new Set(made)]).toEqual([
				'reassign owned by current_user to current_user',
				'vacuum full public.lease_ends',
				'analyze public.lease_ends',
			]);
		});

		it('keeps no owner from a revocation, even behind an open transaction of the login', async () => {
			const lease = await stage.active();
			expect((await read(lease)).data.note.title).toBe('SECRET');
			await withOpenTransaction(
				stage,
				'operator',
				(tx) => tx`insert into lease_ends (lease_id, firm_id) select id, firm_id from leases where false`,
				async () => {
					const other = await signIn('operator');
					expect(await codeOf(other.query(STATEMENTS[0] as string))).toBe('42501');
					await revoke(lease);
					expect(await stage.stateOf(lease)).toBe('REVOKED');
					expect((await read(lease)).errors[0]?.extensions.code).toBe('LEASE_NOT_ACTIVE');
				},
			);
		});

		it('keeps no one from content whose policies are for one role only', async () => {
			const client = await signIn('operator');
			await client.query('set role firmseal_break_glass');
			expect(await codeOf(client.query('drop owned by firmseal_break_glass'))).toBe('42501');
			const worker = await signIn('worker');
			await worker.query('set role firmseal_signer');
			expect(await codeOf(worker.query('drop owned by firmseal_signer'))).toBe('42501');
		});
	});

	it('a view that every login can lock keeps no plane from starting', async () => {
		for (const login of Object.keys(LOGINS) as Login[]) {
			const plane = openPlaneOf(stage.installation.database, `firmseal_${login}`, 1);
			onTestFinished(() => plane.close());
			const drift = await withOpenTransaction(
				stage,
				login === 'firm' ? 'operator' : 'firm',
				(tx) => tx`lock table pg_catalog.pg_settings in access exclusive mode`,
				() => findDrift(plane),
			);
			expect([login, drift]).toEqual([login, []]);
		}
	});

	it('a login takes the leader lock of its own plane only, and no other number', async () => {
		const taken = async (login: Login, role: string) => {
			const client = await signIn(login);
			await client.query(`set role ${role}`);
			const numbers = Array.from({ length: 20 }, (_, i) => 4_611_000 + i);
			const { rows } = await client.query('select n from unnest($1::bigint[]) n where try_leader_lock(n)', [numbers]);
			expect(await codeOf(client.query('select pg_try_advisory_lock(1)'))).toBe('42501');
			return rows.map(({ n }) => Number(n));
		};
		// The log's leader already holds its lock, and the broker its own.
		expect(await taken('worker', 'firmseal_log')).toEqual([LOG_WATCH_LEADER_LOCK.lock]);
		expect(await taken('broker', 'firmseal_broker')).toEqual([]);
	});

	it('no login fills the disk by sorting, or lifts that limit', async () => {
		for (const login of Object.keys(LOGINS) as Login[]) {
			const client = await signIn(login);
			expect(await codeOf(client.query('set temp_file_limit = -1'))).toBe('42501');
			await codeOf(client.query('alter role current_user reset all'));
			expect(await codeOf(client.query('alter role current_user set temp_file_limit = -1'))).toBe('42501');
			expect((await client.query('show temp_file_limit')).rows).toEqual([{ temp_file_limit: '256MB' }]);
		}
		const client = await signIn('operator');
		const held =
			"begin; declare x cursor with hold for select repeat('x', 2000) from generate_series(1, 200000); commit";
		// configuration_limit_exceeded
		expect(await codeOf(client.query(held))).toBe('53400');
		// Except the function that rewrites a table and sorts all of it.
		await stage.installation.admin.begin(async (tx) => {
			await tx`set local role firmseal_owner`;
			await tx`set local temp_file_limit = -1`;
		});
		const again = await signIn('operator');
		expect((await again.query('show temp_file_limit')).rows).toEqual([{ temp_file_limit: '256MB' }]);
	});
});
