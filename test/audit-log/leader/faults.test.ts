import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemEntry } from '../../../src/audit/index.ts';
import type { AppendingLog } from '../../../src/audit-log/index.ts';
import type { LogLeader } from '../../../src/audit-log/leader/index.ts';
import { openPlane, type Plane } from '../../../src/database/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { servers } from '../../support/both-servers.ts';
import { makeInstallation, type TestInstallation, untilPublished } from '../../support/installation.ts';
import { leaveOpen } from '../../support/open-transaction.ts';
import { type SteppedClock, steppedClock } from '../../support/stepped-clock.ts';
import { keepAlone } from './publish-alone.ts';

/** Number of lost answers. Each is followed by a longer pause than the one before. */
const MAX_LOST = 8;
const FIRMS = Array.from({ length: 5 }, () => uuidv7());

describe.each(servers)('the log’s publisher on $name', (server) => {
	let installation: TestInstallation;
	let plane: Plane;
	let log: AppendingLog;
	const leaders: LogLeader[] = [];
	let clocks: SteppedClock[];
	const planes: Plane[] = [];

	beforeEach(async () => {
		installation = await makeInstallation(server);
		plane = openPlaneOf(installation.database, 'firmseal_worker', 1);
		log = openLog(plane);
		clocks = [];
	});
	/** Longer than any leader's pause. */
	const step = () => Promise.all(clocks.map((clock) => clock.advance(5_000)));
	afterEach(async () => {
		await Promise.all(leaders.splice(0).map((leader) => leader.stop()));
		await log.close();
		await Promise.all([plane, ...planes.splice(0)].map((each) => each.close()));
		await installation.close();
	});
	const append = (firm: string | null, log_: AppendingLog = log) =>
		log_.append([
			firm === null
				? systemEntry('worker', { action: 'process.start' })
				: systemEntry('worker', { action: 'firm.suspend', firm }),
		]);

	async function everyEntryIsOneLeaf(): Promise<void> {
		const { admin } = installation;
		await untilPublished(admin, step);
		const [row] = await admin`
			select (select count(*)::int from audit_entries) as entries, (select count(*)::int from audit_leaves) as leaves,
				(select count(*)::int from (select tree from audit_leaves group by tree having count(*) <> max(index) + 1) x) as holes,
				(select count(*)::int from audit_gaps) as gaps`;
		expect(row).toEqual({ entries: row?.entries, leaves: row?.entries, holes: 0, gaps: 0 });
	}

	/** A leader whose planes the test replaces. */
	async function keep(around: (plane: Plane) => Plane, failures: unknown[] = []): Promise<void> {
		const own = (role: 'firmseal_log' | 'firmseal_signer') => {
			const opened = openPlane({ url: installation.database.worker, role, connections: 2 });
			planes.push(opened);
			return around(opened);
		};
		let head: string | null = null;
		const clock = steppedClock();
		clocks.push(clock);
		const file = {
			read: async () => head,
			async write(note: string) {
				head = note;
			},
		};
		const parts = { plane: own('firmseal_log'), signerPlane: own('firmseal_signer'), head: file };
		leaders.push(await keepAlone(installation, parts, { clock, failures }));
	}

	it('waits for an open transaction, and 64 writers wait for neither', async () => {
		const { admin } = installation;
		await installation.allowProcesses('worker', 4);
		await keep((of) => of);
		await append(null);
		await untilPublished(installation.admin, step);
		const letGo = await leaveOpen(admin);
		const logs = Array.from({ length: 64 }, () => {
			const own = openPlaneOf(installation.database, 'firmseal_worker', 1);
			planes.push(own);
			return openLog(own);
		});
		for (let time = 0; time < 3; time++)
			await Promise.all([...logs.map((own, at) => append(FIRMS[at % FIRMS.length] ?? null, own)), step()]);
		const [before] = await admin`select count(*)::int as entries from audit_entries e where not exists (
			select from audit_leaves l where l.entry_id = e.id)`;
		// All entries were written while the transaction was open. None is a leaf yet, because the transaction could still commit entries
		// before them.
		expect(before?.entries).toBeGreaterThanOrEqual(3 * logs.length);
		await letGo();
		await everyEntryIsOneLeaf();
		await Promise.all(logs.map((own) => own.close()));
	});

	it('continues after the answer to a COMMIT was lost, for each of its transactions', async () => {
		const failures: unknown[] = [];
		/** One answer of each series of writes is lost: the first of the first series, the second of the second. */
		let [row, write] = [0, 0];
		await keep(
			(of) => ({
				...of,
				async write(firm, work) {
					const done = await of.write(firm, work);
					if (row < MAX_LOST && write++ === row) {
						[row, write] = [row + 1, 0];
						throw new Error('the answer was lost');
					}
					return done;
				},
			}),
			failures,
		);
		while (row < MAX_LOST) {
			await Promise.all(FIRMS.map((firm) => append(firm)));
			await step();
		}
		await everyEntryIsOneLeaf();
		expect(failures).toHaveLength(MAX_LOST);
	}, 120_000);

	it('continues after every connection was ended, repeatedly', async () => {
		const { admin } = installation;
		await keep((of) => of);
		for (let time = 0; time < 15; time++) {
			await Promise.all(FIRMS.map((firm) => append(firm).catch(() => {})));
			const stepped = step();
			// Each time at another step of a round.
			for (let moment = 0; moment < time; moment++) await admin`select 1`;
			await admin`select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and usename = 'firmseal_worker_login'`;
			await stepped;
		}
		const isWritten = () =>
			append(null).then(
				() => true,
				() => false,
			);
		while (!(await isWritten()));
		await everyEntryIsOneLeaf();
	}, 120_000);

	it('is one of three processes, and another takes over when it is gone', async () => {
		for (let one = 0; one < 3; one++) await keep((of) => of);
		for (let time = 0; time < 3; time++) {
			await Promise.all(FIRMS.map((firm) => append(firm)));
			await untilPublished(installation.admin, step);
			await leaders.shift()?.stop();
		}
		await keep((of) => of);
		await append(null);
		await everyEntryIsOneLeaf();
	});

	it('makes leaves of any entry, even a long, non-canonical, escaped or foreign one, and none contains newlines or ANSI codes', async () => {
		const { admin } = installation;
		await keep((of) => of);
		const put = async (more: Record<string, unknown>, written: (leaf: object) => string = JSON.stringify) => {
			const [id, boot] = [uuidv7(), uuidv7()];
			const leaf = written({ id, boot, sequence: 1, firm: null, plane: 'worker', ...more });
			await admin`insert into audit_entries (id, firm_id, role, boot, sequence, leaf) values (${id}, null, 'firmseal_worker', ${boot}, 1, ${leaf})`;
			return id;
		};
		const ids = [
			await put({ action: 'x'.repeat(60_000) }),
			await put({ action: 'a\nb\r\u001b[31m\u0007' }),
			await put({ action: 'process.start' }, (leaf) => JSON.stringify(leaf, null, 2).replaceAll('\n', ' ')),
			await put({ at: 'never' }),
		];
		await untilPublished(installation.admin, step);
		const leaves = await admin`select entry_id from audit_leaves where entry_id = any(${ids})`;
		expect(leaves).toHaveLength(ids.length);
		for (const refused of [
			() => put({ action: 'x'.repeat(70_000) }),
			() => put({ action: 'process.start' }, (leaf) => JSON.stringify(leaf, null, '\t')),
			() => put({ action: 'RED' }, (leaf) => JSON.stringify(leaf).replace('RED', '\u009b31m')),
			() => put({ action: 'é\ud83d\ude00' }),
		])
			await expect(refused()).rejects.toMatchObject({ code: '23514' });
	});

	it('sets the name of its installation only once', async () => {
		await keep((of) => of);
		await append(null);
		await untilPublished(installation.admin, step);
		await installation.admin`update audit_state set installation = 'another.example'`;
		const failures: unknown[] = [];
		await Promise.all(leaders.splice(0).map((leader) => leader.stop()));
		await keep((of) => of, failures);
		await step();
		expect(String(failures[0])).toMatch(/belongs to the installation another\.example/);
	});
});
