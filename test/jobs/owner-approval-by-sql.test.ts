import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobApprovalStatement } from '../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { claimsOf, forgeToken } from '../attacks/scene.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { agreed, type Forged, pastGuard, proven, put } from './forged-jobs.ts';
import { ended } from './stage.ts';

const FORBIDDEN = { state: 'FAILED', trouble: 'FORBIDDEN' };
/** The tests' keyring takes no keys of firms, so an admitted job ends with this reason. */
const LET_THROUGH = { state: 'FAILED', trouble: 'BAD_KEY' };
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8f4a1d0e-0000-4000-8000-000000000001';

describe('an owner’s approval, in SQL', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let harbour: TestFirm;
	let api: TestApi;
	let owner: string;
	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(embedded));
		api = await installation.serve();
		await installation.startWorker({}, { propagationSeconds: 0 });
		owner = claimsOf(north.owner).sub;
	});
	afterAll(() => installation?.close());

	const bring = (terms = KEY) =>
		proven(installation, { firmId: north.id, kind: 'BRING', class: null, version: null, terms });
	const endOf = async (job: Forged) => ended(installation, await put(installation, job));
	/** An approval under a key that is not the firm's. */
	const agreedUnder = (of: string, job: Forged, user: string): Promise<Forged> =>
		withAdminContext(installation.config, installation.database, async ({ rights }) => {
			const { id, firmId: firm, kind, class: keyClass, version, askedOn, askedBy, askedAt, subject, terms } = job;
			const parts = { job: id, firm, kind, class: keyClass, version, askedOn, askedBy, askedAt, subject, terms, user };
			const agreedMac = Buffer.from(await rights.prove(of, jobApprovalStatement(parts)));
			return { ...job, agreedBy: user, agreedMac };
		});

	it('permits a job only if the firm has proven the approval', async () => {
		expect(await endOf(await agreed(installation, await bring(), owner))).toMatchObject(LET_THROUGH);
		for (const state of ['QUEUED', 'RUNNING'] as const)
			expect(await endOf({ ...(await bring()), state })).toMatchObject(FORBIDDEN);
		const id = await put(installation, { ...(await bring()), state: 'WAITING' });
		await pastGuard(installation, `update jobs set state = 'QUEUED' where id = '${id}'`);
		expect(await ended(installation, id)).toMatchObject(FORBIDDEN);
	});

	it('is invalid with the platform’s key, or another firm’s', async () => {
		const approver = claimsOf(await installation.addOperator('APPROVER')).sub;
		for (const [of, user] of [
			[PLATFORM_FIRM_ID, approver],
			[PLATFORM_FIRM_ID, owner],
			[harbour.id, claimsOf(harbour.owner).sub],
			[harbour.id, owner],
		] as const)
			expect([of, user, await endOf(await agreedUnder(of, await bring(), user))]).toMatchObject([of, user, FORBIDDEN]);
	});

	it('applies to exactly one job: not to another job, and not after a change', async () => {
		const theirs = await agreed(installation, await bring(), owner);
		const { agreedMac } = theirs as { agreedMac: Buffer };
		expect(await endOf({ ...(await bring()), agreedBy: owner, agreedMac })).toMatchObject(FORBIDDEN);
		expect(await endOf({ ...(await bring()), agreedBy: owner, agreedMac: theirs.mac })).toMatchObject(FORBIDDEN);
		const changes: Partial<Forged>[] = [
			{ terms: `${KEY}2` },
			{ terms: null },
			{ kind: 'GIVE_BACK' },
			{ firmId: harbour.id },
			{ subject: 'Note.body' },
			{ agreedBy: uuidv7() },
			{ askedAt: new Date(Date.now() + 5) },
		];
		for (const change of changes)
			expect([change, await endOf({ ...(await agreed(installation, await bring(), owner)), ...change })]).toMatchObject(
				[change, FORBIDDEN],
			);
	});

	it('does not replace the approval of an approver, and does not run an old job again', async () => {
		const asked = { firmId: north.id, kind: 'DESTROY' as const, class: 'NOTE', version: 1, askedBy: uuidv7() };
		const destruction = await proven(installation, asked);
		expect(await endOf(await agreedUnder(north.id, destruction, owner))).toMatchObject(FORBIDDEN);
		const old = await proven(installation, {
			firmId: north.id,
			kind: 'BRING',
			class: null,
			version: null,
			terms: KEY,
			askedAt: new Date(Date.now() - 8 * 24 * 3_600_000),
		});
		expect(await endOf(await agreed(installation, old, owner))).toMatchObject(FORBIDDEN);
	});

	it('requires the hash of the job that the owner read, and a sign-in of the last five minutes', async () => {
		const id = await put(installation, { ...(await bring()), state: 'WAITING' });
		const list = await api.ask(north.owner, '{ firmJobs { id terms needs state requestHash } }');
		const job = list.data.firmJobs.find((each: { id: string }) => each.id === id);
		expect(job).toMatchObject({ terms: KEY, needs: 'OWNER', state: 'WAITING' });
		expect((await api.ask(harbour.owner, '{ firmJobs { firmId } }')).text).not.toContain(north.id);
		// A job that was changed since has another hash.
		await installation.admin`update jobs set terms = ${`${KEY}3`} where id = ${id}`;
		const approve = (requestHash: string, by: Person = north.owner) =>
			api.ask(by, 'mutation ($input: ApproveJobInput!) { approveJob(input: $input) { job { state } } }', {
				input: { jobId: id, requestHash },
			});
		expect((await approve(job.requestHash)).errors[0]?.extensions.code).toBe('CONFLICT');
		// An approval of the changed job approves something that no one has requested.
		const changed = (await api.ask(north.owner, '{ firmJobs { id requestHash } }')).data.firmJobs[0];
		const { auth_time: _, ...undated } = claimsOf(north.owner);
		for (const [since, said] of [
			[
				{ auth_time: Math.floor(Date.now() / 1000) - 360 },
				/^Agreeing to a job needs a sign-in of the last five minutes/,
			],
			[{}, /^Agreeing to a job needs a fresh .+ in FIRMSEAL_AUTH_TIME_CLAIM\.$/],
		] as const) {
			const refused = await approve(
				changed.requestHash,
				await forgeToken(installation.directory, { ...undated, ...since }),
			);
			expect(refused.errors).toMatchObject([
				{ message: expect.stringMatching(said), extensions: { code: 'FORBIDDEN' } },
			]);
			const [row] = await installation.admin`select state, agreed_by, agreed_mac from jobs where id = ${id}`;
			expect(row).toEqual({ state: 'WAITING', agreed_by: null, agreed_mac: null });
		}
		expect((await approve(changed.requestHash)).data.approveJob.job.state).toBe('QUEUED');
		expect(await ended(installation, id)).toMatchObject(FORBIDDEN);
	});
});
