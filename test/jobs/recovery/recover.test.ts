import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEscrow } from '../../../src/jobs/escrow/index.ts';
import { claimsOf } from '../../support/claims.ts';
import { contentOf, filesAt, makeDocument } from '../../support/files.ts';
import type { Person, TestApi, TestFirm, TestInstallation, TestWorker } from '../../support/installation.ts';
import { approveJobByCommand, firmseal, firmsealJson } from '../../system/program.ts';
import { agreed, pastGuard, proven, put } from '../forged-jobs.ts';
import { ask, ended, keysOf, readNotes, writeNotes } from '../stage.ts';
import { makeEscrow, secretsOf, shownIn } from './escrows.ts';
import { type Holders, skipped } from './holders.ts';
import { makeRecoveryScene } from './scene.ts';

const SIDES = { anna: 'FIRM', platform: 'PLATFORM', trustee: 'FIRM' } as const;
const FILE = Buffer.from('A file that was kept.');

type Made = Awaited<ReturnType<typeof makeEscrow>>;

describe.skipIf(skipped !== '')(`recovery after a loss of the key service${skipped}`, () => {
	let installation: TestInstallation;
	let api: TestApi;
	let worker: TestWorker;
	let north: TestFirm;
	let harbour: TestFirm;
	let directory: string;
	let holders: Holders;
	let notes: string[];
	let file: string;
	let message: string;
	let early: Made;
	let made: Made;
	let theirs: Made;
	let job: string;
	const tokens: Record<string, Person> = {};
	const emails: Record<string, string> = {};
	/** The output of all commands. */
	const printed: string[] = [];

	beforeAll(async () => {
		({ directory, holders, installation, north, api } = await makeRecoveryScene(SIDES));
		harbour = await installation.addFirm('harbour');
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		for (const name of ['one', 'two', 'three']) {
			tokens[name] = await installation.addOperator('APPROVER');
			const [row] = await installation.admin`select email from users where id = ${claimsOf(tokens[name]).sub}`;
			emails[name] = row?.email;
		}
		notes = await writeNotes(api, north, ['first', 'second']);
		file = await makeDocument(api.ask, north.member);
		expect((await filesAt(api.url).put(north.member, file, FILE)).status).toBe(201);
		const thread = await create('Thread', {});
		message = await create('Message', { threadId: thread, subject: 'Kept', body: 'A message that was kept.' });
		early = await makeEscrow(installation, api, north, { holders, threshold: 2, out: join(directory, 'early') });
		await done('ROTATE', 2);
		notes.push(...(await writeNotes(api, north, ['third'])));
		made = await makeEscrow(installation, api, north, { holders, threshold: 2, out: join(directory, 'made') });
		theirs = await makeEscrow(installation, api, harbour, { holders, threshold: 2, out: join(directory, 'theirs') });
		// Version 1 is in the escrows, and was destroyed since.
		await done('REENCRYPT', 2);
		const asked = {
			firmId: north.id,
			kind: 'DESTROY' as const,
			class: 'NOTE',
			version: 1,
			askedBy: claimsOf(tokens.one ?? '').sub,
		};
		const destruction = await agreed(installation, await proven(installation, asked), claimsOf(tokens.two ?? '').sub);
		expect(await ended(installation, await put(installation, destruction))).toMatchObject({ state: 'DONE' });
	});
	afterAll(() => installation?.close());

	const create = async (type: 'Thread' | 'Message', input: object): Promise<string> => {
		const id = uuidv7();
		const made = await api.ask(
			north.member,
			`mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${type.toLowerCase()} { id } } }`,
			{ input: { id, ...input } },
		);
		expect(made.errors).toEqual([]);
		return id;
	};
	const readMessage = async () =>
		(await api.ask(north.member, `{ message(id: "${message}") { subject body } }`)).data?.message;
	const done = async (kind: 'ROTATE' | 'REENCRYPT', version: number) => {
		const { job } = await ask(installation, { firm: north.id, kind, class: 'NOTE', version });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
	};
	const as = (name: string) => ({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` });
	const run = async (name: string, ...args: string[]) => {
		const answer = await firmsealJson(as(name), ...args);
		printed.push(JSON.stringify(answer));
		return answer;
	};
	const recover = (...args: string[]) => run('one', 'keys', 'recover', ...args);
	const destroyed = async () =>
		(await keysOf(installation, north.id)).find(({ class: of, version }) => of === 'NOTE' && version === 1)?.state;

	it('begins with another key service, which Firmseal refuses while the previous one is available', async () => {
		const begin = ['init', '--after-key-loss', '--approver', emails.one ?? '', '--approver', emails.two ?? ''];
		expect((await run('one', ...begin)).error?.code).toBe('CONFLICT');
		expect((await readNotes(api, north, notes)).errors).toEqual([]);
		await worker.stop();
		await api.stop();
		for (const name of ['keyring', 'root.key'])
			renameSync(join(installation.directory, name), join(directory, `lost-${name}`));
		for (const args of [
			[emails.one, emails.one],
			[emails.one, 'nobody@platform.example'],
			[emails.one, 'owner@north.example'],
		]) {
			const [one = '', two = ''] = args;
			const answer = await run('one', 'init', '--after-key-loss', '--approver', one, '--approver', two);
			expect([args, answer.error?.code]).toEqual([args, expect.stringMatching(/^(BAD_USER_INPUT|NOT_FOUND)$/)]);
		}
		expect(await run('one', ...begin, '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true, firms: 2 } });
		expect(existsSync(join(installation.directory, 'keyring'))).toBe(false);
		expect(await run('one', ...begin)).toMatchObject({
			code: 0,
			result: { firms: 2, approvers: [{ email: emails.one }, { email: emails.two }] },
		});
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		api = await installation.serve();
	});

	it('accepts no approver with an earlier proof until another approver proves the account again', async () => {
		const others = ['--approver', emails.one ?? '', '--approver', emails.three ?? ''];
		for (const more of [['--dry-run'], []])
			expect((await run('one', 'init', '--after-key-loss', ...others, ...more)).error?.code).toBe('CONFLICT');
		expect((await run('three', 'keys', 'recover', '--firm', 'north', '--escrow', made.file)).error?.code).toMatch(
			/^(FORBIDDEN|UNAUTHENTICATED)$/,
		);
		const asked = await run('one', 'operator', 'add', '--email', emails.three ?? '', '--role', 'APPROVER');
		expect(await approveJobByCommand((...of) => run('two', ...of), asked.result.job.id)).toMatchObject({ code: 0 });
		// The approvers were added just now, so none of them is past probation.
		await pastGuard(
			installation,
			`update jobs set agreed_at = now() - interval '72 hours' where id = '${asked.result.job.id}'`,
		);
		expect(await ended(installation, asked.result.job.id)).toMatchObject({ state: 'DONE' });
		const tried = () => run('three', 'keys', 'recover', '--firm', 'north', '--escrow', made.file);
		expect(await tried()).toMatchObject({ code: 0, result: { isKnown: true } });
		// Like a repetition after an interrupted command: no account loses a proof that was made since.
		const begin = ['init', '--after-key-loss', '--approver', emails.one ?? '', '--approver', emails.two ?? ''];
		expect(await run('one', ...begin)).toMatchObject({ code: 0 });
		const { result } = await tried();
		expect(result.jobs[0].state).toBe('WAITING');
		expect(await run('three', 'job', 'cancel', '--job', result.jobs[0].id)).toMatchObject({ code: 0 });
	});

	it('opens nothing before it is complete', async () => {
		const { notes: read, errors } = await readNotes(api, north, notes);
		expect(JSON.stringify([read, errors])).not.toContain('first');
		expect(errors.length + read.filter((note) => !note).length).toBeGreaterThan(0);
	});

	it('cannot be requested with the escrow of another firm, or with an invalid one', async () => {
		const other = join(directory, 'none.age');
		writeFileSync(other, 'age-encryption.org/v2\n');
		const refused = [
			await recover('--firm', 'north', '--escrow', theirs.file),
			await recover('--firm', 'north', '--escrow', theirs.shareOf('anna')),
			await recover('--firm', 'north', '--escrow', other),
			await recover('--firm', 'north', '--escrow', join(directory, 'missing')),
			await recover('--firm', 'north'),
			await recover('--escrow', made.file),
		];
		expect(refused.map(({ error }) => error?.code)).toEqual(Array(6).fill('BAD_USER_INPUT'));
		expect(refused[1]?.error?.message).toContain('the share of a holder, not the escrow');
		expect(await installation.admin`select from jobs where kind = 'RECOVER' and state <> 'CANCELLED'`).toHaveLength(0);
	});

	it('waits for a second person, notifies the firm, accepts only shares of this escrow, and recovers every key', {
		timeout: 240_000,
	}, async () => {
		const asked = await recover('--firm', 'north', '--escrow', made.file);
		expect(asked).toMatchObject({ code: 0, result: { jobs: [{ kind: 'RECOVER', state: 'WAITING' }], isKnown: true } });
		job = asked.result.jobs[0].id;
		expect(await installation.admin`select from notices where job_id = ${job} and kind = 'JOB_REQUESTED'`).toHaveLength(
			1,
		);
		expect((await recover('--job', job)).error?.code).toBe('CONFLICT');
		expect((await approveJobByCommand((...of) => run('one', ...of), job)).error?.code).toBe('FORBIDDEN');
		expect(await installation.admin`select from recovery_sessions`).toHaveLength(0);
		expect(await approveJobByCommand((...of) => run('two', ...of), job)).toMatchObject({ code: 0 });
		const shown = await recover('--job', job);
		const { recipient } = shown.result;
		expect(recipient).toMatch(/^age1[a-z0-9]{58}$/);
		const handIn = (path: string) => recover('--job', job, '--share', path);
		const clear = join(directory, 'clear.json');
		writeFileSync(clear, holders.open('anna', made.shareOf('anna')));
		const refused = [
			// A share in plaintext, an unchanged share file, a share of an earlier escrow, and one of another firm.
			await handIn(clear),
			await handIn(made.shareOf('anna')),
			await handIn(holders.encrypt('anna', early.shareOf('anna'), recipient)),
			await handIn(holders.encrypt('anna', theirs.shareOf('anna'), recipient)),
		];
		expect(refused.map(({ error }) => error?.code)).toEqual(Array(4).fill('BAD_USER_INPUT'));
		const platform = holders.encrypt('platform', made.shareOf('platform'), recipient);
		expect(await handIn(platform)).toMatchObject({
			code: 0,
			result: { share: { holder: 'platform', side: 'PLATFORM', have: 1, need: 2 } },
		});
		expect((await handIn(platform)).error?.message).toContain('was already given');
		expect((await readNotes(api, north, notes)).errors.length).toBeGreaterThan(0);
		const last = await handIn(holders.encrypt('trustee', made.shareOf('trustee'), recipient));
		expect([last.code, last.error]).toEqual([0, undefined]);
		const { counts } = last.result;
		expect(counts).toMatchObject({
			DESTROYED: 1,
			COMMITMENT_DIFFERS: 0,
			NOT_ESCROWED: 0,
			NOT_STORED: 0,
			ACTIVE_NOT_ESCROWED: 0,
		});
		expect(counts.RECOVERED).toBe((await keysOf(installation, north.id)).length - 1);
		const { notes: read, errors } = await readNotes(api, north, notes);
		expect([read.map((note) => note?.body), errors]).toEqual([['first', 'second', 'third'], []]);
		expect((await filesAt(api.url).get(north.member, contentOf(file))).bytes).toEqual(FILE);
		expect(await readMessage()).toEqual({ subject: 'Kept', body: 'A message that was kept.' });
		expect(await destroyed()).toBe('DESTROYED');
		expect((await writeNotes(api, north, ['fourth'])).length).toBe(1);
		// Everything that was handed in is deleted with the job.
		expect(await installation.admin`select from recovery_files where job_id = ${job}`).toHaveLength(0);
		expect(await installation.admin`select from recovery_sessions`).toHaveLength(0);
		const again = await recover('--job', job);
		expect(again).toMatchObject({ code: 0, result: { counts } });
	});

	it('is logged step by step, and no key or share is printed, logged or stored', async () => {
		const actions = await installation.admin`
			select leaf::jsonb ->> 'action' as action from audit_entries
			where firm_id = ${north.id} and leaf::jsonb -> 'records' ->> 0 = ${Buffer.from(job.replaceAll('-', ''), 'hex').toString('base64url')}
			order by id`;
		expect(actions.map(({ action }) => action)).toEqual([
			'job.request',
			'job.agree',
			'job.start',
			'escrow.session',
			'escrow.share',
			'escrow.share',
			'job.end',
		]);
		const shares = ['anna', 'platform', 'trustee'].map((name) => holders.open(name, made.shareOf(name)));
		const { keys } = await openEscrow({ escrow: new Uint8Array(readFileSync(made.file)), shares });
		const rows = await installation.admin`
			select (select json_agg(j)::text from jobs j) || coalesce((select json_agg(f)::text from recovery_files f), '')
				|| (select json_agg(d)::text from data_keys d) || (select string_agg(leaf, '') from audit_entries)
				|| (select json_agg(n)::text from notices n) as seen`;
		const seen = `${rows[0]?.seen}${worker.lines.join('\n')}${api.lines.join('\n')}${printed.join('\n')}`;
		expect(shownIn(seen, secretsOf(keys, shares))).toEqual([]);
	});

	it('reports which keys are lost if an earlier escrow is used, and leaves keys that open unchanged', async () => {
		await worker.stop();
		const [row] = await installation.admin`
			update data_keys set wrapped = decode(repeat('00', length(wrapped)), 'hex') where firm_id = ${north.id} and class = 'NOTE' and version = 2
			returning version`;
		expect(row?.version).toBe('2');
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const asked = await recover('--firm', 'north', '--escrow', early.file);
		job = asked.result.jobs[0].id;
		await approveJobByCommand((...of) => run('two', ...of), job);
		const { recipient } = (await recover('--job', job)).result;
		for (const name of ['anna', 'platform'])
			await recover('--job', job, '--share', holders.encrypt(name, early.shareOf(name), recipient));
		const { stdout } = await firmseal(as('one'), 'keys', 'recover', '--job', job);
		expect(stdout).toContain('NOT_ESCROWED 1');
		expect(stdout).toContain('run `firmseal keys rotate`');
		const { findings } = (await recover('--job', job)).result.job;
		expect(findings).toMatchObject({
			RECOVERED: 0,
			NOT_ESCROWED: 1,
			ACTIVE_NOT_ESCROWED: 1,
			DESTROYED: 1,
			NOT_STORED: 0,
		});
		expect(await destroyed()).toBe('DESTROYED');
	});
});
