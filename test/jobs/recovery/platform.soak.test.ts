import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEscrow, writeEscrowTerms } from '../../../src/jobs/escrow/index.ts';
import { escrowRequest } from '../../../src/jobs/index.ts';
import { PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { claimsOf, type Person } from '../../attacks/scene.ts';
import type { TestApi, TestBroker, TestFirm, TestInstallation, TestWorker } from '../../support/installation.ts';
import { activeLease } from '../../support/leases.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { approveJobByCommand, firmsealJson, newDirectory } from '../../system/program.ts';
import { erasureRecordOf, requestAndApprove, storeErasureRecord } from '../erase/scene.ts';
import { ended, keysOf, readNotes, writeNotes } from '../stage.ts';
import { makeEscrow, makePlatformEscrow } from './escrows.ts';
import { type Holders, makeHolders, skipped } from './holders.ts';
import { type Made, recoveringBy } from './recovering.ts';

/** The side FIRM stands for a holder outside the platform. */
const SIDES = { notary: 'FIRM', platform: 'PLATFORM', trustee: 'FIRM' } as const;
const READ = 'query ($firm: ID) { notes(firmId: $firm, first: 10) { nodes { body } } }';

describe.skipIf(skipped !== '')(
	`the platform's own keys, after a loss of the key service${skipped}`,
	{ timeout: 240_000 },
	() => {
		let installation: TestInstallation;
		let api: TestApi;
		let broker: TestBroker;
		let worker: TestWorker;
		let north: TestFirm;
		let harbour: TestFirm;
		let directory: string;
		let holders: Holders;
		let notes: string[];
		/** Escrows of the platform: from before and after a rotation of the signer's key. */
		let early: Made;
		let made: Made;
		let ofFirm: Made;
		/** The first vkey of the log. */
		let vkey: string;
		let operator: Person;
		const tokens: Record<string, Person> = {};
		const emails: Record<string, string> = {};

		const run = (name: string, ...args: string[]) =>
			firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` }, ...args);
		let by: ReturnType<typeof recoveringBy>;
		const statesOf = async (keyClass: string) =>
			(await keysOf(installation, PLATFORM_FIRM_ID)).flatMap(({ class: of, state }) =>
				of === keyClass ? [state] : [],
			);
		const stored = () => installation.admin`select * from data_keys order by firm_id, class, version`;
		const signed = async () =>
			(await installation.admin`select coalesce(max(size), 0)::int as n from audit_root_checkpoints`)[0]?.n as number;
		const rootLeaves = async (kind: string) =>
			(await installation.admin`select leaf from audit_root_leaves where kind = ${kind} order by index`).map(
				({ leaf }) => JSON.parse(leaf),
			);
		const userOf = (name: string) => claimsOf(tokens[name] ?? '').sub;
		const erase = (note = '') =>
			requestAndApprove(installation, { one: userOf('one'), two: userOf('two') })(north.id, `Note.${note}`);
		const lease = () => activeLease({ ask: api.ask, firm: north, operator, approver: tokens.one ?? '' });
		const readUnder = (id: string) => api.ask(operator, READ, { firm: north.id }, { 'x-firmseal-lease': id });
		const noticesOf = (job: string) =>
			installation.admin`select firm_id, kind from notices where job_id = ${job} order by kind, firm_id`;

		/** An API that waits for proofs has its own leader of the log here, which would keep the lost keys in memory. */
		async function start(proof: 'on' | 'off') {
			worker = await installation.startWorker({}, { propagationSeconds: 0 });
			// Makes the first key that signs the log.
			await worker.advance();
			api = await installation.serve({ FIRMSEAL_OPERATOR_PROOF: proof });
			broker = await installation.startBroker();
		}

		beforeAll(async () => {
			directory = newDirectory();
			holders = makeHolders(directory, SIDES);
			({ installation, north, harbour } = await makePopulated(embedded));
			await start('off');
			for (const name of ['one', 'two']) {
				tokens[name] = await installation.addOperator('APPROVER');
				emails[name] = await emailOf(tokens[name]);
			}
			operator = await installation.addOperator('OPERATOR');
			const { env, clock } = installation;
			by = recoveringBy({ env, clock, one: tokens.one ?? '', two: tokens.two ?? '', holders });
			notes = await writeNotes(api, north, ['held', 'erased', 'kept']);
		});
		afterAll(() => installation?.close());

		const emailOf = async (token: Person) =>
			(await installation.admin`select email from users where id = ${claimsOf(token).sub}`)[0]?.email as string;
		const escrow = (out: string) =>
			makePlatformEscrow(
				installation,
				{ one: tokens.one ?? '', two: tokens.two ?? '' },
				{ holders, threshold: 2, out: join(directory, out) },
			);

		it('go into an escrow after a second approver approves, and every firm is notified', async () => {
			const plan = ['keys', 'escrow', '--platform', '--holders', holders.plan, '--threshold', '2'];
			expect((await firmsealJson(installation.env, ...plan)).code).toBe(1);
			expect((await run('one', ...plan, '--firm', 'north')).code).not.toBe(0);
			const job: string = (await run('one', ...plan)).result.jobs[0].id;
			expect((await approveJobByCommand((...of) => run('one', ...of), job)).error?.code).toBe('FORBIDDEN');
			// No one can decide on a job that they don't see.
			const seen = await run('two', 'job', 'approve', '--job', job, '--dry-run');
			expect(seen.result.job.terms).toBe(writeEscrowTerms({ holders: holders.holders, threshold: 2 }));
			const input = { jobId: job, requestHash: 'a'.repeat(64) };
			const yes = await api.ask(
				north.owner,
				'mutation ($input: ApproveJobInput!) { approveJob(input: $input) { job { id } } }',
				{ input },
			);
			expect(yes.errors[0]?.extensions.code).toBe('NOT_FOUND');
			early = await escrow('early');
			// A repeated request returned the same job.
			expect(early.job).toBe(job);
			const firms = [north.id, harbour.id].sort();
			expect([...(await noticesOf(job))]).toEqual(
				['JOB_ENDED', 'JOB_REQUESTED'].flatMap((kind) => firms.map((firm_id) => ({ firm_id, kind }))),
			);
			const shares = ['notary', 'platform'].map((name) => holders.open(name, early.shareOf(name)));
			const { header, keys } = await openEscrow({ escrow: new Uint8Array(readFileSync(early.file)), shares });
			expect([header.firm, keys.map(({ class: of, version }) => `${of} ${version}`)]).toEqual([
				PLATFORM_FIRM_ID,
				['CHECKPOINT 1', 'RIGHTS 1'],
			]);
			const ofPlatform = holders.holders.map((holder) => ({ ...holder, side: 'PLATFORM' as const }));
			for (const plan of [
				{ holders: ofPlatform, threshold: 3 },
				{ holders: holders.holders, threshold: 1 },
			])
				await expect(escrowRequest(PLATFORM_FIRM_ID, plan)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		});

		it('are rehearsed, and left unchanged while nothing is lost', async () => {
			const before = await stored();
			expect((await by.recovered('DRILL', early, { platform: true })).counts).toMatchObject({
				FITS: 2,
				SIGNERS_ALONE: 0,
			});
			const { job, counts } = await by.recovered('RECOVER', early, { platform: true });
			expect(counts).toMatchObject({ RECOVERED: 0, ALREADY_OPENS: 2 });
			expect(await noticesOf(job)).toHaveLength(4);
			expect(await stored()).toEqual(before);
			await worker.publishLog();
		});

		it('are lost with their key service: nothing is signed, no key replaces them, and no lease opens anything', async () => {
			vkey = (await rootLeaves('SIGNER'))[0]?.key;
			await installation.workUntil(async () => (await run('one', 'audit', 'rotate')).code === 0);
			await installation.workUntil(async () => (await rootLeaves('SIGNER')).length === 2);
			made = await escrow('made');
			ofFirm = await makeEscrow(installation, api, north, { holders, threshold: 2, out: join(directory, 'firm') });
			const [held = '', erased = ''] = notes;
			const hold = ['hold', 'set', '--firm', 'north', '--record', held, '--ticket', 'CASE-7'];
			expect(await run('one', ...hold)).toMatchObject({ code: 0 });
			const { id } = await lease();
			expect((await readUnder(id)).data?.notes.nodes).toHaveLength(3);
			// As after a worker was killed when it had written the erasure record.
			const erasureRecord = await erasureRecordOf(installation, north.id, `Note.${erased}`);
			await Promise.all([worker.stop(), api.stop(), broker.stop()]);
			await storeErasureRecord(installation, 0, erasureRecord);
			for (const name of ['keyring', 'root.key'])
				renameSync(join(installation.directory, name), join(directory, `lost-${name}`));
			const begin = ['init', '--after-key-loss', '--approver', emails.one ?? '', '--approver', emails.two ?? ''];
			expect(await run('one', ...begin)).toMatchObject({ code: 0 });
			// A command that only checks whether a new key may be created creates none either.
			for (const more of [['--dry-run'], []])
				expect((await run('one', 'audit', 'rotate', ...more)).error?.code).toBe('CONFLICT');
			const before = await signed();
			await start('on');
			await installation.workUntil(() => worker.lines.join('').includes('could not publish the audit log'));
			expect([await statesOf('CHECKPOINT'), await statesOf('RIGHTS')]).toEqual([
				['DISABLED', 'DISABLED'],
				['DISABLED', 'ACTIVE'],
			]);
			expect(await signed()).toBe(before);
			expect((await readUnder(id)).errors.length).toBeGreaterThan(0);
		});

		it('cannot be recovered from a firm’s escrow, nor a firm’s keys from theirs, even if the database knows neither escrow', async () => {
			const BAD = { code: 'BAD_USER_INPUT' };
			expect(await by.ask('RECOVER', { platform: true, escrow: ofFirm.file })).toMatchObject(BAD);
			expect(await by.ask('RECOVER', { firm: 'north', escrow: made.file })).toMatchObject(BAD);
			expect(await by.ask('RECOVER', { escrow: made.file })).toMatchObject(BAD);
			await installation.admin`delete from escrow_files`;
			for (const [of, whose] of [
				[ofFirm, { platform: true }],
				[made, { firm: 'north' }],
			] as const) {
				const job = await by.asked('RECOVER', { ...whose, escrow: of.file });
				await by.agreeTo(job);
				const answer = await by.handIn('RECOVER', job, of, 'notary');
				expect([answer.code, answer.message]).toEqual(['BAD_USER_INPUT', expect.stringContaining('to another firm')]);
				await by.cancel(job);
			}
		});

		it('are not recovered before every firm was notified', async () => {
			const job = await by.asked('RECOVER', { platform: true, escrow: made.file });
			await by.agreeTo(job);
			await installation.admin`delete from notices where job_id = ${job} and firm_id = ${harbour.id}`;
			expect(await ended(installation, job)).toMatchObject({ state: 'FAILED', trouble: 'NOT_TOLD' });
			expect(await installation.admin`select from recovery_sessions where job_id = ${job}`).toHaveLength(0);
		});

		it('prove again if an escrow from before a rotation is recovered, and sign nothing for the key that is still lost', async () => {
			const before = await signed();
			const { counts } = await by.recovered('RECOVER', early, { platform: true });
			expect(counts).toMatchObject({ RECOVERED: 2, NOT_ESCROWED: 1, ALREADY_OPENS: 1, COMMITMENT_DIFFERS: 0 });
			expect([await statesOf('CHECKPOINT'), await statesOf('RIGHTS')]).toEqual([
				['DISABLED', 'DISABLED'],
				['RETIRED', 'ACTIVE'],
			]);
			await worker.advance(6_000);
			expect([await signed(), await statesOf('CHECKPOINT')]).toEqual([before, ['DISABLED', 'DISABLED']]);
		});

		it('are recovered even if a worker dies midway: the same key continues to sign, and there is still one log', async () => {
			const before = await signed();
			const job = await by.asked('RECOVER', { platform: true, escrow: made.file });
			await by.agreeTo(job);
			const first = (await by.goOn('RECOVER', job)).recipient;
			expect((await by.handIn('RECOVER', job, made, 'platform')).share).toMatchObject({ have: 1, need: 2 });
			await worker.stop();
			worker = await installation.startWorker({}, { propagationSeconds: 0 });
			await installation.workUntil(async () => (await by.goOn('RECOVER', job)).recipient !== first);
			expect(await statesOf('CHECKPOINT')).toEqual(['DISABLED', 'DISABLED']);
			expect((await by.handIn('RECOVER', job, made, 'trustee')).share).toMatchObject({ have: 1, need: 2 });
			const { counts } = await by.handIn('RECOVER', job, made, 'notary');
			expect(counts).toMatchObject({ RECOVERED: 1, ALREADY_OPENS: 3, ACTIVE_NOT_ESCROWED: 0 });
			expect(await statesOf('CHECKPOINT')).toEqual(['RETIRED', 'ACTIVE']);
			await installation.workUntil(async () => (await signed()) > before);
			await worker.publishLog();
			expect([(await rootLeaves('SIGNER')).length, (await rootLeaves('INCARNATION')).length]).toEqual([2, 0]);
			const verified = await run('one', 'audit', 'verify', '--vkey', vkey);
			expect([verified.code, verified.result.findings]).toEqual([0, []]);
		});

		it('prove earlier work again: an erasure in progress continues, and a hold stays valid', async () => {
			const { counts } = await by.recovered('RECOVER', ofFirm, { firm: 'north' });
			expect(counts).toMatchObject({ NOT_ESCROWED: 0, SIGNERS_ALONE: 0 });
			const [held = '', erased = '', kept = ''] = notes;
			await installation.workUntil(
				async () => (await installation.admin`select from notes where id = ${erased}`).length === 0,
			);
			expect(await ended(installation, await erase(held))).toMatchObject({ state: 'FAILED', trouble: 'HELD' });
			await installation.workUntil(async () => (await readNotes(api, north, [held, kept])).errors.length === 0);
			const { notes: read } = await readNotes(api, north, [held, kept]);
			expect(read.map((note) => note?.body)).toEqual(['held', 'kept']);
		});

		it('let operators read again, under a lease and with a published log entry', async () => {
			const again = ['operator', 'add', '--email', await emailOf(operator), '--role', 'OPERATOR'];
			// Introduced by the person who does not approve the lease.
			const asked = await run('two', ...again);
			expect(await approveJobByCommand((...of) => run('one', ...of), asked.result.job.id)).toMatchObject({ code: 0 });
			expect(await ended(installation, asked.result.job.id)).toMatchObject({ state: 'DONE' });
			const { id } = await lease();
			let isAnswered = false;
			const answer = readUnder(id).finally(() => {
				isAnswered = true;
			});
			await installation.workUntil(() => isAnswered);
			const { data, errors } = await answer;
			expect([errors, data?.notes.nodes.map(({ body }: { body: string }) => body).toSorted()]).toEqual([
				[],
				['held', 'kept'],
			]);
		});
	},
);
