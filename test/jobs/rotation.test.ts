import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { makePopulated } from '../support/populated.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { firmsealJson } from '../system/program.ts';
import { ask, ended, keysOf, readNotes, versionsOf, writeNotes } from './stage.ts';

describe.each(servers)('rotation, on the $name server', (server) => {
	const clock = steppedClock();
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(server));
		api = await installation.serve({}, { clock });
		await installation.startWorker({}, { propagationSeconds: 0 });
	});
	afterAll(() => installation?.close());

	const states = async (firm: TestFirm, of: string) =>
		(await keysOf(installation, firm.id))
			.filter((key) => key.class === of)
			.map(({ version, state }) => [version, state]);
	const command = (...args: string[]) => firmsealJson(installation.env, 'keys', ...args);

	it('seals under the new version at once, and opens values under the old one', async () => {
		const before = await writeNotes(api, north, ['one', 'two']);
		const { code, result } = await command('rotate', '--firm', 'north', '--class', 'NOTE');
		expect([code, result.jobs.map(({ kind, state }: { kind: string; state: string }) => [kind, state])]).toEqual([
			0,
			[['ROTATE', 'DONE']],
		]);
		expect(await states(north, 'NOTE')).toEqual([
			[1, 'RETIRED'],
			[2, 'ACTIVE'],
		]);
		// By then every process has dropped the older version.
		await clock.advance(1_000);
		const after = await writeNotes(api, north, ['three']);
		expect(await versionsOf(installation, north.id)).toEqual({ 1: 4, 2: 2 });
		const { notes, errors } = await readNotes(api, north, [...before, ...after]);
		expect(errors).toEqual([]);
		expect(notes.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
	});

	it('re-encrypts to a count of zero, changes no revision, and closes the old version', async () => {
		const [{ before } = { before: [] }] = await installation.admin`
			select array_agg((id, revision, updated_at)::text order by id) as before from notes`;
		const { code, result } = await command('reencrypt', '--firm', 'north', '--class', 'NOTE');
		expect([code, result.jobs[0]]).toMatchObject([0, { kind: 'REENCRYPT', state: 'DONE', done: 4, failed: 0 }]);
		expect(await versionsOf(installation, north.id)).toEqual({ 2: 6 });
		expect(await states(north, 'NOTE')).toEqual([
			[1, 'DISABLED'],
			[2, 'ACTIVE'],
		]);
		const [{ after } = { after: [] }] = await installation.admin`
			select array_agg((id, revision, updated_at)::text order by id) as after from notes`;
		expect(after).toEqual(before);
		const ids = (await installation.admin`select id from notes order by id`).map(({ id }) => id as string);
		const { notes, errors } = await readNotes(api, north, ids);
		expect([errors, notes.map(({ body }) => body)]).toEqual([[], ['one', 'two', 'three']]);
	});

	it('has nothing to do if requested again', async () => {
		expect(await command('reencrypt', '--firm', 'north', '--class', 'NOTE')).toMatchObject({
			code: 0,
			result: { jobs: [] },
		});
	});

	it('notifies the owners, and logs each page in the firm’s log', async () => {
		const { data } = await api.ask(north.owner, '{ notices(first: 20) { nodes { kind jobKind jobId actor { id } } } }');
		const of = data.notices.nodes.filter(({ jobKind }: { jobKind: string }) => jobKind !== null);
		expect(of.map(({ kind, jobKind }: { kind: string; jobKind: string }) => `${jobKind} ${kind}`).sort()).toEqual([
			'REENCRYPT JOB_ENDED',
			'REENCRYPT JOB_REQUESTED',
			'ROTATE JOB_ENDED',
			'ROTATE JOB_REQUESTED',
		]);
		const log = await api.ask(
			north.owner,
			'{ auditEntries(first: 100) { nodes { action coordinates recordIds requestId keys { version } } } }',
		);
		const pages = log.data.auditEntries.nodes.filter(({ action }: { action: string }) => action === 'job.page');
		expect(
			pages.map(({ coordinates, recordIds }: { coordinates: string[]; recordIds: string[] }) => [
				coordinates,
				recordIds.length,
			]),
		).toContainEqual([['Note.title', 'Note.body'], 2]);
		const actions = log.data.auditEntries.nodes.map(({ action }: { action: string }) => action);
		for (const action of ['job.request', 'job.start', 'job.end']) expect(actions).toContain(action);
		const others = await api.ask(harbour.owner, '{ notices(first: 20) { nodes { jobKind } } }');
		expect(others.data.notices.nodes.filter(({ jobKind }: { jobKind: string }) => jobKind !== null)).toEqual([]);
	});

	it('wraps all data keys again under a rotated wrapping key, and they open as before', async () => {
		const ids = await writeNotes(api, harbour, ['kept']);
		const before =
			await installation.admin`select class, version, wrapped from data_keys where firm_id = ${harbour.id} order by class`;
		const { code, result } = await command('rotate', '--firm', 'harbour', '--wrapping');
		expect([code, result.jobs[0].state]).toEqual([0, 'DONE']);
		const after =
			await installation.admin`select class, version, wrapped from data_keys where firm_id = ${harbour.id} order by class`;
		expect(after.length).toBe(before.length);
		for (const [index, { wrapped }] of after.entries()) expect(wrapped).not.toEqual(before[index]?.wrapped);
		const fresh = await installation.serve();
		expect((await readNotes(fresh, harbour, ids)).notes[0]).toMatchObject({ body: 'kept' });
	});

	it('is the same job if requested twice', async () => {
		const request = { firm: north.id, kind: 'REWRAP', class: null, version: null } as const;
		const both = await Promise.all([ask(installation, request), ask(installation, request)]);
		const ids = new Set(both.map(({ job }) => job.id));
		for (const id of ids) expect((await ended(installation, id)).state).toBe('DONE');
		expect(both.filter(({ isNew }) => isNew)).toHaveLength(ids.size);
	});

	it('creates the first version of a class that has none, and refuses an unknown class', async () => {
		expect(await command('rotate', '--firm', 'harbour', '--class', 'BILLING')).toMatchObject({ code: 0 });
		expect(await states(harbour, 'BILLING')).toEqual([[1, 'ACTIVE']]);
		const unknown = await command('rotate', '--firm', 'harbour', '--class', 'NOPE');
		expect([unknown.code, unknown.error.code]).toEqual([2, 'BAD_USER_INPUT']);
	});

	it('disables no key that proofs depend on', async () => {
		const refused = await Promise.all([
			command('disable', '--platform'),
			command('disable', '--firm', 'north', '--class', 'RIGHTS', '--version', '1'),
			command('destroy', '--platform', '--class', 'RIGHTS', '--version', '1'),
		]);
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual(Array(3).fill([1, 'FORBIDDEN']));
	});

	it('returns the pending job to an owner who requests it again, even if the firm has created a version meanwhile', async () => {
		const rotate = async () =>
			(await api.ask(harbour.owner, 'mutation { rotateFirmKey(input: { class: COMMUNICATION }) { jobId } }')).data
				.rotateFirmKey;
		const asked = await rotate();
		await installation.admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			values (${harbour.id}, 'COMMUNICATION', 1, 'ACTIVE', '\\x00', ${Buffer.alloc(32)}, 'k')`;
		expect(await rotate()).toEqual(asked);
	});

	it('reports to the owner that it failed if the version exists and does not seal, and a new request creates the next version', async () => {
		const rotate = async (): Promise<string> =>
			(await api.ask(north.owner, 'mutation { rotateFirmKey(input: { class: NOTE }) { jobId } }')).data.rotateFirmKey
				.jobId;
		const newest = async () => (await states(north, 'NOTE')).at(-1)?.[0] as number;
		const before = await newest();
		const first = await rotate();
		await installation.admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			values (${north.id}, 'NOTE', ${before + 1}, 'RETIRED', '\\x00', ${Buffer.alloc(32)}, 'k')`;
		expect(await ended(installation, first)).toMatchObject({ state: 'FAILED', trouble: 'WRONG_STATE' });
		const { data } = await api.ask(north.owner, '{ notices(first: 20) { nodes { kind jobId jobState } } }');
		expect(data.notices.nodes).toContainEqual({ kind: 'JOB_ENDED', jobId: first, jobState: 'FAILED' });
		expect((await states(north, 'NOTE')).slice(-2)).toEqual([
			[before, 'ACTIVE'],
			[before + 1, 'RETIRED'],
		]);
		expect(await ended(installation, await rotate())).toMatchObject({ state: 'DONE', trouble: null });
		expect((await states(north, 'NOTE')).slice(-3)).toEqual([
			[before, 'RETIRED'],
			[before + 1, 'RETIRED'],
			[before + 2, 'ACTIVE'],
		]);
	});
});
