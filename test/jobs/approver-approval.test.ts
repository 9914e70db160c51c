import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, forgeToken } from '../attacks/scene.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { agreed, type Forged, proven, put } from './forged-jobs.ts';
import { ended } from './stage.ts';

const APPROVE =
	'mutation ($input: ApproveJobInput!) { approveJob(input: $input) { job { id state agreedBy { id } } } }';
const JOB = `query ($id: ID!) { job(id: $id) {
	id firmId firm { slug } kind class version state needs done total requestHash askedById askedBy { id } agreedById validUntil
} }`;

describe('an approver’s approval of a job by the API', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let api: TestApi;
	const people: Record<string, Person> = {};
	const idOf = (name: string): string => claimsOf(people[name] ?? '').sub;
	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		api = await installation.serve();
		await installation.startWorker({}, { propagationSeconds: 0 });
		for (const name of ['one', 'same', 'two']) people[name] = await installation.addOperator('APPROVER');
		people.operator = await installation.addOperator('OPERATOR');
		people.auditor = await installation.addOperator('AUDITOR');
		people.owner = north.owner;
		// A second account of the first person.
		await installation.admin`update users set person_id = (select person_id from users where id = ${idOf('one')}) where id = ${idOf('same')}`;
		await installation.proofs.operator(idOf('same'));
	});
	afterAll(() => installation?.close());

	/** The destruction of a key of a class that is never destroyed, so that a job that runs fails at once. */
	const destruction = (more: Partial<Forged> = {}) =>
		proven(installation, {
			firmId: north.id,
			kind: 'DESTROY',
			class: 'RIGHTS',
			version: 1,
			askedBy: idOf('one'),
			...more,
		});
	const cancelOpen = () =>
		installation.admin`update jobs set state = 'CANCELLED', ended_at = now() where ended_at is null`;
	const waiting = async (job?: Forged) => {
		await cancelOpen();
		return put(installation, { ...(job ?? (await destruction())), state: 'WAITING' });
	};
	const read = async (by: Person | undefined, id: string) => (await api.ask(by ?? '', JOB, { id })).data.job;
	const approve = async (by: Person | undefined, jobId: string, requestHash: string) => {
		const { data, errors } = await api.ask(by ?? '', APPROVE, { input: { jobId, requestHash } });
		return errors[0]?.extensions.code ?? data.approveJob.job;
	};
	const rowOf = async (id: string) => (await installation.admin`select state, agreed_by from jobs where id = ${id}`)[0];

	it('is one of exactly the job that was read, and the worker then does it', async () => {
		const id = await waiting();
		const seen = await read(people.two, id);
		expect(seen).toMatchObject({ firm: { slug: 'north' }, kind: 'DESTROY', state: 'WAITING', needs: 'APPROVER' });
		expect(seen.askedBy.id).toBe(idOf('one'));
		expect(await approve(people.two, id, '0'.repeat(64))).toBe('CONFLICT');
		expect(await rowOf(id)).toEqual({ state: 'WAITING', agreed_by: null });
		expect(await approve(people.two, id, seen.requestHash)).toEqual({
			id,
			state: 'QUEUED',
			agreedBy: { id: idOf('two') },
		});
		// Approved twice is approved once.
		expect(await approve(people.two, id, seen.requestHash)).toBe('CONFLICT');
		const log =
			'query ($id: ID!) { auditEntries(filter: { action: "job.agree", recordId: $id }) { nodes { firmId plane actorId coordinates } } }';
		expect((await api.ask(people.auditor ?? '', log, { id })).data.auditEntries.nodes).toEqual([
			{ firmId: north.id, plane: 'operator', actorId: idOf('two'), coordinates: ['Job.DESTROY'] },
		]);
		// The worker verifies the approval. Only an admitted job finds that the key may be in use.
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'IN_USE' });
	});

	it.each(['one', 'same', 'operator', 'auditor'])('is refused for %s', async (name) => {
		const id = await waiting();
		const { requestHash } = await read(people.two, id);
		expect(await approve(people[name], id, requestHash)).toBe('FORBIDDEN');
		expect(await rowOf(id)).toEqual({ state: 'WAITING', agreed_by: null });
	});

	it('is refused without a sign-in of the last five minutes', async () => {
		const id = await waiting();
		const { requestHash } = await read(people.two, id);
		const now = Math.floor(Date.now() / 1000);
		const { auth_time: _, ...undated } = claimsOf(people.two ?? '');
		for (const since of [{ auth_time: now - 310 }, {}]) {
			const token = await forgeToken(installation.directory, { ...undated, ...since });
			const { errors } = await api.ask(token, APPROVE, { input: { jobId: id, requestHash } });
			// A page asks for a new sign-in by the age.
			expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', maxAge: 300 });
		}
		expect(await rowOf(id)).toEqual({ state: 'WAITING', agreed_by: null });
	});

	it('is refused for a job that an owner of the firm must approve, and for one that the request’s proof does not cover', async () => {
		const terms = 'arn:aws:kms:eu-central-1:111122223333:key/8f4a1d0e-0000-4000-8000-000000000001';
		const bring = await destruction({ kind: 'BRING', class: null, version: null, terms });
		const theirs = await waiting(bring);
		expect(await approve(people.two, theirs, (await read(people.two, theirs)).requestHash)).toBe('FORBIDDEN');
		const changed = await waiting({ ...(await destruction()), version: 2 });
		expect(await approve(people.two, changed, (await read(people.two, changed)).requestHash)).toBe('CONFLICT');
	});

	it('shows jobs to everyone of the platform and to no one of a firm, whose own list shows no one of the platform', async () => {
		const id = await waiting();
		for (const name of ['two', 'operator', 'auditor']) expect((await read(people[name], id)).id).toBe(id);
		for (const by of [north.owner, north.member, north.client]) expect(await read(by, id)).toBeNull();
		const { data } = await api.ask(north.owner, '{ firmJobs { id askedById askedBy { id } agreedBy { id } } }');
		const own = data.firmJobs.find((each: { id: string }) => each.id === id);
		expect(own).toEqual({ id, askedById: idOf('one'), askedBy: null, agreedBy: null });
	});

	it('lists jobs in pages, by firm, kind, state and whether they have ended', async () => {
		const id = await waiting();
		const list = async (filter: object, more = '') => {
			const query = `query ($filter: JobFilter) { jobs(filter: $filter${more}) { nodes { id state } totalCount pageInfo { hasNextPage } } }`;
			return (await api.ask(people.auditor ?? '', query, { filter })).data.jobs;
		};
		expect((await list({ isOpen: true })).nodes).toEqual([{ id, state: 'WAITING' }]);
		expect((await list({ state: 'WAITING', kind: 'DESTROY', firmId: north.id })).nodes).toHaveLength(1);
		expect((await list({ kind: 'ERASE' })).nodes).toEqual([]);
		expect((await list({ firmId: '00000000-0000-0000-0000-000000000000' })).totalCount).toBe(0);
		const ended = await list({ isOpen: false }, ', first: 1');
		expect(ended).toMatchObject({ nodes: [{}], pageInfo: { hasNextPage: true } });
		expect(ended.totalCount).toBeGreaterThan(1);
	});

	describe('in SQL', () => {
		const asOperator = (statement: string) =>
			installation.admin.begin(async (tx) => {
				await tx.unsafe('set local role firmseal_operator');
				return (await tx.unsafe(statement)).count;
			});

		it('is the only change that the operator plane’s role may make', async () => {
			const id = await waiting();
			const mac = `decode('${'00'.repeat(36)}', 'hex')`;
			const approveAs = (user: string, where = id) =>
				`update jobs set state = 'QUEUED', agreed_by = '${user}', agreed_mac = ${mac} where id = '${where}'`;
			await expect(asOperator(approveAs(idOf('operator')))).rejects.toThrow('row-level security');
			await expect(asOperator(approveAs(idOf('owner')))).rejects.toThrow();
			await expect(asOperator(approveAs(idOf('one')))).rejects.toThrow('another person must approve');
			await expect(asOperator(approveAs(idOf('same')))).rejects.toThrow('another person must approve');
			await expect(asOperator(`update jobs set state = 'CANCELLED' where id = '${id}'`)).rejects.toThrow();
			await expect(asOperator(`update jobs set terms = 'x' where id = '${id}'`)).rejects.toThrow('permission denied');
			await expect(asOperator(`delete from jobs where id = '${id}'`)).rejects.toThrow('permission denied');
			await expect(
				asOperator(
					`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac) select gen_random_uuid(), firm_id, kind, state, asked_on, asked_at, mac from jobs where id = '${id}'`,
				),
			).rejects.toThrow('permission denied');
			const theirs = await put(installation, {
				...(await destruction({ kind: 'GIVE_BACK', class: null, version: null })),
				state: 'WAITING',
			});
			expect(await asOperator(approveAs(idOf('two'), theirs))).toBe(0);
		});

		it('without the platform’s proof lets no job run', async () => {
			await cancelOpen();
			const job = { ...(await destruction()), agreedBy: idOf('two'), agreedMac: Buffer.alloc(36) };
			expect(await ended(installation, await put(installation, job))).toMatchObject({
				state: 'FAILED',
				trouble: 'FORBIDDEN',
			});
			const proper = await agreed(installation, await destruction(), idOf('two'));
			expect(await ended(installation, await put(installation, proper))).toMatchObject({ trouble: 'IN_USE' });
		});
	});
});
