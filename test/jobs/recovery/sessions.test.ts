import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROCESS_IO, withIo } from '../../../src/cli/io.ts';
import {
	continueRecovery,
	type RecoveryOptions,
	requestKeyRecovery,
} from '../../../src/cli/recovery/request-recovery.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { readConfig } from '../../../src/config/config.ts';
import { writeRecoveryTerms } from '../../../src/jobs/escrow/escrow-terms.ts';
import { hashEscrowFile } from '../../../src/jobs/index.ts';
import { claimsOf } from '../../support/claims.ts';
import type { TestApi, TestFirm, TestInstallation, TestWorker } from '../../support/installation.ts';
import { bare } from '../../system/program.ts';
import { agreed, type Forged, pastGuard, proven, put } from '../forged-jobs.ts';
import { ask, ended, keysOf, writeNotes } from '../stage.ts';
import { makeEscrow } from './escrows.ts';
import { type Holders, skipped } from './holders.ts';
import { makeRecoveryScene } from './scene.ts';

const SIDES = { anna: 'FIRM', platform: 'PLATFORM', second: 'PLATFORM', trustee: 'FIRM' } as const;
const WORKER = fileURLToPath(new URL('../working-process.ts', import.meta.url));
const FORBIDDEN = { state: 'FAILED', trouble: 'FORBIDDEN' };

type Made = Awaited<ReturnType<typeof makeEscrow>>;
type Kind = 'RECOVER' | 'DRILL';

describe.skipIf(skipped !== '')(`a recovery session${skipped}`, () => {
	let installation: TestInstallation;
	let api: TestApi;
	let worker: TestWorker;
	let north: TestFirm;
	let directory: string;
	let holders: Holders;
	let made: Made;
	const users: Record<string, string> = {};

	beforeAll(async () => {
		({ directory, holders, installation, north, api } = await makeRecoveryScene(SIDES));
		await restart();
		for (const name of ['one', 'two']) users[name] = claimsOf(await installation.addOperator('APPROVER')).sub;
		await writeNotes(api, north, ['kept']);
		made = await makeEscrow(installation, api, north, { holders, threshold: 3, out: join(directory, 'made') });
	});
	afterAll(() => installation?.close());

	async function restart(overrides: Readonly<Record<string, string>> = {}) {
		await worker?.stop();
		worker = await installation.startWorker(overrides, { propagationSeconds: 0, heartbeatTimeoutSeconds: 1 });
	}
	const terms = (minutes = 60) =>
		writeRecoveryTerms({ escrow: hashEscrowFile(new Uint8Array(readFileSync(made.file))), minutes });
	const asked = (kind: Kind, more: Partial<Forged> = {}) =>
		proven(installation, {
			firmId: north.id,
			kind,
			class: null,
			version: null,
			askedBy: users.one ?? null,
			terms: terms(),
			...more,
		});
	/** A recovery that two approvers have requested and approved. */
	const begin = async (kind: Kind, more: Partial<Forged> = {}): Promise<string> =>
		put(installation, await agreed(installation, await asked(kind, more), users.two ?? ''));
	/** Hands in a file as the command does, without starting a process. Returns code and sentence of an error. */
	const goOn = (kind: Kind, job: string, options: RecoveryOptions = {}, clock = installation.clock) =>
		withIo({ ...PROCESS_IO, clock }, () => continueRecovery(readConfig(installation.env), kind, job, options)).then(
			// biome-ignore lint/suspicious/noExplicitAny: tests read results of any shape
			({ result, problem }): any => ({ ...(result as object), problem }),
			({ code, message }) => ({ code, message }),
		);
	const recipientOf = async (kind: Kind, job: string): Promise<string> => (await goOn(kind, job)).recipient;
	/** The recipient of another worker's session, after the previous session is gone. */
	const begunAnew = async (kind: Kind, job: string, before: string): Promise<string> => {
		await installation.workUntil(async () => (await recipientOf(kind, job)) !== before);
		return recipientOf(kind, job);
	};
	const handIn = async (kind: Kind, job: string, name: string, recipient: string, clock = installation.clock) =>
		goOn(kind, job, { share: holders.encrypt(name, made.shareOf(name), recipient) }, clock);
	const cancel = (job: string) =>
		installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${job} and ended_at is null`;
	const stored = () => installation.admin`select * from data_keys order by firm_id, class, version`;

	it('can be a drill, which counts the keys that fit, wraps nothing, and requests no key of the firm', async () => {
		const before = await stored();
		const opened = async () =>
			(
				await installation.admin`select count(*)::int as n from audit_entries
					where firm_id = ${north.id} and leaf::jsonb ->> 'action' in ('key.unwrap', 'key.generate')`
			)[0]?.n;
		const calls = await opened();
		const job = await begin('DRILL');
		const recipient = await recipientOf('DRILL', job);
		expect(await goOn('DRILL', job, { escrow: made.file })).toMatchObject({ escrow: 'TAKEN' });
		for (const name of ['anna', 'platform']) await handIn('DRILL', job, name, recipient);
		const { counts } = await handIn('DRILL', job, 'trustee', recipient);
		const keys = (await keysOf(installation, north.id)).length;
		expect(counts).toEqual({
			FITS: keys,
			COMMITMENT_DIFFERS: 0,
			NOT_ESCROWED: 0,
			NOT_STORED: 0,
			DESTROYED: 0,
			SIGNERS_ALONE: 0,
		});
		expect(await stored()).toEqual(before);
		expect(await opened()).toBe(calls);
	});

	it('finds in a drill keys that are stored differently, or are in no escrow', async () => {
		const { job: rotation } = await ask(installation, { firm: north.id, kind: 'ROTATE', class: 'NOTE', version: 2 });
		expect(await ended(installation, rotation.id)).toMatchObject({ state: 'DONE' });
		const [kept] = await installation.admin`
			select commitment from data_keys where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
		await installation.admin`
			update data_keys set commitment = decode(repeat('ab', 32), 'hex') where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
		const job = await begin('DRILL');
		const recipient = await recipientOf('DRILL', job);
		await goOn('DRILL', job, { escrow: made.file });
		for (const name of ['anna', 'platform']) await handIn('DRILL', job, name, recipient);
		const { counts } = await handIn('DRILL', job, 'trustee', recipient);
		expect(counts).toMatchObject({ COMMITMENT_DIFFERS: 1, NOT_ESCROWED: 1 });
		await installation.admin`
			update data_keys set commitment = ${kept?.commitment} where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
	});

	it('leaves keys that open unchanged', async () => {
		const before = await stored();
		const job = await begin('RECOVER');
		const recipient = await recipientOf('RECOVER', job);
		// The escrow file may also come last.
		for (const name of ['anna', 'platform', 'trustee'])
			expect((await handIn('RECOVER', job, name, recipient)).share).toMatchObject({ holder: name, need: 3 });
		await goOn('RECOVER', job, { escrow: made.file });
		const end = await ended(installation, job);
		expect(end).toMatchObject({ state: 'DONE', done: '0' });
		expect(await stored()).toEqual(before);
	});

	it('opens nothing with the platform’s shares alone or too few shares, and deletes them when it expires', async () => {
		const job = await begin('RECOVER', { terms: terms(1) });
		const recipient = await recipientOf('RECOVER', job);
		await goOn('RECOVER', job, { escrow: made.file });
		for (const name of ['platform', 'second'])
			expect((await handIn('RECOVER', job, name, recipient)).share).toMatchObject({ side: 'PLATFORM', need: 3 });
		await worker.advance();
		expect((await installation.admin`select state from jobs where id = ${job}`)[0]?.state).toBe('RUNNING');
		await installation.admin`update recovery_sessions set begun_at = begun_at - interval '61 seconds' where job_id = ${job}`;
		expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'EXPIRED' });
		expect((await goOn('RECOVER', job)).problem).toContain('did not arrive in time');
		expect((await handIn('RECOVER', job, 'anna', recipient)).problem).toContain('did not arrive in time');
	});

	it('does not begin for a job that was inserted in SQL, that lacks another person’s approval, or that was changed since', async () => {
		for (const kind of ['RECOVER', 'DRILL'] as const) {
			const whole = async () => agreed(installation, await asked(kind), users.two ?? '');
			for (const forged of [
				await asked(kind),
				await asked(kind, { askedBy: null }),
				await agreed(installation, await asked(kind), users.one ?? ''),
				{ ...(await whole()), terms: terms(480) },
				{ ...(await whole()), kind: kind === 'DRILL' ? ('RECOVER' as const) : ('DRILL' as const) },
				await agreed(
					installation,
					await asked(kind, { askedAt: new Date(Date.now() - 8 * 24 * 3_600_000) }),
					users.two ?? '',
				),
				{ ...(await asked(kind)), agreedBy: users.two ?? '', agreedMac: Buffer.alloc(36, 1) },
			])
				expect(await ended(installation, await put(installation, forged))).toMatchObject(FORBIDDEN);
		}
		expect(
			await installation.admin`select from recovery_sessions s join jobs j on j.id = s.job_id where j.ended_at is null`,
		).toEqual([]);
	});

	it('does not begin before the firm was notified', async () => {
		const job = await agreed(installation, await asked('RECOVER'), users.two ?? '');
		await pastGuard(installation, 'alter table jobs disable trigger notify');
		await put(installation, job);
		expect(await ended(installation, job.id)).toMatchObject({ state: 'FAILED', trouble: 'NOT_TOLD' });
		await pastGuard(installation, 'alter table jobs enable always trigger notify');
		expect(await installation.admin`select from recovery_sessions where job_id = ${job.id}`).toHaveLength(0);
	});

	it('never shows a recipient that was inserted in SQL, and accepts no share for it', async () => {
		const job = await begin('RECOVER');
		await recipientOf('RECOVER', job);
		const own = await identityToRecipient(await generateX25519Identity());
		const [row] = await installation.admin`select * from recovery_sessions where job_id = ${job}`;
		const [other] = await installation.admin`select mac from jobs where id = ${job}`;
		for (const [recipient, mac] of [
			[own, row?.mac],
			[own, other?.mac],
			[own, Buffer.alloc(36, 1)],
		]) {
			await installation.admin`update recovery_sessions set recipient = ${recipient}, mac = ${mac} where job_id = ${job}`;
			const answer = await goOn('RECOVER', job);
			expect(answer.code).toBe('FORBIDDEN');
			expect(JSON.stringify(answer)).not.toContain(own);
			expect((await handIn('RECOVER', job, 'anna', own)).code).toBe('FORBIDDEN');
		}
		expect(await installation.admin`select from recovery_files where job_id = ${job} and session is not null`).toEqual(
			[],
		);
		await cancel(job);
	});

	it('opens nothing with another escrow file than was requested, even if the file is replaced afterwards', async () => {
		const job = await begin('RECOVER');
		const recipient = await recipientOf('RECOVER', job);
		const [share] = await installation.admin`select file from escrow_files where job_id = ${made.job} and number = 1`;
		expect((await goOn('RECOVER', job, { escrow: made.shareOf('anna') })).code).toBe('BAD_USER_INPUT');
		await goOn('RECOVER', job, { escrow: made.file });
		await installation.admin`update recovery_files set file = ${share?.file} where job_id = ${job} and session is null and answer = 'TAKEN'`;
		for (const name of ['anna', 'platform', 'trustee']) await handIn('RECOVER', job, name, recipient);
		expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'OTHER_ESCROW' });
	});

	it('opens nothing with a forged share in place of the firm’s', async () => {
		const job = await begin('RECOVER');
		const recipient = await recipientOf('RECOVER', job);
		await goOn('RECOVER', job, { escrow: made.file });
		for (const name of ['platform', 'second']) await handIn('RECOVER', job, name, recipient);
		// A holder of a share can make such a share in any holder's name: everything except its bytes is right.
		const { checksum: _, ...own } = JSON.parse(
			Buffer.from(holders.open('platform', made.shareOf('platform'))).toString(),
		);
		const forged = { ...own, holder: 'anna', side: 'FIRM', index: 1, share: Buffer.alloc(75, 9).toString('base64') };
		const checksum = createHash('sha256')
			.update(canonicalize(forged) as string)
			.digest('hex');
		const share = join(directory, 'forged.age');
		const encrypter = new Encrypter();
		encrypter.addRecipient(recipient);
		writeFileSync(share, await encrypter.encrypt(`${canonicalize({ ...forged, checksum })}\n`));
		expect((await goOn('RECOVER', job, { share })).problem).toContain('do not open the escrow');
		expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'NOT_OPENED' });
	});

	it('opens nothing with an escrow of another installation', async () => {
		await restart({ FIRMSEAL_INSTALLATION: 'other.example' });
		const job = await begin('RECOVER');
		const recipient = await recipientOf('RECOVER', job);
		await goOn('RECOVER', job, { escrow: made.file });
		for (const name of ['anna', 'platform', 'trustee']) await handIn('RECOVER', job, name, recipient);
		expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'OTHER_INSTALLATION' });
		await restart();
	});

	it('ends with its worker if that is killed, and another worker starts a new one and says so', {
		timeout: 120_000,
	}, async () => {
		await worker.stop();
		const child = fork(WORKER, { env: { ...bare(), ...installation.env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
		await once(child, 'message');
		const job = await begin('RECOVER');
		const first = await recipientOf('RECOVER', job);
		await goOn('RECOVER', job, { escrow: made.file });
		expect((await handIn('RECOVER', job, 'anna', first)).share).toMatchObject({ have: 1 });
		child.kill('SIGKILL');
		await once(child, 'exit');
		await restart();
		const second = await begunAnew('RECOVER', job, first);
		// A share that is encrypted to the key of the ended session.
		expect((await handIn('RECOVER', job, 'anna', first)).code).toBe('BAD_USER_INPUT');
		for (const [at, name] of ['anna', 'platform'].entries())
			expect((await handIn('RECOVER', job, name, second)).share).toMatchObject({ have: at + 1, need: 3 });
		expect((await handIn('RECOVER', job, 'trustee', second)).counts).toMatchObject({
			RECOVERED: 0,
			COMMITMENT_DIFFERS: 0,
		});
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
	});

	it('is replaced by the next worker if its worker stops normally, and other jobs continue meanwhile', async () => {
		const job = await begin('DRILL');
		const first = await recipientOf('DRILL', job);
		const { job: other } = await ask(installation, { firm: north.id, kind: 'REWRAP', class: null, version: null });
		expect(await ended(installation, other.id)).toMatchObject({ state: 'DONE' });
		await restart();
		await begunAnew('DRILL', job, first);
		await cancel(job);
	});

	it('reports its result, and not a missing file, to a command that checks it while it ends', async () => {
		const { admin } = installation;
		const job = await begin('DRILL');
		const recipient = await recipientOf('DRILL', job);
		await goOn('DRILL', job, { escrow: made.file });
		for (const name of ['anna', 'platform']) await handIn('DRILL', job, name, recipient);
		// The worker waits before it accepts a share and before it reads keys; the command waits in the middle of its check.
		const [share, keys, look] = [1, 2, 3] as const;
		const passed = (gate: number) => `pg_advisory_xact_lock_shared(${gate})::text = ''`;
		await admin.unsafe(`
			grant execute on function pg_advisory_xact_lock_shared(bigint) to firmseal_maintenance, firmseal_worker;
			create policy gate on recovery_files as restrictive for select to firmseal_maintenance using (${passed(share)});
			create policy gate on data_keys as restrictive for select to firmseal_maintenance using (${passed(keys)});
			create policy gate on jobs as restrictive for select to firmseal_worker using (id <> '${job}' or ${passed(look)})`);
		const gates = await admin.reserve();
		const close = (gate: number) => gates`select pg_advisory_lock(${gate})`;
		const open = (gate: number) => gates`select pg_advisory_unlock(${gate})`;
		const waitsAt = (gate: number) => () =>
			admin`select from pg_locks where locktype = 'advisory' and objid = ${gate} and not granted`;
		const lastAnswer = async () =>
			(await admin`select answer from recovery_files where job_id = ${job} order by id`).map(({ answer }) => answer)[3];
		try {
			for (const gate of [share, keys]) await close(gate);
			const last = handIn('DRILL', job, 'trustee', recipient, systemClock);
			await expect.poll(lastAnswer).toBeNull();
			const working = worker.advance();
			await close(look);
			await expect.poll(waitsAt(look)).toHaveLength(1);
			await open(share);
			await expect.poll(lastAnswer).toBe('TAKEN');
			// This check began before; the next one sees the result.
			await open(look);
			await close(look);
			await expect.poll(waitsAt(look)).toHaveLength(1);
			await open(keys);
			await expect.poll(async () => (await admin`select state from jobs where id = ${job}`)[0]?.state).toBe('DONE');
			await open(look);
			expect((await last).counts).toMatchObject({ COMMITMENT_DIFFERS: 0 });
			await working;
		} finally {
			await gates`select pg_advisory_unlock_all()`;
			gates.release();
			for (const table of ['recovery_files', 'data_keys', 'jobs']) await admin`drop policy gate on ${admin(table)}`;
		}
	});

	it('is requested once, with the escrow file, and the command describes it before', async () => {
		const before = (await installation.admin`select count(*)::int as n from jobs`)[0]?.n;
		const env = { ...installation.env, FIRMSEAL_TOKEN: `${await installation.addOperator('APPROVER')}` };
		const request = (options: RecoveryOptions) =>
			requestKeyRecovery(readConfig(env), 'DRILL', { firm: 'north', escrow: made.file, minutes: 5, ...options }).then(
				// biome-ignore lint/suspicious/noExplicitAny: tests read results of any shape
				({ result }): any => result,
				({ code }) => code,
			);
		expect(await request({ dryRun: true })).toMatchObject({ dryRun: true, isKnown: true });
		expect((await installation.admin`select count(*)::int as n from jobs`)[0]?.n).toBe(before);
		const { jobs } = await request({});
		expect((await request({})).jobs[0].id).toBe(jobs[0].id);
		expect(await request({ minutes: 6 })).toBe('CONFLICT');
		const files = await installation.admin`select session from recovery_files where job_id = ${jobs[0].id}`;
		expect(files).toEqual([{ session: null }]);
		await cancel(jobs[0].id);
	});

	it('keeps no share or file, no matter how it ends', async () => {
		const ends = await installation.admin`
			select distinct coalesce(trouble, state) as how from jobs where kind in ('RECOVER', 'DRILL') and ended_at is not null`;
		expect(ends.map(({ how }) => how)).toEqual(
			expect.arrayContaining(['CANCELLED', 'DONE', 'EXPIRED', 'NOT_OPENED', 'OTHER_ESCROW', 'OTHER_INSTALLATION']),
		);
		for (const table of ['recovery_files', 'recovery_sessions'])
			expect([table, await installation.admin`select job_id from ${installation.admin(table)}`]).toEqual([table, []]);
	});
});
