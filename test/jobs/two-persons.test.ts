import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approverOfToken } from '../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../src/config/config.ts';
import { disableOperator } from '../../src/firms/index.ts';
import { approveJob, checkJobApproval, hashJob } from '../../src/jobs/index.ts';
import { withInstallation } from '../../src/wiring/installation.ts';
import { claimsOf, forgeToken } from '../attacks/scene.ts';
import { filesAt, makeDocument } from '../support/files.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { leaveOpen } from '../support/open-transaction.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { approveJobByCommand, firmsealJson, oneLine, spawned } from '../system/program.ts';
import { agreed, proven, put } from './forged-jobs.ts';
import { ask, ended, keysOf, readNotes, writeNotes } from './stage.ts';

describe('the destruction of a key', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let notes: string[];
	const tokens: Record<string, Person> = {};
	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		api = await installation.serve();
		await installation.startWorker({}, { propagationSeconds: 0 });
		for (const name of ['one', 'same', 'two', 'gone']) tokens[name] = await installation.addOperator('APPROVER');
		tokens.operator = await installation.addOperator('OPERATOR');
		tokens.owner = north.owner;
		// A second account of the first person.
		const [one, same] = [claimsOf(tokens.one ?? '').sub, claimsOf(tokens.same ?? '').sub];
		await installation.admin`update users set person_id = (select person_id from users where id = ${one}) where id = ${same}`;
		await installation.proofs.operator(same);
		notes = await writeNotes(api, north, ['kept']);
		await done('ROTATE', 2);
	});
	afterAll(() => installation?.close());

	const as = (name: string | null) => ({
		...installation.env,
		...(name && { FIRMSEAL_TOKEN: `${tokens[name]}` }),
	});
	const destroy = (name: string | null, version: number, ...args: string[]) =>
		firmsealJson(
			as(name),
			'keys',
			'destroy',
			'--firm',
			'north',
			'--class',
			'NOTE',
			'--version',
			String(version),
			...args,
		);
	const done = async (kind: 'ROTATE' | 'REENCRYPT' | 'DISABLE' | 'ENABLE', version: number, of = 'NOTE') => {
		const { job } = await ask(installation, { firm: north.id, kind, class: of, version });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
	};
	/** Approves as `firmseal job approve` does, without starting a process. */
	const approve = (name: string, id: string, { dryRun = false, hash = '' } = {}): Promise<string> => {
		const config = readConfig(as(name));
		return withInstallation(config, async (admin) => {
			const by = await approverOfToken(config, admin);
			const seen = await checkJobApproval(admin, id, by);
			return dryRun ? seen.state : (await approveJob(admin, { job: id, requestHash: hash || hashJob(seen) }, by)).state;
		}).catch(({ code }) => code);
	};
	const stateOf = async (version: number, of = 'NOTE') =>
		(await keysOf(installation, north.id)).find((key) => key.class === of && key.version === version)?.state;
	const jobs = async () => (await installation.admin`select count(*)::int as n from jobs`)[0]?.n;
	const waiting = async (version: number): Promise<string> => {
		const { code, result } = await destroy('one', version);
		expect([code, result.jobs[0].state]).toEqual([0, 'WAITING']);
		return result.jobs[0].id;
	};

	it('is refused for a version that seals or still opens, and for a person without permission', async () => {
		const before = await jobs();
		expect((await Promise.all([destroy('one', 2), destroy('one', 1)])).map(({ error }) => error.code)).toEqual([
			'CONFLICT',
			'CONFLICT',
		]);
		await done('DISABLE', 1);
		const refused = await Promise.all([destroy(null, 1), destroy('owner', 1), destroy('one', 9)]);
		expect(refused.map(({ error }) => error.code)).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);
		expect(await jobs()).toBe(before + 1);
	});

	it('cannot be requested by an operator who is not an approver', async () => {
		const before = await jobs();
		expect((await destroy('operator', 1)).error?.code).toBe('FORBIDDEN');
		expect(await jobs()).toBe(before);
	});

	it('changes nothing in a dry run', async () => {
		const before = [await jobs(), await stateOf(1)];
		expect(await destroy('one', 1, '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true } });
		expect([await jobs(), await stateOf(1)]).toEqual(before);
	});

	it('needs another approver: not the same person’s second account, an operator, an owner, a disabled account or an old sign-in', async () => {
		const id = await waiting(1);
		const { exp: _, ...claims } = claimsOf(tokens.two ?? '');
		tokens.stale = await forgeToken(installation.directory, { ...claims, auth_time: Date.now() / 1000 - 301 });
		for (const name of ['one', 'same', 'operator', 'owner', 'stale'])
			expect([name, await approve(name, id)]).toEqual([name, 'FORBIDDEN']);
		const email = (await installation.admin`select email from users where id = ${claimsOf(tokens.gone ?? '').sub}`)[0]
			?.email;
		const two = readConfig(as('two'));
		await withInstallation(two, async (admin) => disableOperator(admin, email, await approverOfToken(two, admin)));
		expect(await approve('gone', id)).toMatch(/^(FORBIDDEN|UNAUTHENTICATED)$/);
		expect(await approve('two', id, { dryRun: true })).toBe('WAITING');
		expect(await approve('two', id, { hash: 'a'.repeat(64) })).toBe('CONFLICT');
		const [row] = await installation.admin`select state, agreed_by from jobs where id = ${id}`;
		expect(row).toEqual({ state: 'WAITING', agreed_by: null });
		// A value is still under the version.
		expect(await approveJobByCommand((...of) => spawned(as('two'), ...of, '--json').then(oneLine), id)).toMatchObject({
			code: 0,
			result: { job: { state: 'QUEUED' } },
		});
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'IN_USE' });
		expect(await approve('two', id)).toBe('CONFLICT');
		expect(await stateOf(1)).toBe('DISABLED');
	});

	it('cannot be approved if the requester was disabled meanwhile', async () => {
		const gone = await installation.addOperator('APPROVER');
		const asker = claimsOf(gone).sub;
		const asked = { firmId: north.id, kind: 'DESTROY' as const, class: 'NOTE', version: 1, askedBy: asker };
		const id = await put(installation, { ...(await proven(installation, asked)), state: 'WAITING' });
		const email = (await installation.admin`select email from users where id = ${asker}`)[0]?.email;
		const two = readConfig(as('two'));
		await withInstallation(two, async (admin) => disableOperator(admin, email, await approverOfToken(two, admin)));
		expect(await approve('two', id)).toBe('CONFLICT');
		await installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${id}`;
	});

	it('happens once no value is under the key, and is final', async () => {
		await done('ENABLE', 1);
		await done('REENCRYPT', 2);
		const id = await waiting(1);
		expect(await approve('two', id)).toBe('QUEUED');
		expect(await ended(installation, id)).toMatchObject({ state: 'DONE' });
		const [key] =
			await installation.admin`select state, length(wrapped) as left from data_keys where firm_id = ${north.id} and class = 'NOTE' and version = 1`;
		expect(key).toEqual({ state: 'DESTROYED', left: 0 });
		const { result } = await firmsealJson(installation.env, 'keys', 'list', '--firm', 'north');
		const listed = result.dataKeys.find(
			(each: { class: string; version: number }) => each.class === 'NOTE' && each.version === 1,
		);
		expect(listed.state).toBe('DESTROYED');
		const enable = ['keys', 'enable', '--firm', 'north', '--class', 'NOTE', '--version', '1'];
		expect((await firmsealJson(installation.env, ...enable)).error.code).toBe('CONFLICT');
		// The worker refuses it too, without the command's check.
		const { job } = await ask(installation, { firm: north.id, kind: 'ENABLE', class: 'NOTE', version: 1 });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'FAILED', trouble: 'WRONG_STATE' });
		expect((await readNotes(api, north, notes)).notes[0]).toMatchObject({ body: 'kept' });
	});

	it('waits for a transaction that still writes under the key, and then does not happen', async () => {
		await done('ROTATE', 3);
		await done('DISABLE', 2);
		// A transaction that began earlier, in a process that does not know of the job, writes a value under the version.
		const [note] = await installation.admin`delete from notes where id = ${notes[0] ?? ''} returning *`;
		const letGo = await leaveOpen(installation.admin, (tx) => tx`insert into notes ${tx(note as never)}`);
		const asked = {
			firmId: north.id,
			kind: 'DESTROY' as const,
			class: 'NOTE',
			version: 2,
			askedBy: claimsOf(tokens.one ?? '').sub,
		};
		const id = await put(
			installation,
			await agreed(installation, await proven(installation, asked), claimsOf(tokens.two ?? '').sub),
		);
		for (let times = 0; times < 3; times++) await installation.clock.sleep(500);
		expect(await stateOf(2)).toBe('DISABLED');
		await letGo();
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'IN_USE' });
		await done('ENABLE', 2);
		expect((await readNotes(api, north, notes)).notes[0]).toMatchObject({ body: 'kept' });
	});

	it('does not happen while a file is under the key, even if its location is under a newer one', async () => {
		const files = filesAt(api.url);
		const id = await makeDocument(api.ask, north.member);
		expect((await files.put(north.member, id, Buffer.from('content'))).status).toBe(201);
		await done('ROTATE', 2, 'DOCUMENT');
		// The state after a job that was cancelled between the tables and the files.
		const stored = await installation.admin`select * from stored_objects where firm_id = ${north.id}`;
		await installation.admin`update stored_objects set key_version = 9 where firm_id = ${north.id}`;
		const { job } = await ask(installation, { firm: north.id, kind: 'REENCRYPT', class: 'DOCUMENT', version: 2 });
		await ended(installation, job.id);
		await installation.admin.begin(async (tx) => {
			await tx`alter table stored_objects disable trigger above_floor`;
			await tx`update stored_objects set key_version = ${stored[0]?.key_version} where firm_id = ${north.id}`;
			await tx`alter table stored_objects enable always trigger above_floor`;
		});
		const asked = {
			firmId: north.id,
			kind: 'DESTROY' as const,
			class: 'DOCUMENT',
			version: 1,
			askedBy: claimsOf(tokens.one ?? '').sub,
		};
		const end = await ended(
			installation,
			await put(
				installation,
				await agreed(installation, await proven(installation, asked), claimsOf(tokens.two ?? '').sub),
			),
		);
		expect(end).toMatchObject({ state: 'FAILED', trouble: 'IN_USE' });
		expect(await stateOf(1, 'DOCUMENT')).toBe('DISABLED');
	});

	it('is impossible for a key that proves rights', async () => {
		await done('ROTATE', 2, 'RIGHTS');
		await installation.admin`update data_keys set state = 'DISABLED' where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
		const args = ['keys', 'destroy', '--firm', 'north', '--class', 'RIGHTS', '--version', '1'];
		expect((await firmsealJson(as('one'), ...args)).error.code).toBe('FORBIDDEN');
	});
});
