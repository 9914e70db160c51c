import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Person } from '../support/person.ts';
import { approveJobByCommand, firmseal, firmsealJson } from '../system/program.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

const { moto } = inject('clouds');
// This starts the program several times.
vi.setConfig({ testTimeout: 120_000 });

const services = moto ? (['model', 'moto'] as const) : (['model'] as const);

describe.each(services)(
	`a key that a firm brings and takes back, with ${moto ? '%s' : '%s (moto_server is not installed)'}`,
	(of) => {
		let stage: BringStage;
		let own: string;
		let before: string;
		const alias = (side = '') => `alias/firmseal/${side}${stage.north.id}`;
		const bring = (...args: string[]) =>
			firmsealJson(stage.installation.env, 'keys', 'bring', '--firm', 'north', ...args);
		const jobs = async () => (await stage.installation.admin`select count(*)::int as n from jobs`)[0]?.n;

		beforeAll(async () => {
			stage = await makeBringStage(of, moto);
			own = await stage.newKey();
			before = (await stage.namedBy(alias())) ?? '';
			await stage.installation.startWorker({}, { propagationSeconds: 1 });
			for (const api of stage.apis) expect(await stage.readsAll(api)).toBe(true);
		});
		afterAll(() => stage?.close());

		it('is refused with a reason if it is unsuitable, and nothing is requested', async () => {
			const theirs = await stage.newKey();
			await stage.installation.addFirm('theirs', theirs);
			const disabled = await stage.newKey();
			await stage.disable(disabled);
			const count = await jobs();
			for (const [arn, code, words] of [
				['nonsense', 'BAD_USER_INPUT', /by its ARN/],
				[own.replace(/key\/.*/, 'alias/theirs'), 'BAD_USER_INPUT', /by its ARN/],
				[own.replace('eu-central-1', 'us-east-1'), 'BAD_USER_INPUT', /not in the region of this installation/],
				[own.replace(/:\d{12}:/, ':999988887777:'), 'BAD_USER_INPUT', /another AWS account/],
				[
					own.replace(/key\/.*/, 'key/8f4a1d0e-0000-4000-8000-00000000000f'),
					'BAD_USER_INPUT',
					/does not know this key/,
				],
				[disabled, 'BAD_USER_INPUT', /disabled/],
				[theirs, 'BAD_USER_INPUT', /another firm/],
				[before, 'CONFLICT', /already/],
			] as const) {
				const { code: exit, error } = await bring('--key-arn', arn);
				expect([arn, exit, error?.code]).toEqual([arn, 1, code]);
				expect(error.message).toMatch(words);
			}
			expect(await bring()).toMatchObject({ code: 2, error: { code: 'BAD_USER_INPUT' } });
			expect(await bring('--back')).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
			expect((await bring('--back', '--key-arn', own)).code).toBe(2);
			expect(await bring('--key-arn', own, '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true } });
			expect(await jobs()).toBe(count);
			expect(await stage.tagsOf(own)).toEqual({});
		});

		it('waits for an owner of the firm: no one else can approve it, and no other hash is accepted', async () => {
			const { north, harbour, installation, approve, hashOf } = stage;
			const asked = await bring('--key-arn', own);
			expect(asked).toMatchObject({ code: 0, result: { jobs: [{ kind: 'BRING', state: 'WAITING' }] } });
			const [{ id }] = asked.result.jobs;
			const again = await firmseal(installation.env, 'keys', 'bring', '--firm', 'north', '--key-arn', own);
			expect(again.stdout).toContain(
				`Requested: an owner of the firm must agree to the job ${id} (firmJobs, approveJob)`,
			);
			expect((await bring('--key-arn', await stage.newKey())).error?.code).toBe('CONFLICT');
			const approver = await installation.addOperator('APPROVER');
			const hash = await hashOf(north.owner, id);
			for (const token of [north.member, north.client, approver, await installation.addOperator('OPERATOR')])
				expect(await approve(token, id, hash)).toBe('FORBIDDEN');
			expect(await approve(harbour.owner, id, hash)).toBe('NOT_FOUND');
			expect(await approve(north.owner, id, '0'.repeat(64))).toBe('CONFLICT');
			expect(await approve(north.owner, id, 'short')).toBe('BAD_USER_INPUT');
			const byCommand = await approveJobByCommand(
				(...of) => firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${approver}` }, ...of),
				id,
			);
			expect(byCommand.error?.code).toBe('FORBIDDEN');
			const [row] = await installation.admin`select state, agreed_by from jobs where id = ${id}`;
			expect(row).toEqual({ state: 'WAITING', agreed_by: null });
			const deny = (token: Person) =>
				stage.apis[0].ask(token, `mutation { denyJob(input: { jobId: "${id}" }) { job { state } } }`);
			for (const token of [north.member, approver])
				expect((await deny(token)).errors[0]?.extensions.code).toBe('FORBIDDEN');
			expect((await deny(harbour.owner)).errors[0]?.extensions.code).toBe('NOT_FOUND');
			expect((await deny(north.owner)).data.denyJob.job.state).toBe('CANCELLED');
			expect((await deny(north.owner)).errors[0]?.extensions.code).toBe('CONFLICT');
			expect(await approve(north.owner, id, hash)).toBe('CONFLICT');
			expect(await stage.under(north)).toEqual([before]);
		});

		it('wraps every data key once it is brought, the previous key is released, and everyone continues to read', async () => {
			const { north, apis } = stage;
			const [{ id }] = (await bring('--key-arn', own)).result.jobs;
			const { data } = await apis[0].ask(north.owner, '{ firmJobs { id kind terms state needs requestHash } }');
			expect(data.firmJobs[0]).toMatchObject({ id, kind: 'BRING', terms: own, state: 'WAITING', needs: 'OWNER' });
			expect(await stage.approve(north.owner, id)).toBe('QUEUED');
			expect(await stage.end(id)).toMatchObject({ state: 'DONE', trouble: null });
			expect(await stage.under(north)).toEqual([own]);
			const rows = await stage.installation
				.admin`select bool_and(own_key) as own from data_keys where firm_id = ${north.id}`;
			expect(rows[0]).toEqual({ own: true });
			expect([
				await stage.namedBy(alias()),
				await stage.namedBy(alias('next/')),
				await stage.namedBy(alias('previous/')),
			]).toEqual([own, null, null]);
			expect(await stage.stateOf(before)).toBe('PendingDeletion');
			expect(await stage.tagsOf(own)).toEqual({ 'firmseal:firm': north.id, 'firmseal:own-key': 'true' });
			for (const api of [...apis, await stage.installation.serve()]) expect(await stage.readsAll(api)).toBe(true);
			const wrong = (await firmsealJson(stage.installation.env, 'doctor')).result.findings.filter(
				({ ok, check }: { ok: boolean; check: string }) => !ok && /key/.test(check),
			);
			expect(wrong).toEqual([]);
			expect((await bring('--key-arn', own)).error).toMatchObject({ code: 'CONFLICT' });
			const entries = await stage.installation.admin`
			select leaf::json ->> 'action' as action, leaf::json -> 'actor' ->> 'kind' as kind from audit_entries
			where leaf::json -> 'coordinates' ->> 0 = 'Job.BRING' order by appended_at desc limit 4`;
			expect(entries.map(({ action, kind }) => `${action} ${kind}`)).toEqual(
				expect.arrayContaining(['job.end system', 'job.start system', 'job.agree firm']),
			);
		});

		it('is given back for a new key of the platform, and nothing of ours remains on it', async () => {
			const { north, apis } = stage;
			const [{ id }] = (await bring('--back')).result.jobs;
			expect((await bring('--key-arn', await stage.newKey())).error).toMatchObject({ code: 'CONFLICT' });
			expect(await stage.approve(north.owner, id)).toBe('QUEUED');
			expect(await stage.end(id)).toMatchObject({ state: 'DONE', trouble: null });
			const now = (await stage.namedBy(alias())) ?? '';
			expect([own, before]).not.toContain(now);
			expect(await stage.under(north)).toEqual([now]);
			expect([await stage.stateOf(own), await stage.tagsOf(own)]).toEqual(['Enabled', {}]);
			expect(await stage.tagsOf(now)).toEqual({ 'firmseal:firm': north.id, 'firmseal:own-key': 'false' });
			for (const api of [...apis, await stage.installation.serve()]) expect(await stage.readsAll(api)).toBe(true);
		});
	},
);
