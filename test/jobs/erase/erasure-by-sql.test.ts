import { randomUUID } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approverOfToken } from '../../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../../src/config/config.ts';
import {
	eraseTermsFrom,
	findErasureTarget,
	liftHold,
	requestErasure,
	setHold,
	writeEraseTerms,
} from '../../../src/jobs/index.ts';
import { openPlaneOf } from '../../../src/wiring/index.ts';
import { withAdminContext } from '../../../src/wiring/installation.ts';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { agreed, type Forged, pastGuard, proven, put } from '../forged-jobs.ts';
import { ended, readNotes, writeNotes } from '../stage.ts';
import { requestAndApprove, rowsOf, twoApprovers } from './scene.ts';

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let people: Awaited<ReturnType<typeof twoApprovers>>;
let notes: string[];
let before: Record<string, number>;

beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	api = await installation.serve();
	people = await twoApprovers(installation);
	await installation.startWorker({}, { propagationSeconds: 0 });
	notes = await writeNotes(api, north, ['one', 'two', 'three']);
	before = await rowsOf(installation, north.id);
});
afterAll(() => installation?.close());

const terms = (days = 0) => writeEraseTerms(eraseTermsFrom(new Date(), days, 7));
const asked = (subject: string | null, of = terms()) => ({
	firmId: north.id,
	kind: 'ERASE' as const,
	class: null,
	version: null,
	askedBy: people.ids.one,
	subject,
	terms: of,
});
const whole = async (subject: string | null, of?: string): Promise<Forged> =>
	agreed(installation, await proven(installation, asked(subject, of)), people.ids.two);
const endOf = async (job: Forged) => ended(installation, await put(installation, job));
const nothingIsGone = async () => {
	const { notes: left, memberships, data_keys } = await rowsOf(installation, north.id);
	expect([left, memberships]).toEqual([before.notes, before.memberships]);
	expect(data_keys).toBeGreaterThanOrEqual(before.data_keys ?? 0);
	expect((await installation.admin`select 1 from erasures`).length).toBe(0);
	expect((await readNotes(api, north, notes)).notes[0]).toMatchObject({ body: 'one' });
};

describe('an erasure in SQL', () => {
	it('needs two persons, and cannot be altered after their approval', async () => {
		const note = `Note.${notes[0]}`;
		const one = await proven(installation, asked(note));
		expect(await endOf(one)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		const changes: Partial<Forged>[] = [
			{ subject: null },
			{ subject: `Note.${notes[1]}` },
			{ terms: terms() },
			{ agreedBy: people.ids.one },
			{ askedOn: 'worker' },
			{ class: 'NOTE' },
		];
		for (const change of changes)
			expect(await endOf({ ...(await whole(note, terms(1))), id: uuidv7(), ...change })).toMatchObject({
				state: 'FAILED',
				trouble: 'FORBIDDEN',
			});
		await nothingIsGone();
	});

	it('cannot start from the worker alone, without a proven erasure record', async () => {
		const own = await proven(installation, { ...asked(null), askedOn: 'worker', askedBy: null });
		expect(await endOf(own)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		await installation.admin`
			insert into erasures (id, firm_id, mac) values (${randomUUID()}, ${north.id}, ${Buffer.alloc(36)})`;
		const again = await proven(installation, { ...asked(null), askedOn: 'worker', askedBy: null });
		expect(await endOf(again)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		await installation.admin`delete from erasures`;
		await nothingIsGone();
	});

	it('does not begin in the middle or before its time, even if the row says so', async () => {
		for (const step of [1, 3, 5, 6, 7]) {
			const job = await whole(`Note.${notes[0]}`);
			expect([step, await endOf({ ...job, step })]).toMatchObject([step, { state: 'FAILED', trouble: 'FORBIDDEN' }]);
		}
		const later = await put(installation, { ...(await whole(null, terms(1))), state: 'RUNNING', step: 5 });
		await installation.admin`update jobs set next_at = now() - interval '1 day' where id = ${later}`;
		await installation.workUntil(
			async () => (await installation.admin`select 1 from jobs where id = ${later} and next_at > now()`).length > 0,
		);
		await nothingIsGone();
		await pastGuard(installation, `update jobs set state = 'CANCELLED', ended_at = now() where id = '${later}'`);
	});

	it('deletes and opens nothing in any role of the worker’s login while its job waits for approval', async () => {
		const worker = installation.signIn('worker');
		const as = (role: string, statement: string, job = '') =>
			worker.begin(async (tx) => {
				await tx`select set_config('role', ${role}, true), set_config('firmseal.firm', ${north.id}, true), set_config('firmseal.job', ${job}, true)`;
				return (await tx.unsafe(statement)).count;
			});
		const waiting = await put(installation, { ...(await proven(installation, asked(null))), state: 'WAITING' });
		for (const table of ['notes', 'documents', 'memberships', 'clients', 'stored_objects', 'shares'])
			await expect(as('firmseal_maintenance', `delete from ${table}`, waiting)).rejects.toMatchObject({
				code: '42501',
			});
		await as('firmseal_maintenance', `select erase_rows('notes', 'id', array['${notes[0]}'::uuid])`, waiting);
		for (const table of ['notes', 'memberships', 'erasures', 'legal_holds', 'firms'])
			await expect(as('firmseal_worker', `delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
		await expect(
			as('firmseal_worker', `update jobs set state = 'QUEUED', agreed_by = null where id = '${waiting}'`),
		).rejects.toMatchObject({ code: '25000' });
		await expect(as('firmseal_worker', 'select title from notes')).rejects.toMatchObject({ code: '42501' });
		await installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${waiting}`;
		await nothingIsGone();
	});

	describe('with a job and an erasure record forged by the worker’s login', () => {
		const worker = () => installation.signIn('worker');
		type Made = { readonly id: string; readonly subject: string };
		const makesUp =
			({ id, subject }: Made) =>
			async (tx: TransactionSql) => {
				await tx`set local role firmseal_worker`;
				await tx`insert into erasures (id, firm_id, subject, mac) values (${id}, ${north.id}, ${subject}, ${Buffer.alloc(36)})`;
				await tx`insert into jobs (id, firm_id, kind, subject, terms, state, asked_on, asked_at, mac)
					values (${id}, ${north.id}, 'ERASE', ${subject}, ${terms()}, 'QUEUED', 'worker', now(), ${Buffer.alloc(36)})`;
			};
		const becomes = async (tx: TransactionSql, { id }: Made) => {
			await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.firm', ${north.id}, true),
				set_config('firmseal.job', ${id}, true)`;
			await tx`update jobs set state = 'RUNNING' where id = ${id}`;
		};
		/** The number of rows that each statement deleted. */
		const reached = async (tx: TransactionSql) => {
			const erase = async (table: string, key: string, ids: string) =>
				Number((await tx.unsafe(`select erase_rows('${table}', '${key}', ${ids}) as n`))[0]?.n);
			return {
				policy: await erase('access_policies', 'firm_id', `array['${north.id}'::uuid]`),
				notes: await erase('notes', 'id', `array['${notes.join("', '")}']::uuid[]`),
				people: (
					await tx`update memberships set removed_at = now(), client_id = null, mac = null where role = 'CLIENT'`
				).count,
				firm: (await tx`select 1 from firms where id = ${north.id} for update`).count,
			};
		};
		const nothing = { policy: 0, notes: 0, people: 0, firm: 0 };
		const takenBack = new Error('Taken back.');
		const triesIn = async (made: Made, first: (tx: TransactionSql) => Promise<unknown>) => {
			let found: unknown;
			const tried = worker().begin(async (tx) => {
				await first(tx);
				await becomes(tx, made);
				found = await reached(tx);
				throw takenBack;
			});
			await tried.catch((error) => {
				if (error !== takenBack) throw error;
			});
			return found;
		};

		it('deletes nothing before the job is committed and the owners are notified, and then only the record that it names', async () => {
			await installation.admin`insert into access_policies (firm_id, policy, approvers, mac) values (${north.id}, 'NEVER', 1, ${Buffer.alloc(36)}) on conflict do nothing`;
			const made = { id: uuidv7(), subject: `Note.${notes[0]}` };
			expect(await triesIn(made, makesUp(made))).toEqual(nothing);
			const inPart = async (tx: TransactionSql) => {
				await tx`savepoint part`;
				await makesUp(made)(tx);
				await tx`release part`;
			};
			expect(await triesIn(made, inPart)).toEqual(nothing);
			await worker().begin(makesUp(made));
			expect(
				await installation.admin`select kind from notices where firm_id = ${north.id} and job_id = ${made.id}`,
			).toEqual([{ kind: 'JOB_REQUESTED' }]);
			expect(await triesIn(made, async () => {})).toEqual({ ...nothing, notes: 1 });
			await installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${made.id}`;
			await installation.admin`delete from erasures`;
			await nothingIsGone();
		});

		it('deletes nothing under a legal hold if the job was requested by a person', async () => {
			const held = uuidv7();
			await installation.admin`
				insert into legal_holds (id, firm_id, subject, ticket, set_by, set_at, mac)
				values (${held}, ${north.id}, ${`Note.${notes[0]}`}, 'CASE-1', ${people.ids.one}, now(), ${Buffer.alloc(36)})`;
			for (const [on, subject] of [
				[`Note.${notes[0]}`, `Note.${notes[0]}`],
				[null, `Note.${notes[0]}`],
				[`Note.${notes[0]}`, null],
			]) {
				await installation.admin`update legal_holds set subject = ${on as string} where id = ${held}`;
				const id = await put(installation, { ...(await whole(subject as string)), state: 'QUEUED' });
				expect([on, subject, await triesIn({ id, subject: '' }, async () => {})]).toEqual([on, subject, nothing]);
				await installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${id}`;
			}
			await installation.admin`delete from legal_holds where id = ${held}`;
			await nothingIsGone();
		});
	});
});

describe('a job that has ended according to the log', () => {
	const open = `state = 'QUEUED', ended_at = null, trouble = null, next_at = now()`;
	const refusals = () =>
		installation.admin`select 1 from audit_entries where leaf::jsonb ->> 'action' = 'rights.refuse' and leaf::jsonb ->> 'firm' is not null`;

	it('does not run if a database administrator restores it after cancellation, proofs included', async () => {
		const before = (await refusals()).length;
		for (const again of ['as it was', 'begun', 'as a row of its own']) {
			const id = await put(installation, { ...(await whole(`Note.${notes[0]}`)), state: 'WAITING' });
			expect((await people.as('one', 'job', 'cancel', '--job', id)).code).toBe(0);
			if (again === 'as a row of its own') {
				const [row] = await installation.admin`delete from jobs where id = ${id} returning *`;
				const restored = { ...row, state: 'QUEUED', ended_at: null, next_at: new Date() };
				await installation.admin`insert into jobs ${installation.admin(restored as never)}`;
			} else
				await pastGuard(
					installation,
					again === 'begun'
						? `update jobs set ${open.replace('QUEUED', 'RUNNING')}, step = 0 where id = '${id}'`
						: `update jobs set ${open} where id = '${id}'`,
				);
			expect([again, await ended(installation, id)]).toMatchObject([again, { state: 'FAILED', trouble: 'FORBIDDEN' }]);
		}
		await nothingIsGone();
		expect((await refusals()).length).toBe(before + 3);
	});

	it('does not run again from the start, and only ends if it was interrupted between its log entry and its row', async () => {
		const disabled = { firmId: north.id, kind: 'DISABLE', class: 'NOTE', version: 7, askedBy: null } as const;
		const id = await put(installation, await proven(installation, disabled));
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'WRONG_STATE' });
		await pastGuard(installation, `update jobs set ${open} where id = '${id}'`);
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });

		const rewrap = { firmId: north.id, kind: 'REWRAP', class: null, version: null, askedBy: null } as const;
		const done = await put(installation, await proven(installation, rewrap));
		expect(await ended(installation, done)).toMatchObject({ state: 'DONE' });
		await pastGuard(installation, `update jobs set ${open.replace('QUEUED', 'RUNNING')} where id = '${done}'`);
		expect(await ended(installation, done)).toMatchObject({ state: 'DONE', trouble: null });
	});
});

describe('a legal hold', () => {
	const admin = <T>(
		who: 'one' | 'two',
		work: (of: Parameters<typeof setHold>[0], by: Parameters<typeof setHold>[3]) => Promise<T>,
	) => {
		const config = readConfig({ ...installation.env, FIRMSEAL_TOKEN: `${people.tokens[who]}` });
		return withAdminContext(config, installation.database, async (of) => {
			const operatorPlane = openPlaneOf(installation.database, 'firmseal_operator', 1);
			try {
				return await work({ ...of, operatorPlane }, await approverOfToken(config, of));
			} finally {
				await operatorPlane.close();
			}
		});
	};
	const hold = (record?: string) =>
		admin('one', async (of, by) =>
			setHold(of, await findErasureTarget(of, { firm: north.id, record }), { ticket: 'CASE-7' }, by),
		);
	const request = (record?: string) =>
		admin('one', async (of) =>
			requestErasure(of, await findErasureTarget(of, { firm: north.id, record }), { days: 0, keyDays: 7, rate: null }),
		);
	const erase = (subject: string | null) => requestAndApprove(installation, people.ids)(north.id, subject);

	it('blocks requests and execution, for its subject and the firm that contains it, until another person releases it', async () => {
		const set = await hold(notes[1]);
		const id = set.hold;
		await expect(request(notes[1])).rejects.toMatchObject({ code: 'CONFLICT' });
		await expect(request()).rejects.toMatchObject({ code: 'CONFLICT' });
		await expect(request(notes[0])).resolves.toMatchObject({ kind: 'ERASE' });
		for (const subject of [`Note.${notes[1]}`, null])
			expect(await ended(installation, await erase(subject))).toMatchObject({ state: 'FAILED', trouble: 'HELD' });
		await expect(admin('one', (of, by) => liftHold(of, set, by))).rejects.toMatchObject({ code: 'FORBIDDEN' });
		const other = { ...set, requestHash: 'a'.repeat(64) };
		await expect(admin('two', (of, by) => liftHold(of, other, by))).rejects.toMatchObject({ code: 'CONFLICT' });
		// A release claimed by SQL is not accepted, and neither is a missing row.
		await installation.admin`
			update legal_holds set released_by = ${people.ids.two}, released_at = now(), release_mac = ${Buffer.alloc(36)} where id = ${id}`;
		expect(await ended(installation, await erase(`Note.${notes[1]}`))).toMatchObject({ trouble: 'HELD' });
		const [row] = await installation.admin`delete from legal_holds where id = ${id} returning *`;
		expect(await ended(installation, await erase(`Note.${notes[0]}`))).toMatchObject({ trouble: 'HELD' });
		const moved = { ...row, subject: `Note.${notes[2]}`, released_by: null, released_at: null, release_mac: null };
		await installation.admin`insert into legal_holds ${installation.admin(moved as never)}`;
		expect(await ended(installation, await erase(`Note.${notes[1]}`))).toMatchObject({ trouble: 'HELD' });
		await installation.admin`update legal_holds set subject = ${`Note.${notes[1]}`} where id = ${id}`;
		await nothingIsGone();

		await admin('two', (of, by) => liftHold(of, set, by));
		expect(await ended(installation, await erase(`Note.${notes[1]}`))).toMatchObject({ state: 'DONE' });
		const entries = await installation.admin`
			select leaf::json ->> 'action' as action from audit_entries where leaf::jsonb ->> 'action' like 'hold.%' order by sequence`;
		expect(entries.map(({ action }) => action)).toEqual(['hold.set', 'hold.release']);
	});
});
