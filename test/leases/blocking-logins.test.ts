import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openServingDatabase } from '../../src/cli/start/open-serving-database.ts';
import { openConnection } from '../../src/database/connection.ts';
import { prepareInstallationDatabase } from '../../src/wiring/index.ts';
import { codeOf } from '../database/two-firms.ts';
import { claimsOf } from '../support/claims.ts';
import type { LOGINS, Person, TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { firmsealJson } from '../system/program.ts';
import { leasesOver } from './by-api.ts';
import { codeBySql, ROLES_OF, takeAllLocks, withOpenTransaction } from './open-login-transaction.ts';
import { backdate, type LeaseStage, makeLeaseStage, until } from './stage.ts';

/** A person with a login of the database can keep a transaction open. No act of an owner or of the broker may wait for that. */
let stage: LeaseStage;
let api: TestApi;
let note: string;

const send = (lease: string, query: string, more: RequestInit = {}) => {
	const authorization = `Bearer ${stage.tokens.requester}`;
	const headers = { 'content-type': 'application/json', authorization, 'x-firmseal-lease': lease };
	return fetch(`${api.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }), ...more });
};
const read = (lease: string) =>
	api.ask(stage.tokens.requester, `{ note(id: "${note}") { title } }`, {}, { 'x-firmseal-lease': lease });
const revoke = (lease: string) => leasesOver(api.ask).step(stage.tokens.owner, 'revoke', lease);

beforeAll(async () => {
	stage = await makeLeaseStage();
	api = await stage.installation.serve();
	await stage.installation.startBroker();
	note = await makeNote(api.ask, stage.firm.member, { title: 'SECRET', body: 'b' });
});
afterAll(() => stage?.close());

/** Advisory locks that Firmseal takes, or took in an earlier version. */
const PLACES = Array.from({ length: 9 }, (_, n) => 4_611_000 + n);
const TAKING = 'pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(int, int)';

describe('an owner can revoke while another login holds', () => {
	it('an uncommitted end mark', async () => {
		const lease = await stage.active();
		await withOpenTransaction(
			stage,
			'operator',
			(tx) => tx`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`,
			async () => {
				await revoke(lease);
				expect(await stage.stateOf(lease)).toBe('REVOKED');
				expect((await read(lease)).text).toContain('LEASE_NOT_ACTIVE');
			},
		);
	});

	it('the lease’s row: the response is revoked, nothing is read, its grants are removed, and another lease ends meanwhile', async () => {
		const lease = await stage.active();
		const other = await stage.active();
		expect((await read(lease)).data.note.title).toBe('SECRET');
		await withOpenTransaction(
			stage,
			'operator',
			(tx) => tx`select from leases where id = ${lease} for update`,
			async () => {
				const ended: string[] = [];
				const revoking = [lease, other].map((each) => revoke(each).finally(() => ended.push(each)));
				for (const told of await Promise.all(revoking)) expect(told.data.revokeBreakGlass.lease.state).toBe('REVOKED');
				expect(ended).toEqual([other, lease]);
				expect((await read(lease)).text).toContain('LEASE_NOT_ACTIVE');
				await until(async () => !(await stage.grants()).some((name) => name.includes(lease)));
			},
		);
		await until(async () => (await stage.stateOf(lease)) === 'REVOKED');
		expect((await stage.entries(lease)).map(({ action }) => action)).toContain('lease.revoke');
	});

	it('the lease’s row, and then releases it: the response is the lease’s final state', async () => {
		const lease = await stage.active();
		await withOpenTransaction(
			stage,
			'operator',
			(tx) => tx`select from leases where id = ${lease} for update`,
			async () => {
				const told = await leasesOver(api.ask).step(stage.tokens.requester, 'release', lease);
				expect(told.data.releaseBreakGlass.lease.state).toBe('REVOKED');
			},
		);
		await until(async () => (await stage.stateOf(lease)) === 'REVOKED');
		expect((await stage.entries(lease)).map(({ action }) => action)).not.toContain('lease.release');
	});

	it('every connection that the operator’s login can get: the firm’s has its own, and reading under the lease ends', async () => {
		const lease = await stage.active();
		const { admin, env } = stage.installation;
		const url = env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		for (const title of ['one', 'two']) await makeNote(api.ask, stage.firm.member, { title });
		const taken: Client[] = [];
		try {
			const session = await openConnection(url);
			taken.push(session);
			await session.query(`begin; select set_config('role', 'firmseal_break_glass', true),
				set_config('firmseal.firm', '${stage.firm.id}', true), set_config('firmseal.lease', '${lease}', true)`);
			await session.query('declare reading cursor for select title from public.notes');
			expect((await session.query('fetch 1 from reading')).rowCount).toBe(1);
			const open = () => openConnection(url).then((more) => taken.push(more));
			const refusal = await codeOf(
				(async () => {
					for (;;) await open();
				})(),
			);
			expect(refusal).toBe('53300');
			// More than the connections that the API and the broker already have open.
			const others = ['firm', 'broker'] as const;
			for (const login of others) expect(await stage.installation.signIn(login)`select 1 as one`).toEqual([{ one: 1 }]);
			const told = await revoke(lease);
			expect(told.data.revokeBreakGlass.lease.state).toBe('REVOKED');
			expect(await admin`select state from leases where id = ${lease}`).toEqual([{ state: 'REVOKED' }]);
			expect((await session.query('fetch all from reading')).rowCount).toBe(0);
			expect((await read(lease)).data ?? null).toBeNull();
		} finally {
			await Promise.all(taken.map((each) => each.end()));
		}
	});

	it('connections that firms’ people can occupy by reading the log: another firm’s members read, and an owner revokes alongside their own', async () => {
		const { installation, firm, harbour, tokens } = stage;
		const { admin } = installation;
		const lease = await stage.active();
		// A firm's statement on the log, which may take seconds, here waits for a lock that the test holds.
		await admin.unsafe(`
			create function stand() returns boolean language plpgsql security definer as
				$$ begin perform pg_advisory_xact_lock_shared(4611099); return true; end $$;
			create policy stands on audit_entries as restrictive for select to firmseal_firm using (stand())`);
		const over = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<void>();
		const held = admin.begin(async (tx) => {
			await tx`select pg_advisory_xact_lock(4611099)`;
			begun.resolve();
			await over.promise;
		});
		try {
			await begun.promise;
			const standing = () => admin`select query from pg_stat_activity
				where usename = 'firmseal_firm_login' and wait_event = 'advisory' and datname = current_database()`;
			const list = (name: string, filter = '') => `${name}: auditEntries(first: 1${filter}) { nodes { id } }`;
			const query = `{ ${list('a', ', filter: { decision: ALLOWED }')} ${list('b', ', filter: { decision: DENIED }')} ${list('c')} }`;
			const flood = (owner: Person) => Array.from({ length: 8 }, () => api.ask(owner, query));
			const isReady = async () => (await fetch(`${api.url}/health/ready`)).status;
			const loud = flood(harbour.owner);
			await until(async () => (await standing()).length >= 3);
			const { data } = await api.ask(firm.member, '{ notes(first: 1) { nodes { id } } }');
			expect([data.notes.nodes.length, await isReady()]).toEqual([1, 200]);
			loud.push(...flood(tokens.owner));
			await until(async () => (await standing()).length >= 6);
			const told = await api.ask(
				tokens.owner,
				'mutation ($lease: ID!) { revokeBreakGlass(leaseId: $lease) { lease { state } } }',
				{ lease },
			);
			expect([told.errors, told.data?.revokeBreakGlass.lease.state, await isReady()]).toEqual([[], 'REVOKED', 200]);
			// Three for each firm, one of them with a filter.
			const stood = await standing();
			expect([stood.length, stood.filter(({ query: text }) => text.includes('strpos')).length]).toEqual([6, 2]);
			over.resolve();
			for (const { errors } of await Promise.all(loud)) expect(errors).toEqual([]);
		} finally {
			over.resolve();
			await held;
			await admin`drop policy stands on audit_entries`;
			await admin`drop function stand()`;
		}
	});

	it('the table of the notice queue', async () => {
		expect(await codeBySql(stage, 'worker', '', 'lock table webhook_deliveries in access exclusive mode')).toBe(
			'42501',
		);
	});
});

describe('an owner can tighten the policy while another login holds', () => {
	it('a request’s row: leases in use end at once', async () => {
		const lease = await stage.active();
		const requested = await stage.ask();
		const policy = (name: string) =>
			api.ask(
				stage.tokens.owner,
				`mutation { setFirmAccessPolicy(input: { policy: ${name}, approvers: 1 }) { firm { accessPolicy { policy } } } }`,
			);
		try {
			await withOpenTransaction(
				stage,
				'operator',
				(tx) => tx`select from leases where id = ${requested} for update`,
				async () => {
					expect((await policy('NEVER')).errors).toEqual([]);
					expect(await stage.stateOf(lease)).toBe('REVOKED');
				},
			);
		} finally {
			expect((await policy('APPROVE')).errors).toEqual([]);
		}
	});
});

describe('the broker continues while another login holds', () => {
	it('its leader lock, if the server lets every login take advisory locks, and init and servers do not wait either', async () => {
		const other = await makeLeaseStage();
		const { admin, config, database, signIn } = other.installation;
		await admin`grant execute on function pg_advisory_lock(bigint) to public`;
		const sql = signIn('operator');
		const held = await sql.reserve();
		try {
			for (const place of PLACES) await held`select pg_advisory_lock(${place})`;
			await prepareInstallationDatabase(database);
			const alone = await openServingDatabase(config, { alone: true });
			await other.installation.startBroker();
			await other.active();
			await alone.stop();
		} finally {
			held.release();
			await other.close();
		}
	});

	it('an approval of more than a day ago: it is no longer activated', async () => {
		const lease = await stage.approved();
		await backdate(stage.installation, lease, '25 hours');
		await stage.installation.admin.begin(async (sql) => {
			await sql`alter table leases disable trigger guard`;
			await sql`update leases set state = 'ACTIVATING' where id = ${lease}`;
			await sql`alter table leases enable always trigger guard`;
		});
		await until(async () => (await stage.stateOf(lease)) === 'REVOKED');
	});
});

describe('while all others hold everything that PostgreSQL permits,', { timeout: 120_000 }, () => {
	type Login = keyof typeof LOGINS;
	let spare: string;
	beforeAll(async () => {
		spare = await emailOf(await stage.installation.addOperator('OPERATOR'));
		// As on a managed server that keeps these functions, and grants them to everyone.
		await stage.installation.admin.unsafe(`grant execute on function ${TAKING} to public`);
	});
	afterAll(() => stage?.installation.admin.unsafe(`revoke execute on function ${TAKING} from public`));
	const emailOf = async (token: Person) =>
		(await stage.installation.admin`select email from users where id = ${claimsOf(token).sub}`)[0]?.email as string;
	const command = async (...args: string[]) => {
		const { code, error } = await firmsealJson(
			{ ...stage.installation.env, FIRMSEAL_TOKEN: `${stage.tokens.approver}` },
			...args,
		);
		expect([args.join(' '), code, error]).toEqual([args.join(' '), 0, undefined]);
	};
	const asked = async (who: Person, mutation: string) =>
		expect([mutation, (await api.ask(who, `mutation { ${mutation} }`)).errors]).toEqual([mutation, []]);

	/** Acts that protect someone, by the login that does them. None waits for another login. */
	const CONTROLS: Readonly<Record<Login, (at: { readonly lease: string; readonly request: string }) => Promise<void>>> =
		{
			async firm({ lease, request }) {
				const { owner, member } = stage.firm;
				const id = claimsOf(member).sub;
				await revoke(lease);
				expect(await stage.stateOf(lease)).toBe('REVOKED');
				await asked(owner, `denyBreakGlass(leaseId: "${request}") { lease { id } }`);
				await asked(owner, 'setFirmAccessPolicy(input: { policy: APPROVE, approvers: 1 }) { firm { id } }');
				await asked(owner, `setMemberRole(input: { userId: "${id}", role: OWNER }) { user { id } }`);
				await asked(owner, `setMemberRole(input: { userId: "${id}", role: MEMBER }) { user { id } }`);
				const joined = await stage.installation.addMember(owner, { email: 'more@north.example' });
				await asked(owner, `removeMember(input: { userId: "${joined.id}" }) { user { id } }`);
			},
			async operator() {
				const leases = leasesOver(api.ask);
				const { id } = await leases.requested(stage.tokens.requester, stage.firm.id);
				expect((await leases.step(stage.tokens.approver, 'deny', id)).errors).toEqual([]);
			},
			async worker() {
				const { admin } = stage.installation;
				await command('operator', 'disable', '--email', spare);
				await command('hold', 'set', '--firm', stage.firm.slug, '--ticket', 'CASE-1');
				await admin`insert into clock_high_water_marks select max(generation), 'ahead', clock_timestamp() + interval '1 hour' from clock_high_water_marks`;
				try {
					await command('clock', 'reset');
				} finally {
					await admin`delete from clock_high_water_marks where plane = 'ahead'`;
				}
				await command('firm', 'suspend', '--firm', stage.firm.slug);
				await command('firm', 'resume', '--firm', stage.firm.slug);
			},
			async broker() {
				await stage.active();
			},
		};

	it.each(Object.keys(CONTROLS) as Login[])('the %s does its work', async (whose) => {
		const at = { lease: await stage.active(), request: await stage.ask() };
		// Locked rows of leases are covered above.
		const but = ['leases'];
		const persons = await stage.installation.admin`select person_id::text as id from users`;
		const claims = [
			...PLACES.map((place) => `pg_try_advisory_xact_lock(${place})`),
			...persons.flatMap(({ id }) => [
				`pg_try_advisory_xact_lock(hashtextextended('${id}', 0))`,
				`pg_try_advisory_xact_lock(4611005, hashtext('${id}'))`,
			]),
			`pg_try_advisory_xact_lock(4611006, hashtext('${stage.firm.id}'))`,
			'raise_clock_high_water_mark()',
		];
		const others = (Object.keys(ROLES_OF) as Login[]).filter((login) => login !== whose);
		const taken: string[] = [];
		const beyond = (most: readonly Login[], work: () => Promise<void>): Promise<void> => {
			const [login, ...rest] = most;
			if (!login) return work();
			return withOpenTransaction(
				stage,
				login,
				async (tx) => taken.push(...(await takeAllLocks(tx, login, { firm: stage.firm.id, but, claims }))),
				() => beyond(rest, work),
			);
		};
		await beyond(others, () => CONTROLS[whose](at));
		expect(taken.filter((each) => each.startsWith('lock table') && !each.includes('in row exclusive mode'))).toEqual(
			[],
		);
		expect(taken).toEqual(expect.arrayContaining(claims.map((claim) => `select ${claim}`)));
		expect(taken.filter((each) => each.startsWith('select from')).length).toBeGreaterThan(5);
	});
});

describe('a held lease', () => {
	it('is released, and the response cut off, if its connection is lost', async () => {
		const { admin } = stage.installation;
		const lease = await stage.active();
		// Long enough that the connection breaks before the answer is complete.
		const large = await makeNote(api.ask, stage.firm.member, { title: 'SECRET', body: '\u0001'.repeat(130_000) });
		const query = `{ ${Array.from({ length: 20 }, (_, n) => `n${n}: note(id: "${large}") { body }`).join(' ')} }`;
		const reader = ((await send(lease, query)).body as ReadableStream<Uint8Array>).getReader();
		await reader.read();
		const killed = await admin`
			select pg_terminate_backend(pid) from pg_stat_activity
			where usename = 'firmseal_operator_login' and state = 'idle in transaction' and datname = current_database()`;
		expect(killed.length).toBeGreaterThan(0);
		let bytes = 0;
		const rest = async () => {
			for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
		};
		await expect(rest()).rejects.toThrow();
		expect(bytes).toBeLessThan(20 * 6 * 130_000);
	});

	it('is not acquired by an abandoned request', async () => {
		const { admin } = stage.installation;
		const lease = await stage.active();
		const timers = vi.spyOn(globalThis, 'setTimeout');
		onTestFinished(() => timers.mockRestore());
		/** Each session begins with its deadline. */
		const holds = () => timers.mock.calls.filter(([work]) => work.name === 'expire').length;
		expect((await read(lease)).data.note.title).toBe('SECRET');
		const before = holds();
		expect(before).toBeGreaterThan(0);
		await admin.begin(async (tx) => {
			await tx`select from lease_budgets where lease_id = ${lease} for update`;
			const given = new AbortController();
			const answer = send(lease, `{ note(id: "${note}") { title } }`, { signal: given.signal });
			await until(async () => {
				const waiting = await admin`select from pg_stat_activity
					where usename = 'firmseal_operator_login' and wait_event_type = 'Lock' and datname = current_database()`;
				return waiting.length > 0;
			});
			given.abort();
			await expect(answer).rejects.toThrow();
			// The API has noticed too.
			await api.ask(stage.tokens.owner, '{ viewer { id } }');
		});
		// After the request that takes from the lease.
		await revoke(lease);
		expect(holds()).toBe(before);
	});
});
