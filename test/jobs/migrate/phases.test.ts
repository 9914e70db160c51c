import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstallation, type Person, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { firmseal, type RunningApi } from '../../system/program.ts';
import { ask, ended } from '../stage.ts';
import { type LegacyScene, makeLegacyScene } from './scene.ts';
import { asOldProgram as writtenByOld } from './working.ts';

const COLUMN = ['--coordinate', 'Note.body'];
const NOTE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id body revision } } }';
const CHANGE = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { body revision } } }';

let scene: LegacyScene;
let installation: TestInstallation;
let north: TestFirm;
let south: TestFirm;
let api: RunningApi;
let operator: Person;

beforeAll(async () => {
	scene = await makeLegacyScene({ firms: ['north', 'south'], make: () => makeInstallation(embedded) });
	({ installation } = scene);
	[north, south] = scene.firms as [TestFirm, TestFirm];
	operator = await installation.addOperator('OPERATOR');
	api = await scene.serve();
	scene.workInSteps();
}, 120_000);
afterAll(() => scene?.close());

const stored = async (id: string) =>
	(
		await installation.admin`select body_plain as plain, body is not null as sealed, body::bytea as body from notes where id = ${id}`
	)[0] as { plain: string | null; sealed: boolean; body: Buffer };
const write = async (body: string | null, { member }: TestFirm = north): Promise<string> => {
	const { data, errors } = await api.ask(member, NOTE, { input: { title: 'T', body } });
	expect(errors).toEqual([]);
	expect(data.createNote.note.body).toBe(body);
	return data.createNote.note.id;
};
const read = async (id: string, { member }: TestFirm = north) => {
	const { data, errors } = await api.ask(member, `{ note(id: "${id}") { body } }`);
	return { body: data?.note?.body ?? null, codes: errors.map(({ extensions }) => extensions?.code) };
};
const asOldProgram = (firm: TestFirm, work: (tx: Sql) => Promise<unknown>) => writtenByOld(installation, firm, work);
const writes = async () => {
	const { result } = await scene.migrate('status');
	return [result.writesWithoutCiphertext, result.writesRefused];
};

describe('a column of plaintext', () => {
	const ids: Record<string, string> = {};

	it('is written and read as before until the first step, but is no longer visible to operators', async () => {
		ids.first = await write('The first, in the clear');
		ids.empty = await write('');
		ids.none = await write(null);
		ids.south = await write('Of the south', south);
		expect(await stored(ids.first)).toMatchObject({ plain: 'The first, in the clear', sealed: false });
		expect(await read(ids.first)).toEqual({ body: 'The first, in the clear', codes: [] });
		const sql = installation.signIn('operator');
		const asked = sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_operator', true)`;
			return tx`select body_plain from notes`;
		});
		await expect(asked).rejects.toMatchObject({ code: '42501' });
		const { data, sealed } = await api.ask(operator, `{ notes(firmId: "${north.id}") { nodes { body } } }`);
		expect(data.notes.nodes.map(({ body }: { body: null }) => body)).toEqual([null, null, null]);
		expect(sealed).toMatchObject([{ coordinate: 'Note.body', reason: 'NO_LEASE', count: 3 }]);
		// The read is logged, without a key.
		const [entry] = await installation.admin`
			select leaf::json as leaf from audit_entries where leaf::json ->> 'action' = 'content.read' order by sequence desc limit 1`;
		expect(entry?.leaf).toMatchObject({ firm: expect.any(String), coordinates: ['Note.body'], keys: [] });
		expect(await scene.migrate('plan')).toMatchObject({
			ok: true,
			result: { columns: [{ coordinate: 'Note.body', from: 'body_plain', phase: 'PLANNED', isPrepared: true }] },
		});
	});

	it('refuses steps out of order, says what to do, and does not change', async () => {
		for (const [name, sentence] of [
			['backfill', 'another phase'],
			['cutover', 'not all firms'],
			['rollback', 'another phase'],
		] as const) {
			const outcome = await scene.migrate(name, ...COLUMN);
			expect(outcome).toMatchObject({ ok: false });
			expect(outcome.error.message).toContain(sentence);
		}
		expect(await scene.migrate('expand', '--coordinate', 'Note.title')).toMatchObject({
			ok: false,
			error: { code: 'NOT_FOUND', message: expect.stringContaining('declare it with sealed') },
		});
		expect(await scene.migrate('expand', ...COLUMN, '--dry-run')).toMatchObject({ ok: true, result: { dryRun: true } });
		expect((await scene.migrate('status')).result.columns).toEqual([]);
	});

	it('is written in both forms once expanded, and the writes of an old program are counted and read', async () => {
		await scene.step('expand');
		ids.both = await write('In both forms');
		expect(await stored(ids.both)).toMatchObject({ plain: 'In both forms', sealed: true });
		expect(await writes()).toEqual([0, 0]);
		expect(
			await asOldProgram(
				north,
				(tx) => tx`update notes set body_plain = 'By the old program' where id = ${ids.both as string}`,
			),
		).toBe(null);
		expect(await stored(ids.both)).toMatchObject({ plain: 'By the old program', sealed: false });
		expect(await read(ids.both)).toEqual({ body: 'By the old program', codes: [] });
		expect(await writes()).toEqual([1, 0]);
		// Changes of other columns don't matter here.
		expect(
			await asOldProgram(north, (tx) => tx`update notes set updated_at = now() where id = ${ids.both as string}`),
		).toBe(null);
		expect(await writes()).toEqual([1, 0]);
	});

	it('has an envelope for every value after the backfill, none sealed twice, and NULL and empty values stay', async () => {
		const envelope =
			(await stored(ids.both as string)) &&
			(await installation.admin`select title::bytea as title from notes where title is not null limit 1`)[0]?.title;
		ids.twice = uuidv7();
		await installation.admin`
			insert into notes (firm_id, id, author_id, body_plain)
			select firm_id, ${ids.twice}, author_id, ${`\\x${(envelope as Buffer).toString('hex')}`} from notes where id = ${ids.first as string}`;
		const outcome = await scene.migrate('backfill', ...COLUMN);
		expect(outcome).toMatchObject({ ok: false, error: { message: expect.stringContaining('look sealed already') } });
		const { result } = await scene.migrate('status');
		expect(result.columns[0].jobs.BACKFILL).toMatchObject({
			done: 4,
			failed: 1,
			findings: { looksSealed: 1, invalid: 0 },
		});
		await installation.admin`update notes set body_plain = 'now it is text' where id = ${ids.twice}`;
		await scene.step('backfill');
		for (const [id, plain, sealed] of [
			[ids.first, 'The first, in the clear', true],
			[ids.empty, '', true],
			[ids.none, null, false],
		] as const)
			expect(await stored(id as string)).toMatchObject({ plain, sealed });
		expect(await read(ids.empty as string)).toEqual({ body: '', codes: [] });
		// Nothing is left to do, and the command says so.
		await scene.step('backfill');
	});

	it('is verified completely, and not while one value differs, even a value that was written past every trigger', async () => {
		const { body } = await stored(ids.first as string);
		await installation.admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`alter table notes disable trigger move_from_body_plain`;
			await tx`update notes set body_plain = 'Another text' where id = ${ids.first as string}`;
			await tx`alter table notes enable always trigger move_from_body_plain`;
		});
		expect((await stored(ids.first as string)).body).toEqual(body);
		const outcome = await scene.migrate('verify', ...COLUMN);
		expect(outcome).toMatchObject({ ok: false, error: { message: expect.stringContaining('differ') } });
		const { result } = await scene.migrate('status');
		expect(result.columns[0]).toMatchObject({
			phase: 'EXPANDED',
			jobs: { VERIFY: { failed: 1, findings: { DIFFERENT: 1 } } },
		});
		expect(await scene.failed('cutover')).toBe('NOT_VERIFIED');
		expect(
			await asOldProgram(
				north,
				(tx) => tx`update notes set body_plain = 'The first, in the clear' where id = ${ids.first as string}`,
			),
		).toBe(null);
		await scene.step('backfill');
		await scene.step('verify');
		const { result: after } = await scene.migrate('status');
		expect(after.columns[0]).toMatchObject({
			phase: 'VERIFIED',
			jobs: { VERIFY: { failed: 0, findings: { SAME: 5, rowsBefore: 5, rowsAfter: 5 } } },
		});
	});

	it('is not verified while a writer has yet to commit', async () => {
		let verified: ReturnType<typeof scene.failed> | undefined;
		const written = await asOldProgram(north, async (tx) => {
			await tx`update notes set body_plain = 'committed late' where id = ${ids.both as string}`;
			verified = scene.failed('verify');
			await installation.workUntil(async () => {
				const [job] = await installation.admin`
					select trouble from jobs where kind = 'VERIFY' and firm_id = ${north.id} and ended_at is null`;
				return job?.trouble === 'WAITS_FOR_TRANSACTIONS';
			});
		});
		expect(written).toBe(null);
		expect(await verified).toBe('NOT_THE_SAME');
		expect(await scene.failed('cutover')).toBe('NOT_VERIFIED');
		await scene.step('backfill');
		await scene.step('verify');
	});

	it('keeps its trigger, and stays invisible to operators, if a version without its declaration is installed meanwhile', async () => {
		expect(await firmseal(installation.env, 'init')).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('was prepared by a newer version of Firmseal'),
		});
		// A version that has the migration but no longer declares the column.
		const [record] = await installation.admin`
			delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning *`;
		expect(await firmseal(installation.env, 'init')).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('Note.body is being moved from plaintext'),
		});
		await installation.admin`insert into drizzle.__drizzle_migrations ${installation.admin(record as object)}`;
		const [kept] = await installation.admin`
			select has_column_privilege('firmseal_operator', 'notes', 'body_plain', 'select') as seen,
				exists (select from pg_trigger where tgname = 'move_from_body_plain') as moved`;
		expect(kept).toEqual({ seen: false, moved: true });
	});

	it('is not cut over if a value was written without ciphertext since the verification', async () => {
		await asOldProgram(north, (tx) => tx`update notes set body_plain = 'late' where id = ${ids.both as string}`);
		expect(await scene.migrate('cutover', ...COLUMN)).toMatchObject({
			ok: false,
			error: { message: expect.stringContaining('migrate verify') },
		});
		await scene.step('backfill');
		await scene.step('verify');
		await scene.step('cutover');
	});

	it('is read only from ciphertext after the cutover, and plaintext without ciphertext is refused and counted everywhere', async () => {
		expect(await read(ids.first as string)).toEqual({ body: 'The first, in the clear', codes: [] });
		const before = await writes();
		for (const work of [
			(tx: Sql) => tx`update notes set body_plain = 'by the old program' where id = ${ids.first as string}`,
			(tx: Sql) => tx`update notes set body_plain = null where id = ${ids.first as string}`,
			(tx: Sql) =>
				tx`insert into notes (firm_id, id, author_id, body_plain) select firm_id, ${uuidv7()}, author_id, 'x' from notes where id = ${ids.first as string}`,
		])
			expect(await asOldProgram(north, work)).toBe('FS002');
		expect(await writes()).toEqual([before[0], before[1] + 3]);
		expect(await stored(ids.first as string)).toMatchObject({ plain: 'The first, in the clear', sealed: true });
		// A value that was written with the trigger disabled is not returned to a member.
		const lone = uuidv7();
		await installation.admin.begin(async (tx) => {
			await tx`alter table notes disable trigger move_from_body_plain`;
			await tx`insert into notes (firm_id, id, author_id, body_plain) select firm_id, ${lone}, author_id, 'smuggled' from notes where id = ${ids.first as string}`;
			await tx`alter table notes enable always trigger move_from_body_plain`;
		});
		expect(await read(lone)).toEqual({ body: null, codes: ['CIPHERTEXT_INVALID'] });
		expect(await scene.failed('verify')).toBe('NOT_THE_SAME');
		expect((await scene.migrate('status')).result.columns[0].jobs.VERIFY.findings).toMatchObject({ PLAIN_ONLY: 1 });
		await installation.admin`delete from notes where id = ${lone}`;
		// Writes still have both forms, so that a rollback loses nothing.
		ids.late = await write('After the cutover');
		expect(await stored(ids.late)).toMatchObject({ plain: 'After the cutover', sealed: true });
	});

	it('does not lose an uncompared value to a re-encryption in between', async () => {
		const id = ids.first as string;
		const past = (text: string, phase: string) =>
			installation.admin.begin(async (tx) => {
				await tx`alter table notes disable trigger move_from_body_plain`;
				await tx`update notes set body_plain = ${text} where id = ${id}`;
				await tx`alter table notes enable always trigger move_from_body_plain`;
				await tx`update column_moves set phase = ${phase}`;
			});
		await past('No one has compared this', 'CONTRACTING');
		const before = await stored(id);
		const of = { firm: north.id, class: 'NOTE' };
		for (const request of [
			{ ...of, kind: 'ROTATE', version: 2 },
			{ ...of, kind: 'REENCRYPT', version: 2 },
		] as const) {
			const { job } = await ask(installation, request);
			expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
		}
		const after = await stored(id);
		expect(after.plain).toBe('No one has compared this');
		expect(after.body).not.toEqual(before.body);
		await past('The first, in the clear', 'CUTOVER');
	});

	it('is rolled back after the cutover without a loss, and then migrated completely', async () => {
		await scene.step('rollback');
		expect(await read(ids.late as string)).toEqual({ body: 'After the cutover', codes: [] });
		ids.back = await write('After the rollback');
		expect(await stored(ids.back)).toMatchObject({ plain: 'After the rollback', sealed: false });
		const { data } = await api.ask(north.member, CHANGE, {
			input: { id: ids.late, expectedRevision: 1, body: 'Changed' },
		});
		expect(data.updateNote.note.body).toBe('Changed');
		expect(await stored(ids.late as string)).toMatchObject({ plain: 'Changed', sealed: false });
		expect(
			await asOldProgram(
				north,
				(tx) => tx`update notes set body_plain = 'The old program goes on' where id = ${ids.both as string}`,
			),
		).toBe(null);
		expect(await read(ids.both as string)).toEqual({ body: 'The old program goes on', codes: [] });
		for (const name of ['expand', 'backfill', 'verify', 'cutover'] as const) await scene.step(name);
	});

	it('has no plaintext left, in the table or its files, after two persons approved the contract step', async () => {
		await scene.letReadFiles();
		const filler = Array.from(
			{ length: 30 },
			(_, index) => `Number ${index}, a text that is long enough to be found again`,
		);
		for (const text of filler) await write(text);
		await installation.admin`checkpoint`;
		expect(await scene.migrate('contract', ...COLUMN)).toMatchObject({
			ok: false,
			error: { message: expect.stringContaining('FIRMSEAL_TOKEN') },
		});
		const job = await scene.contract();
		const waited = new Set<string>();
		await installation.workUntil(async () => {
			const [clear] = await installation.admin`select trouble from jobs where kind = 'CLEAR' and trouble is not null`;
			if (clear) waited.add(clear.trouble);
			// From then on the rewritten rows are in the files.
			if (waited.has('WAITS_FOR_CHECKPOINT')) await installation.admin`checkpoint`;
			return (await installation.admin`select 1 from jobs where id = ${job} and ended_at is not null`).length > 0;
		});
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
		expect([...waited]).toEqual(['WAITS_FOR_CHECKPOINT']);
		const { result } = await scene.migrate('status');
		expect(result.columns[0]).toMatchObject({ phase: 'CONTRACTED', jobs: { CLEAR: { failed: 0 } } });
		const { report } = result.columns[0];
		expect(report).toMatchObject({
			v: 1,
			firms: 2,
			compared: { SAME: expect.any(Number) },
			files: { proof: 'read', foundAfter: 0 },
		});
		expect(report.files.foundBefore).toBeGreaterThan(20);
		const [signed] = await installation.admin`
			select id, leaf::json ->> 'hash' as hash from audit_entries where leaf::json ->> 'action' = 'column.report'`;
		expect(signed?.hash).toBe(result.columns[0].reportSha256);
		expect(signed?.id).toBe(result.columns[0].reportEntryId);
		expect(JSON.parse(result.columns[0].reportText)).toEqual(report);
		expect(report.stillHeldBy).toMatchObject({ writeAheadLog: expect.any(String), backups: expect.any(String) });
		const [count] =
			await installation.admin`select count(body_plain)::int as clear, count(body)::int as sealed from notes`;
		expect(count).toMatchObject({ clear: 0, sealed: 37 });
		expect(await read(ids.late as string)).toEqual({ body: 'Changed', codes: [] });
		expect(await read(ids.both as string)).toEqual({ body: 'The old program goes on', codes: [] });
		expect(await read(ids.south as string, south)).toEqual({ body: 'Of the south', codes: [] });
	});

	it('was reported to the owners of every firm, with each phase, the rollback, and the work on their values', async () => {
		for (const { owner } of [north, south]) {
			const { data, errors } = await api.ask(owner, '{ notices(first: 200) { nodes { kind jobKind jobState } } }');
			expect(errors).toEqual([]);
			const lines = data.notices.nodes.map((each: Record<string, string>) => Object.values(each).join(' '));
			const count = (of: string) => lines.filter((each: string) => each === of).length;
			expect(count('JOB_ENDED MOVE DONE')).toBeGreaterThanOrEqual(7);
			for (const of of ['JOB_REQUESTED CONTRACT WAITING', 'JOB_ENDED CONTRACT DONE', 'JOB_ENDED CLEAR DONE'])
				expect([of, count(of)]).toEqual([of, 1]);
		}
	});

	it('stays contracted: the old program is refused, the new one writes only ciphertext, and no rollback is possible', async () => {
		expect(
			await asOldProgram(
				north,
				(tx) => tx`update notes set body_plain = 'once more' where id = ${ids.first as string}`,
			),
		).toBe('FS002');
		const id = await write('Ciphertext alone');
		expect(await stored(id)).toMatchObject({ plain: null, sealed: true });
		expect(await scene.failed('rollback')).toBe('WRONG_PHASE');
		// No one can move the column by SQL, in any role that a process signs in as.
		const sql = installation.signIn('worker');
		for (const role of ['firmseal_worker', 'firmseal_maintenance']) {
			const asked = sql.begin(async (tx) => {
				await tx`select set_config('role', ${role}, true)`;
				await tx`select move_column('Note.body', 'notes', 'body_plain', 'body', 'ROLLED_BACK', null)`;
			});
			await expect(asked).rejects.toMatchObject({ code: '42501' });
			await expect(
				sql.begin(async (tx) => {
					await tx`select set_config('role', ${role}, true)`;
					await tx`update column_moves set phase = 'ROLLED_BACK'`;
				}),
			).rejects.toMatchObject({ code: '42501' });
		}
	});
});
