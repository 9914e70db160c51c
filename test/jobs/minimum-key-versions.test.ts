import type { TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMinimumKeyVersionSettled, markMinimumKeyVersion, raiseMinimumKeyVersion } from '../../src/database/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { codeOf } from '../database/two-firms.ts';
import { servers } from '../support/both-servers.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { leaveOpen } from '../support/open-transaction.ts';
import { makePopulated } from '../support/populated.ts';
import { proven, put } from './forged-jobs.ts';
import { ask, ended, keysOf, readNotes, versionsOf, writeNotes } from './stage.ts';

/** SQLSTATE of a value under a key version below the minimum. */
const CLOSED = 'FS001';

describe.each(servers)('the minimum key version of values, on the $name server', (server) => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let ours: string[];
	let theirs: string[];
	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(server));
		api = await installation.serve();
		ours = await writeNotes(api, north, ['one', 'two']);
		theirs = await writeNotes(api, harbour, ['theirs']);
		await installation.admin`insert into key_floors (firm_id, class, version) values (${north.id}, 'NOTE', 2)`;
	});
	afterAll(() => installation?.close());

	const rows = async () => JSON.stringify(await installation.admin`select * from notes order by id`);
	/** Runs a statement as the superuser, to whom no policy applies, and rolls it back. Returns the outcome. */
	const attempt = (work: (tx: TransactionSql) => Promise<unknown>, mode = '') =>
		codeOf(
			installation.admin.begin(mode, async (tx) => {
				await work(tx);
				throw Object.assign(new Error(), { code: 'passed' });
			}),
		);

	it('refuses writes of the API with an error, and nothing is written', async () => {
		const before = await rows();
		const create = 'mutation { createNote(input: { title: "stale", body: "stale" }) { note { id } } }';
		const update = `mutation { updateNote(input: { id: "${ours[0]}", expectedRevision: 1, body: "stale" }) { note { id } } }`;
		for (const query of [create, update]) {
			const { errors, text } = await api.ask(north.member, query);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
			expect(text).not.toMatch(/FS001|stale|SQLSTATE/);
		}
		expect(await rows()).toBe(before);
		// Another firm and another class are not affected.
		await writeNotes(api, harbour, ['more']);
		expect(
			(await api.ask(north.member, 'mutation { createClient(input: { name: "C" }) { client { id } } }')).errors,
		).toEqual([]);
	});

	it('leaves existing values readable, and permits other changes of their rows', async () => {
		expect((await readNotes(api, north, ours)).notes.map(({ body }) => body)).toEqual(['one', 'two']);
		for (const set of [
			'revision = revision + 1',
			'updated_at = now()',
			'title = title',
			'title = null',
			'body = null, title = title',
		])
			expect([set, await attempt((tx) => tx.unsafe(`update notes set ${set} where firm_id = '${north.id}'`))]).toEqual([
				set,
				'passed',
			]);
		expect(
			await attempt(
				(tx) => tx`update notes set title = null, body = null, deleted_at = now() where id = ${ours[0] ?? ''}`,
			),
		).toBe('passed');
	});

	it('refuses a value under an older key by any statement, even if copied from another row or column', async () => {
		const [one, two] = ours as [string, string];
		const copy = (id: string) =>
			`(firm_id, id, author_id, title, body) select firm_id, ${id}, author_id, title, body from notes`;
		const statements = [
			`update notes set title = body where id = '${one}'`,
			`update notes set title = (select title from notes where id = '${two}') where id = '${one}'`,
			// One of two rows, and one of two columns.
			`update notes n set body = case n.id when '${one}' then n.title else n.body end where firm_id = '${north.id}'`,
			`update notes set title = null, body = title where id = '${one}'`,
			`insert into notes ${copy('gen_random_uuid()')} where id = '${one}'`,
			// Two firms in one statement, one of them with a minimum version.
			`insert into notes ${copy('gen_random_uuid()')}`,
			`update notes set title = body`,
			`insert into notes ${copy('id')} where id = '${one}' on conflict (firm_id, id) do update set title = excluded.body`,
			`insert into notes ${copy('gen_random_uuid()')} where id = '${one}' on conflict do nothing`,
			`merge into notes n using (select * from notes where id = '${two}') o on n.id = '${one}' when matched then update set title = o.title`,
			`with moved as (delete from notes where id = '${one}' returning *) insert into notes select * from moved`,
			`set local session_replication_role = replica; update notes set title = body where id = '${one}'`,
		];
		const before = await rows();
		for (const statement of statements)
			expect([statement, await attempt((tx) => tx.unsafe(statement))]).toEqual([statement, CLOSED]);
		// A snapshot that is older than the minimum version does not help either.
		for (const isolation of ['repeatable read', 'serializable'])
			expect([
				isolation,
				await attempt((tx) => tx.unsafe(statements[0] as string), `isolation level ${isolation}`),
			]).toEqual([isolation, CLOSED]);
		expect(await rows()).toBe(before);
	});

	it('permits other firms’ values, upserts without a change, and newer values', async () => {
		const [one] = ours;
		for (const statement of [
			`update notes set title = body where firm_id = '${harbour.id}'`,
			`insert into notes (firm_id, id, author_id, title) select firm_id, id, author_id, title from notes where id = '${one}'
				on conflict (firm_id, id) do update set revision = notes.revision + 1`,
			`update notes set title = set_byte(title, 5, 2) where id = '${one}'`,
			`update notes set title = set_byte(title, 2, 1) where id = '${one}'`,
		])
			expect([statement, await attempt((tx) => tx.unsafe(statement))]).toEqual([statement, 'passed']);
		for (const byte of [2, 3, 4])
			expect(
				await attempt((tx) =>
					tx.unsafe(`update notes set title = set_byte(set_byte(title, 5, 0), ${byte}, 0) where id = '${one}'`),
				),
			).toBe(CLOSED);
	});

	it('is invisible to a transaction that began before it, and takes effect only after that has ended', async () => {
		const plane = openPlaneOf(installation.database, 'firmseal_maintenance', 2);
		const floor = { firm: harbour.id, class: 'NOTE', version: 2 };
		// No login can raise a minimum above the active version.
		const { admin } = installation;
		await admin`update data_keys set state = 'RETIRED' where firm_id = ${harbour.id} and class = 'NOTE'`;
		await admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			select firm_id, class, 2, 'ACTIVE', wrapped, commitment, key_id from data_keys where firm_id = ${harbour.id} and class = 'NOTE'`;
		const id = await put(installation, {
			...(await proven(installation, { firmId: harbour.id, kind: 'REENCRYPT', class: 'NOTE', version: 2 })),
			state: 'RUNNING',
		});
		const of = plane.forJob(id);
		const settled = () => of.read(harbour.id, (tx) => isMinimumKeyVersionSettled(tx, floor));
		expect(await settled()).toBeNull();
		const over = Promise.withResolvers<void>();
		let late: Promise<unknown> | undefined;
		await of.write(harbour.id, async (tx) => {
			await raiseMinimumKeyVersion(tx, floor);
			// It begins after the transaction that raises the minimum, and doesn't see the minimum yet.
			const written = Promise.withResolvers<void>();
			late = installation.admin.begin(async (other) => {
				await other`update notes set title = body where id = ${theirs[0] ?? ''}`;
				written.resolve();
				await over.promise;
				throw new Error('undone');
			});
			late.catch(written.reject);
			await written.promise;
		});
		await of.write(harbour.id, (tx) => markMinimumKeyVersion(tx, floor));
		expect(await settled()).toBe(false);
		over.resolve();
		await late?.catch(() => {});
		await expect.poll(settled).toBe(true);
		await plane.close();
		await admin`delete from key_floors`;
		await admin`delete from data_keys where firm_id = ${harbour.id} and class = 'NOTE' and version = 2`;
		await admin`update data_keys set state = 'ACTIVE' where firm_id = ${harbour.id} and class = 'NOTE'`;
		await installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${id}`;
	});

	it('makes the job wait, so that it re-encrypts late values before it closes the older version', async () => {
		await installation.startWorker({}, { propagationSeconds: 0 });
		const request = { firm: north.id, class: 'NOTE', version: 2 } as const;
		await ended(installation, (await ask(installation, { ...request, kind: 'ROTATE' })).job.id);
		const [late] = await installation.admin`delete from notes where id = ${ours[1] ?? ''} returning *`;
		const letGo = await leaveOpen(installation.admin, (tx) => tx`insert into notes ${tx(late as never)}`);
		const { job } = await ask(installation, { ...request, kind: 'REENCRYPT' });
		const row = async () => (await installation.admin`select step, state from jobs where id = ${job.id}`)[0];
		await installation.workUntil(async () => (await row())?.step === 4);
		for (let times = 0; times < 3; times++) await installation.clock.sleep(500);
		expect(await row()).toEqual({ step: 4, state: 'RUNNING' });
		expect(await versionsOf(installation, north.id)).toEqual({ 2: 2 });
		await letGo();
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE', done: '4', round: 1 });
		expect(await versionsOf(installation, north.id)).toEqual({ 2: 4 });
		const states = (await keysOf(installation, north.id))
			.filter(({ class: of }) => of === 'NOTE')
			.map(({ state }) => state);
		expect(states).toEqual(['DISABLED', 'ACTIVE']);
		expect((await readNotes(api, north, ours)).notes.map(({ body }) => body)).toEqual(['one', 'two']);
	});
});
