import type { ReservedSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOG_WATCH_LEADER_LOCK } from '../../../src/database/index.ts';
import type { TestWorker } from '../../support/installation.ts';
import { makeRefusing } from '../../support/refusing-table.ts';
import { makeVerifyScene, type VerifyScene } from './verify-scene.ts';

let scene: VerifyScene;
let worker: TestWorker | null = null;
let firm: string;

beforeAll(async () => {
	scene = await makeVerifyScene(1);
	[firm = ''] = scene.firms;
});
beforeEach(async () => {
	await scene.append(firm, 5);
	await publish();
});
afterEach(async () => {
	await worker?.stop();
	worker = null;
});
afterAll(() => scene?.close());

/** The findings in a worker's program log. */
const checks = () =>
	(worker?.lines ?? [])
		.map((line) => JSON.parse(line))
		.filter(({ msg }) => msg.startsWith('the audit log differs from what was signed'))
		.map(({ check }) => check);
const subjects = async () =>
	(await scene.installation.admin`select subject from alerts where rule in ('LOG_FORK', 'LOG_GAP')`).map(
		({ subject }) => subject,
	);
/** Starts a worker, which verifies the whole log. */
async function look(): Promise<void> {
	worker = await scene.installation.startWorker();
	await worker.advance();
}

/** Edits an entry that was written long before. */
const editOldest = (tree = firm) =>
	scene.tamper(
		(sql) => sql`update audit_entries set leaf = replace(leaf, '"plane":"worker"', '"plane":"broker"')
			where id = (select entry_id from audit_leaves where tree = ${tree} and index = 0)`,
	);
async function publish(): Promise<void> {
	worker = await scene.installation.startWorker();
	await worker.publishLog();
	await worker.stop();
}

describe('a worker whose database prevents its alerts', () => {
	it('logs its findings if another session holds the watcher’s lock', async () => {
		const { admin } = scene.installation;
		const place: ReservedSql = await admin.reserve();
		try {
			await place`select pg_advisory_lock(${LOG_WATCH_LEADER_LOCK.lock})`;
			await editOldest();
			await look();
			expect(checks().join()).toMatch(/ENTRY_CHANGED 1/);
			expect(await subjects()).toEqual([]);
		} finally {
			await place`select pg_advisory_unlock_all()`;
			place.release();
		}
		// Once the lock is free, the worker raises the alert.
		await worker?.advance(60_000);
		expect(await subjects()).toContain(`ENTRY_CHANGED:${firm}:0`);
	});

	it('logs its findings if the database accepts no alert', async () => {
		const { admin } = scene.installation;
		await editOldest();
		await admin`alter table alerts add constraint none check (false) not valid`;
		try {
			await look();
			expect(checks().join()).toMatch(/ENTRY_CHANGED 1/);
		} finally {
			await worker?.stop();
			await admin`alter table alerts drop constraint none`;
		}
	});

	it('logs missing numbers if the database claims that they were seen and reported', async () => {
		const [entry] = await scene.append(firm, 3);
		const { admin } = scene.installation;
		const [row] =
			await admin`select role::text as role, boot, sequence::int from audit_entries where id = ${entry ?? null}`;
		await scene.tamper(async (sql) => {
			await sql`delete from audit_entries where id = ${entry ?? null}`;
			await sql`insert into audit_gaps (role, boot, first, last) values (${row?.role}, ${row?.boot}, ${row?.sequence}, ${row?.sequence})`;
			await sql`insert into alert_states (rule, subject, mark) values ('LOG_GAP', ${`${row?.role}:${row?.boot}`}, '1')`;
		});
		await look();
		expect(checks().join()).toMatch(/NUMBERS_MISSING 1/);
	});

	it('logs its findings if no one may take the watcher’s lock', async () => {
		const { admin } = scene.installation;
		await editOldest();
		await admin`revoke execute on function try_leader_lock(bigint) from firmseal_log`;
		try {
			await look();
			expect(checks().join()).toMatch(/ENTRY_CHANGED 1/);
		} finally {
			await worker?.stop();
			await admin`grant execute on function try_leader_lock(bigint) to firmseal_log`;
		}
	});

	it.each(['42501', '57014', '53400'])('reports its findings if a part of the log is refused: %s', async (code) => {
		const { admin } = scene.installation;
		const tree = uuidv7();
		await scene.append(tree, 2);
		await publish();
		await editOldest(tree);
		const putBack = await makeRefusing(admin, 'audit_gaps', code);
		try {
			await look();
			expect(await subjects()).toContain(`ENTRY_CHANGED:${tree}:0`);
		} finally {
			await worker?.stop();
			await putBack();
		}
	});

	it.each([
		['42501', false, null, 'DatabaseError:42501'],
		['57014', false, '57014', null],
		['57014', true, '57014', 'DatabaseError:57014'],
		['53400', false, 'AUDIT_UNAVAILABLE', null],
		['53400', true, 'AUDIT_UNAVAILABLE', 'FirmsealError'],
	])(
		'finds that a part of the log is refused, which may pass on a retry: %s, %s',
		async (sqlstate, isAgain, code, run) => {
			await editOldest();
			const putBack = await makeRefusing(scene.installation.admin, 'audit_gaps', sqlstate);
			try {
				const { findings, abortedBy } = await scene.verify({ isRetry: isAgain });
				expect(abortedBy).toEqual(code && { error: expect.objectContaining({ code }) });
				expect(findings.map(({ kind }) => kind)).toContain('ENTRY_CHANGED');
				expect(findings.filter(({ kind }) => kind === 'LOG_UNVERIFIED').map((found) => found.run)).toEqual(
					run ? [run] : [],
				);
			} finally {
				await putBack();
			}
		},
	);

	it('reports that the log cannot be verified if the verification breaks off again', async () => {
		const putBack = await makeRefusing(scene.installation.admin, 'audit_gaps', '57014');
		try {
			await look();
			expect(await subjects()).not.toContain('LOG_UNVERIFIED:DatabaseError:57014');
			await worker?.advance(60_000);
			expect(await subjects()).toContain('LOG_UNVERIFIED:DatabaseError:57014');
			// No row contradicts a signature, so the worker's program log reports no finding.
			expect(checks().join()).not.toContain('LOG_UNVERIFIED');
			expect(worker?.lines.join()).toContain(
				'the audit log could not be verified completely: run firmseal audit verify',
			);
		} finally {
			await putBack();
		}
	});

	it('names in plain letters a run whose role contains terminal control codes', async () => {
		const boot = uuidv7();
		await scene.tamper(
			(sql) =>
				sql`insert into audit_gaps (role, boot, first, last) values (${'x\u001b[31mEVIL\u001b[2J'}, ${boot}, 4, 6)`,
		);
		const { findings } = await scene.verify();
		expect(findings.map(({ run }) => run)).toContain(`x__31mEVIL__2J:${boot}`);
		await look();
		expect(await subjects()).toContain(`x__31mEVIL__2J:${boot}`);
	});
});
