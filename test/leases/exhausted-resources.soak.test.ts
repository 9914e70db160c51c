import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import type { TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { draws, scale } from '../support/scale.ts';
import { findPostgres, type OwnExternal, startExternal } from '../support/servers.ts';
import { fill, mount, unmount, whyNoDisk } from '../support/small-disk.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';

const MIB = 2 ** 20;
const SECRET = 'the-content-of-the-note';
const REVOKE = 'mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }';
/** Seconds that the session's lease has left: longer than it takes to exhaust a resource. */
const LEFT = 20;

const noServer = findPostgres() ? '' : ' (skipped: no PostgreSQL of the system)';
const noDisk = whyNoDisk();

/** A resource of the server that is exhausted, and a function that releases it. */
interface UsedUp {
	readonly giveBack: () => Promise<unknown>;
}

/** Each test has its own server, which it may damage. */
describe.skipIf(noServer)(`a lease, when a resource of the server is exhausted${noServer}`, () => {
	const ends: (() => unknown)[] = [];
	afterEach(async () => {
		for (const end of ends.splice(0).reverse()) await end();
	});

	async function start({ disk = 0, locks = 64 } = {}) {
		const directory = mkdtempSync(join(tmpdir(), 'firmseal-used-up-'));
		ends.push(() => rmSync(directory, { recursive: true, force: true }));
		if (disk > 0) {
			mount(directory, disk);
			ends.push(() => unmount(directory));
		}
		const server = (await startExternal(join(directory, 'server'))) as OwnExternal;
		ends.push(() => server.stop('immediate').catch(() => {}));
		const root = await openConnection(server.server.url);
		await root.query(`alter system set max_locks_per_transaction = ${locks}`);
		await root.end();
		await server.stop();
		await server.start();
		const stage = await makeLeaseStage(server.server);
		ends.push(() => stage.close().catch(() => {}));
		const api = await stage.installation.serve({ FIRMSEAL_OPERATOR_PROOF: 'off' });
		await stage.installation.startBroker();
		const note = await makeNote(api.ask, stage.firm.member, { title: SECRET, body: 'b' });
		await makeNote(api.ask, stage.firm.member, { title: 'another', body: 'b' });
		return { directory, server, stage, api, note };
	}
	type Scene = Awaited<ReturnType<typeof start>>;

	const read = ({ api, stage, note }: Scene, lease: string) =>
		api.ask(stage.tokens.requester, `{ note(id: "${note}") { title } }`, {}, { 'x-firmseal-lease': lease });
	const revoke = ({ api, stage }: { readonly api: TestApi; readonly stage: LeaseStage }, id: string) =>
		api.ask(stage.tokens.owner, REVOKE, { id });
	const connect = async ({ stage }: Scene): Promise<Client> => {
		const client = await openConnection(stage.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string);
		ends.push(() => client.end().catch(() => {}));
		return client;
	};

	/** Begins a session of the operator's login that reads under a lease. */
	async function readingBySql(scene: Scene, lease: string): Promise<Client> {
		const client = await connect(scene);
		await client.query(`set idle_in_transaction_session_timeout = 0; begin; select set_config('role', 'firmseal_break_glass', true),
			set_config('firmseal.firm', '${scene.stage.firm.id}', true), set_config('firmseal.lease', '${lease}', true)`);
		await client.query('declare reading no scroll cursor for select title from public.notes');
		expect((await client.query('fetch 1 from reading')).rowCount).toBe(1);
		return client;
	}

	/** Makes a lease that ends by its time, and tells whether it has ended. */
	async function timedLease({ stage }: Scene) {
		const { admin } = stage.installation;
		const lease = await stage.active();
		await admin.begin(async (sql) => {
			await sql`alter table leases disable trigger guard`;
			await sql`update leases set expires_at = clock_timestamp() + ${LEFT} * interval '1 second' where id = ${lease}`;
			await sql`alter table leases enable always trigger guard`;
		});
		const [{ expires } = { expires: 0 }] =
			await admin`select extract(epoch from expires_at) * 1000 as expires from leases where id = ${lease}`;
		return { lease, isOver: () => Date.now() > Number(expires) + 50 };
	}

	/**
	 * Checks what must hold for every exhausted resource: a revocation succeeds or is reported as failed, nothing is opened that can't be recorded, and a
	 * session that reads by SQL ends when the lease expires, which needs no write.
	 */
	async function holds(scene: Scene, useUp: (lease: string) => Promise<UsedUp>): Promise<void> {
		const { stage } = scene;
		const { admin } = stage.installation;
		const revoked = await stage.active();
		expect((await read(scene, revoked)).data.note.title).toBe(SECRET);
		const { lease: timed, isOver } = await timedLease(scene);
		const reading = await readingBySql(scene, timed);
		const { giveBack } = await useUp(revoked);
		const told = await revoke(scene, revoked);
		const isDone = told.data?.revokeBreakGlass?.lease.state === 'REVOKED';
		const said = scene.api.lines.filter((line) => line.includes(String(told.errors[0]?.extensions.requestId)));
		expect(isDone || told.errors.map(({ extensions }) => extensions.code), said.join('\n')).toEqual(
			isDone || [expect.stringMatching(/^(AUDIT_UNAVAILABLE|CONFLICT)$/)],
		);
		expect((await read(scene, revoked)).text).not.toContain(SECRET);
		await until(isOver, 2 * LEFT * 1_000);
		const rest = await reading.query('fetch all from reading').catch(({ code }) => code ?? 'GONE');
		// The server may have crashed, with its sessions.
		expect(typeof rest === 'string' || rest.rowCount).toBe(typeof rest === 'string' || 0);
		await giveBack();
		// If the revocation failed, it is repeated.
		if (!isDone) await until(async () => /REVOKED|has already ended/.test((await revoke(scene, revoked)).text), 30_000);
		await until(async () => (await read(scene, revoked)).text.includes('LEASE_NOT_ACTIVE'), 30_000);
		const [{ opened } = { opened: 0 }] = await admin`
			select count(*)::int as opened from audit_entries
			where leaf::jsonb ->> 'lease' = ${revoked} and leaf::jsonb ->> 'action' = 'content.open'`;
		expect(opened).toBeGreaterThanOrEqual(1);
	}

	it('locks, by the operator’s login', { timeout: 180_000 }, async () => {
		// A quarter of PostgreSQL's default, so that locks run out sooner.
		const scene = await start({ locks: 16 });
		const other = await scene.stage.active();
		// Drops the limit of one mark for a lease. The mark stands for any row that a login may write without limit.
		await scene.stage.installation.admin`alter table lease_ends disable trigger once`;
		await holds(scene, async () => {
			const client = await connect(scene);
			// Each savepoint that writes gets a transaction id, which takes a lock.
			const mark = `insert into public.lease_ends (lease_id, firm_id) values ('${other}', '${scene.stage.firm.id}')`;
			const more = `savepoint more; ${mark};`.repeat(200);
			await client.query(`set idle_in_transaction_session_timeout = 0; begin; set local role firmseal_operator`);
			let refusal: string | undefined;
			for (let round = 0; round < 100 && refusal === undefined; round++)
				refusal = await client.query(more).then(
					() => undefined,
					({ code }) => code,
				);
			expect(refusal).toBe('53200');
			// The session keeps its locks until its transaction ends.
			await client.query('rollback to savepoint more');
			return { giveBack: () => client.query('rollback') };
		});
	});

	it.skipIf(noDisk !== null)(`the disk${noDisk ? ` (skipped: ${noDisk})` : ''}`, { timeout: 240_000 }, async () => {
		const scene = await start({ disk: 400 * MIB });
		await holds(scene, async (lease) => {
			const ballast = join(scene.directory, 'ballast');
			fill(ballast);
			// Reads succeed while the disk has room for their audit entries.
			const { admin } = scene.stage.installation;
			while ((await read(scene, lease)).text.includes(SECRET))
				await admin`select pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))`.catch(() => {});
			return {
				giveBack: async () => {
					rmSync(ballast);
					await scene.server.stop('immediate').catch(() => {});
					await scene.server.start();
				},
			};
		});
	});

	/** Points at which the memory of the revocation's backend is limited: before the end mark, before the transition, before the audit entry. */
	const WAITS = {
		mark: () => 'lock table lease_ends in share mode',
		move: (lease: string) => `select from leases where id = '${lease}' for update`,
		record: () => 'lock table audit_entries in share mode',
	} as const;

	/** Limits a backend to so much more memory; null removes the limit. Runs as the server's own account. */
	function limitMemory({ server }: Scene, pid: number, more: number | null): void {
		const { uid, gid } = statSync(server.server.files);
		const [, size] = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		const most = more === null ? 'unlimited' : Number(size) * 1_024 + more;
		execFileSync('prlimit', [`--pid=${pid}`, `--as=${most}:`], { uid, gid });
	}

	/**
	 * Revokes while its backend can allocate only so many more bytes, and returns the answer. The backend is new, so it needs memory for everything that
	 * a revocation touches.
	 */
	async function revokeWithin(scene: Scene, lease: string, waits: keyof typeof WAITS, bytes: number) {
		const { env, admin } = scene.stage.installation;
		const login = new URL(env.DATABASE_URL as string).username;
		await admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = ${login}`;
		const { asked, pid } = await admin.begin(async (tx) => {
			await tx.unsafe(WAITS[waits](lease));
			const asked = revoke(scene, lease);
			let pid = 0;
			await until(async () => {
				const [row] =
					await admin`select pid from pg_stat_activity where usename = ${login} and wait_event_type = 'Lock' limit 1`;
				pid = row?.pid ?? 0;
				return pid > 0;
			});
			limitMemory(scene, pid, bytes);
			return { asked, pid };
		});
		const told = await asked;
		const [marked] = await admin`select from lease_ends where lease_id = ${lease}`;
		return {
			answer: told.data?.revokeBreakGlass?.lease.state ?? told.errors[0]?.extensions.code,
			isMarked: marked !== undefined,
			giveBack: () => existsSync(`/proc/${pid}`) && limitMemory(scene, pid, null),
		};
	}

	/** Likewise for a session that begins to read by SQL and then gets no more memory. */
	async function readingWithin(scene: Scene, lease: string) {
		const reading = await readingBySql(scene, lease);
		limitMemory(scene, (await reading.query('select pg_backend_pid() as pid')).rows[0].pid, 0);
		return {
			/** Number of rows that the session still gets. */
			rest: async () => (await reading.query('fetch all from reading').catch(() => ({ rowCount: 0 }))).rowCount,
			end: () => reading.end(),
		};
	}

	it('memory, by the backend that revokes', { timeout: 300_000 }, async () => {
		const scene = await start();
		const { stage } = scene;
		await stage.installation.admin`update request_limits set per_hour = 100000, per_day = 100000`;
		const draw = draws('memory of who revokes');
		const seen = new Set<string>();
		for (const waits of Object.keys(WAITS) as (keyof typeof WAITS)[])
			for (const bytes of [0, 16 * MIB, ...Array.from({ length: scale(12) }, () => Math.floor(draw() * 3 * MIB))]) {
				const lease = await stage.active();
				const reading = await readingWithin(scene, lease);
				const { answer, isMarked, giveBack } = await revokeWithin(scene, lease, waits, bytes);
				expect([waits, bytes, answer]).toEqual([waits, bytes, expect.stringMatching(/^(REVOKED|AUDIT_UNAVAILABLE)$/)]);
				seen.add(`${answer} ${isMarked ? 'marked' : 'open'}`);
				if (isMarked) {
					expect((await read(scene, lease)).text).not.toContain(SECRET);
					expect(await reading.rest()).toBe(0);
				}
				giveBack();
				// If the revocation failed, it is repeated.
				if (answer !== 'REVOKED') expect((await revoke(scene, lease)).text).toMatch(/REVOKED|has already ended/);
				expect(await stage.stateOf(lease)).toBe('REVOKED');
				// If the check of the anchors used this backend and failed, content is closed to operators until the next check.
				await until(async () => (await read(scene, lease)).text.includes('LEASE_NOT_ACTIVE'), 30_000);
				expect(await reading.rest()).toBe(0);
				await reading.end();
			}
		expect([...seen].sort()).toEqual(['AUDIT_UNAVAILABLE marked', 'AUDIT_UNAVAILABLE open', 'REVOKED marked']);

		// If the revocation is not repeated, reading continues until the lease expires.
		const { lease, isOver } = await timedLease(scene);
		const reading = await readingWithin(scene, lease);
		expect(await revokeWithin(scene, lease, 'mark', 0)).toMatchObject({ answer: 'AUDIT_UNAVAILABLE', isMarked: false });
		await readingBySql(scene, lease);
		await until(isOver, 2 * LEFT * 1_000);
		expect(await reading.rest()).toBe(0);
	});
});
