import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEscrowTerms } from '../../../src/jobs/escrow/escrow-terms.ts';
import { openEscrow } from '../../../src/jobs/escrow/index.ts';
import { eraseTermsFrom, escrowRequest, readHolders, writeEraseTerms } from '../../../src/jobs/index.ts';
import { claimsOf } from '../../support/claims.ts';
import type { TestApi, TestFirm, TestInstallation, TestWorker } from '../../support/installation.ts';
import { approveJobByCommand, firmsealJson } from '../../system/program.ts';
import { agreed, type Forged, pastGuard, proven, put } from '../forged-jobs.ts';
import { ask, ended, keysOf, writeNotes } from '../stage.ts';
import { askForEscrow, makeEscrow, secretsOf, shownIn } from './escrows.ts';
import { type Holders, identitiesOf, skipped } from './holders.ts';
import { makeRecoveryScene } from './scene.ts';

const SIDES = { anna: 'FIRM', platform: 'PLATFORM', trustee: 'FIRM' } as const;

describe.skipIf(skipped !== '')(`a firm's keys in escrow${skipped}`, () => {
	let installation: TestInstallation;
	let api: TestApi;
	let worker: TestWorker;
	let north: TestFirm;
	let harbour: TestFirm;
	let directory: string;
	let holders: Holders;
	beforeAll(async () => {
		({ directory, holders, installation, north, api } = await makeRecoveryScene(SIDES));
		harbour = await installation.addFirm('harbour');
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		await writeNotes(api, north, ['kept']);
		for (const version of [2, 3]) await done('ROTATE', version);
		await done('DISABLE', 1);
	});
	afterAll(() => installation?.close());

	const done = async (kind: 'ROTATE' | 'DISABLE', version: number) => {
		const { job } = await ask(installation, { firm: north.id, kind, class: 'NOTE', version });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
	};
	const jobs = async () => (await installation.admin`select count(*)::int as n from jobs`)[0]?.n;
	const planOf = (list: unknown): string => {
		const path = join(directory, 'other.json');
		writeFileSync(path, typeof list === 'string' ? list : JSON.stringify(list));
		return path;
	};

	it('are escrowed after an owner has approved, with every version that opens', async () => {
		const out = join(directory, 'made');
		const { job, file, shareOf } = await makeEscrow(installation, api, north, { holders, threshold: 2, out });
		expect(statSync(out).mode & 0o777).toBe(0o700);
		expect(readdirSync(out).sort()).toEqual([
			'escrow.age',
			'share-1-anna.age',
			'share-2-platform.age',
			'share-3-trustee.age',
		]);
		for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
		const shares = ['anna', 'platform'].map((name) => holders.open(name, shareOf(name)));
		const escrow = new Uint8Array(readFileSync(file));
		const opened = await openEscrow({ escrow, shares });
		const listed = await keysOf(installation, north.id);
		expect(opened.header).toMatchObject({
			firm: north.id,
			installation: installation.config.installation,
			threshold: 2,
		});
		expect(opened.keys.map(({ class: of, version }) => [of, version])).toEqual(
			listed.map(({ class: of, version }) => [of, version]),
		);
		expect(opened.keys.length).toBeGreaterThanOrEqual(4);
		// Nothing that anyone other than a holder can see contains a key or a share.
		const [log] = await installation.admin`
			select leaf::jsonb as leaf from audit_entries where leaf::jsonb ->> 'action' = 'escrow.make'`;
		expect(log?.leaf).toMatchObject({ firm: north.id, hash: createHash('sha256').update(escrow).digest('hex') });
		expect(log?.leaf.records[0]).toBe(Buffer.from(job.replaceAll('-', ''), 'hex').toString('base64url'));
		const secrets = [
			...secretsOf(opened.keys, shares),
			...identitiesOf(directory, Object.keys(SIDES)).map((text) => Buffer.from(text)),
		];
		expect(secrets.every(({ length }) => length >= 32)).toBe(true);
		const rows = await installation.admin`
			select (select json_agg(j)::text from jobs j) || (select json_agg(f)::text from escrow_files f)
				|| (select string_agg(leaf, '') from audit_entries) || (select json_agg(n)::text from notices n) as seen`;
		const seen = `${rows[0]?.seen}${worker.lines.join('\n')}${api.lines.join('\n')}`;
		expect(seen).toContain('6167652d656e6372797074696f6e');
		expect(shownIn(seen, secrets)).toEqual([]);
	});

	it('notify the firm when the escrow is requested and when it is done', async () => {
		const notices = await installation.admin`
			select n.kind, n.job_state from notices n where n.firm_id = ${north.id} and n.job_kind = 'ESCROW' order by n.id`;
		expect(notices.map(({ kind }) => kind)).toEqual(['JOB_REQUESTED', 'JOB_ENDED']);
	});

	it('are not escrowed if the platform’s holders alone suffice, or if a holder is invalid', async () => {
		const before = await jobs();
		const [anna, platform, trustee] = holders.holders;
		const [identity] = identitiesOf(directory, ['anna']);
		const refusals: [unknown, number][] = [
			[[anna, platform], 1],
			[[anna, platform], 3],
			[[anna, platform, { ...trustee, side: 'PLATFORM' }], 2],
			[[platform, { ...trustee, side: 'PLATFORM' }], 2],
			[[anna, { ...trustee, name: 'anna' }], 2],
			[[anna, { ...trustee, recipient: anna?.recipient }], 2],
			[[anna, { ...trustee, recipient: identity }], 2],
			[[anna, { ...trustee, more: 1 }], 2],
			[{ holders: [anna, trustee] }, 2],
			[`${identity}`, 2],
			['', 2],
		];
		const textOf = (list: unknown) => Buffer.from(typeof list === 'string' ? list : JSON.stringify(list));
		for (const [list, threshold] of refusals) {
			const refusal = await (async () =>
				escrowRequest(north.id, { holders: readHolders(textOf(list)), threshold }))().catch((error: unknown) => error);
			expect([list, refusal]).toMatchObject([list, { code: 'BAD_USER_INPUT' }]);
			expect(String(refusal)).not.toContain(identity);
		}
		const pasted = await askForEscrow(installation, 'north', planOf([anna, { ...trustee, recipient: identity }]), 2);
		expect(pasted.error?.code).toBe('BAD_USER_INPUT');
		expect(JSON.stringify(pasted)).not.toContain(identity);
		const { env } = installation;
		for (const args of [
			['--firm', 'north', '--threshold', '2'],
			['--holders', holders.plan, '--threshold', '2'],
			['--firm', 'north', '--holders', holders.plan, '--threshold', '2', '--out', join(directory, 'early')],
			['--firm', 'north', '--holders', directory, '--threshold', '2'],
		])
			expect([args, (await firmsealJson(env, 'keys', 'escrow', ...args)).error?.code]).toEqual([
				args,
				'BAD_USER_INPUT',
			]);
		expect(await jobs()).toBe(before);
	});

	it('are only described with --dry-run', async () => {
		const before = await jobs();
		const tried = await askForEscrow(installation, 'north', holders.plan, 2, '--dry-run');
		expect(tried).toMatchObject({ code: 0, result: { dryRun: true, threshold: 2, holders: holders.holders } });
		expect(tried.result.keys).toBe((await keysOf(installation, north.id)).length);
		expect(await jobs()).toBe(before);
	});

	it('wait for an owner of that firm, who sees the holders, and no one of the platform can approve instead', async () => {
		const { result } = await askForEscrow(installation, 'north', holders.plan, 2);
		const job: string = result.jobs[0].id;
		const other = await askForEscrow(installation, 'north', holders.plan, 3);
		expect(other.error?.code).toBe('CONFLICT');
		const token = await installation.addOperator('APPROVER');
		const approved = await approveJobByCommand(
			(...of) => firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${token}` }, ...of),
			job,
		);
		expect(approved.error?.code).toBe('FORBIDDEN');
		const out = join(directory, 'waiting');
		expect((await firmsealJson(installation.env, 'keys', 'escrow', '--job', job, '--out', out)).error?.code).toBe(
			'CONFLICT',
		);
		const theirs = await api.ask(
			harbour.owner,
			'mutation ($input: DenyJobInput!) { denyJob(input: $input) { job { id } } }',
			{
				input: { jobId: job },
			},
		);
		expect(theirs.errors[0]?.extensions.code).toBe('NOT_FOUND');
		const list = await api.ask(north.owner, '{ firmJobs { id kind needs state terms } }');
		expect(list.data.firmJobs.find(({ id }: { id: string }) => id === job)).toMatchObject({
			kind: 'ESCROW',
			needs: 'OWNER',
			state: 'WAITING',
			terms: writeEscrowTerms({ holders: holders.holders, threshold: 2 }),
		});
		await api.ask(north.owner, 'mutation ($input: DenyJobInput!) { denyJob(input: $input) { job { id } } }', {
			input: { jobId: job },
		});
		expect(await ended(installation, job)).toMatchObject({ state: 'CANCELLED' });
		expect(await installation.admin`select from escrow_files where job_id = ${job}`).toHaveLength(0);
	});

	it('are returned as files again, and overwrite nothing', async () => {
		const [made] = await installation.admin`select distinct job_id from escrow_files where firm_id = ${north.id}`;
		const give = (out: string, ...more: string[]) =>
			firmsealJson(installation.env, 'keys', 'escrow', '--job', made?.job_id, '--out', out, ...more);
		expect((await give(join(directory, 'made'))).error?.code).toBe('CONFLICT');
		mkdirSync(join(directory, 'empty'));
		expect((await give(join(directory, 'empty'))).error?.code).toBe('CONFLICT');
		expect(readdirSync(join(directory, 'empty'))).toEqual([]);
		expect((await give(join(directory, 'none', 'there'))).error?.code).toBe('BAD_USER_INPUT');
		expect(await give(join(directory, 'tried'), '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true } });
		expect(existsSync(join(directory, 'tried'))).toBe(false);
		expect(await give(join(directory, 'again'))).toMatchObject({ code: 0 });
		for (const name of readdirSync(join(directory, 'made')))
			expect(readFileSync(join(directory, 'again', name))).toEqual(readFileSync(join(directory, 'made', name)));
		expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([]);
	});

	it('are returned if the job is proven and the file is the only one that the log names, even if they are old', async () => {
		const [made] = await installation.admin`select distinct job_id from escrow_files where firm_id = ${north.id}`;
		const terms = writeEscrowTerms({ holders: holders.holders, threshold: 2 });
		const owner = claimsOf(north.owner).sub;
		const askedAt = new Date(Date.now() - 8 * 24 * 3_600_000);
		const asked = () =>
			proven(installation, { firmId: north.id, kind: 'ESCROW', class: null, version: null, terms, askedAt });
		const whole = async () => agreed(installation, await asked(), owner);
		/** Gives the job an escrow file of another job, or a share in place of an escrow file, and asks for its files. */
		const given = async (job: Forged, first = 0) => {
			await put(installation, { ...job, state: 'WAITING' });
			await pastGuard(installation, `update jobs set state = 'DONE', ended_at = now() where id = '${job.id}'`);
			await installation.admin`
				insert into escrow_files (job_id, firm_id, number, holder, side, file)
				select ${job.id}, firm_id, 0, null, null, file from escrow_files where job_id = ${made?.job_id} and number = ${first}`;
			const out = join(directory, job.id);
			const { code, error } = await firmsealJson(installation.env, 'keys', 'escrow', '--job', job.id, '--out', out);
			return [code, error?.code, existsSync(out)];
		};
		const refused = [1, 'CONFLICT', false];
		expect(await given({ ...(await asked()), agreedBy: owner, agreedMac: Buffer.alloc(36, 1) })).toEqual(refused);
		expect(await given({ ...(await whole()), mac: Buffer.alloc(36, 1) })).toEqual(refused);
		expect(await given(await whole(), 1)).toEqual(refused);
		expect(await given(await whole())).toEqual([0, undefined, true]);
	});

	it('are not escrowed by a job inserted in SQL, or with terms changed since', async () => {
		const terms = writeEscrowTerms({ holders: holders.holders, threshold: 2 });
		const own = await identityToRecipient(await generateX25519Identity());
		const evil = writeEscrowTerms({
			holders: holders.holders.map((each, index) => (index === 0 ? { ...each, recipient: own } : each)),
			threshold: 2,
		});
		const asked = () => proven(installation, { firmId: north.id, kind: 'ESCROW', class: null, version: null, terms });
		const owner = claimsOf(north.owner).sub;
		const before = (await installation.admin`select count(*)::int as n from escrow_files`)[0]?.n;
		for (const forged of [
			await asked(),
			{ ...(await agreed(installation, await asked(), owner)), terms: evil },
			{ ...(await agreed(installation, await asked(), owner)), firmId: harbour.id },
			{ ...(await asked()), agreedBy: owner, agreedMac: Buffer.alloc(36, 1) },
		])
			expect(await ended(installation, await put(installation, forged))).toMatchObject({
				state: 'FAILED',
				trouble: 'FORBIDDEN',
			});
		expect((await installation.admin`select count(*)::int as n from escrow_files`)[0]?.n).toBe(before);
	});

	it('lack a newer version after a rotation, and doctor reports it', async () => {
		const look = async () => {
			const { result } = await firmsealJson(installation.env, 'doctor');
			return result.findings.find(({ check }: { check: string }) => check.includes('the newest escrow'));
		};
		expect(await look()).toMatchObject({ ok: true, fix: null });
		await done('ROTATE', 4);
		expect(await look()).toMatchObject({ ok: false, fix: expect.stringContaining('they seal: north (1). Make') });
	});

	it('are escrowed with a count of the keys that are lost already', async () => {
		const [lost] = await installation.admin`
			update data_keys set wrapped = decode(repeat('00', length(wrapped)), 'hex')
			where firm_id = ${north.id} and class = 'NOTE' and version = 2 returning version`;
		expect(lost?.version).toBe('2');
		const terms = writeEscrowTerms({ holders: holders.holders, threshold: 2 });
		const job = await agreed(
			installation,
			await proven(installation, { firmId: north.id, kind: 'ESCROW', class: null, version: null, terms }),
			claimsOf(north.owner).sub,
		);
		expect(await ended(installation, await put(installation, job))).toMatchObject({ state: 'DONE', failed: '1' });
		const given = await firmsealJson(
			installation.env,
			'keys',
			'escrow',
			'--job',
			job.id,
			'--out',
			join(directory, 'lost'),
		);
		expect([given.code, given.error?.message]).toEqual([
			1,
			expect.stringContaining('Data keys that did not open, and are in no escrow: 1.'),
		]);
		expect(existsSync(join(directory, 'lost', 'escrow.age'))).toBe(true);
	});

	it('are deleted from escrow with an erased firm', async () => {
		const out = join(directory, 'harbour');
		const made = await makeEscrow(installation, api, harbour, { holders, threshold: 2, out });
		const users = [await installation.addOperator('APPROVER'), await installation.addOperator('APPROVER')];
		// A share that was handed in to a recovery that no one has approved yet.
		const env = { ...installation.env, FIRMSEAL_TOKEN: `${users[0]}` };
		const asked = await firmsealJson(env, 'keys', 'drill', '--firm', 'harbour', '--escrow', made.file);
		expect([asked.code, asked.error]).toEqual([0, undefined]);
		const filesOf = async () => [
			(await installation.admin`select from escrow_files where firm_id = ${harbour.id}`).length,
			(await installation.admin`select from recovery_files where firm_id = ${harbour.id}`).length,
		];
		expect(await filesOf()).toEqual([4, 1]);
		const [one = '', two = ''] = users.map((token) => claimsOf(token).sub);
		const terms = writeEraseTerms(eraseTermsFrom(new Date(), 0, 7));
		const of = { firmId: harbour.id, kind: 'ERASE' as const, class: null, version: null, askedBy: one, terms };
		const job = await agreed(installation, await proven(installation, of), two);
		expect(await ended(installation, await put(installation, job))).toMatchObject({ state: 'DONE' });
		expect(await filesOf()).toEqual([0, 0]);
		expect((await installation.admin`select from escrow_files where firm_id = ${north.id}`).length).toBeGreaterThan(0);
	});
});
