import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
	abandonSilentUploads,
	claimObjectsToDelete,
	countOverdueObjects,
	deleteExpiredTickets,
	deleteObjectRow,
	type Plane,
	selectUploadCutoff,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { codeOf, deletionOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

type State = 'UPLOADING' | 'STORED' | 'DELETING';

describe.each(servers)('the worker’s clean-up on $name', (server) => {
	let two: TwoFirms;
	let worker: Plane;

	beforeAll(async () => {
		two = await makeTwoFirms(server);
		worker = two.plane('worker');
	});
	afterEach(() => two.admin`delete from stored_objects`);
	afterAll(() => two?.close());

	/** Inserts an object last touched `seconds` ago. */
	async function add(state: State, seconds: number, firm = two.north.id): Promise<string> {
		const tag = randomUUID();
		const whole = state === 'UPLOADING' ? [null, null] : [5, randomBytes(32)];
		await two.admin`insert into stored_objects (tag, firm_id, document_id, version_id, state, size, sha256, created_at, touched_at)
			values (${tag}, ${firm}, ${uuidv7()}, ${uuidv7()}, ${state}, ${whole[0] as number}, ${whole[1] as Buffer},
				now() - ${seconds} * interval '1 second', now() - ${seconds} * interval '1 second')`;
		return tag;
	}
	const stateOf = async (tag: string): Promise<State | null> =>
		(await two.admin`select state from stored_objects where tag = ${tag}`)[0]?.state ?? null;
	const giveUp = (most = 10) => worker.write(null, (tx) => abandonSilentUploads(tx, most));
	const claim = (most = 10) => worker.write(null, (tx) => claimObjectsToDelete(tx, most));

	it('abandons uploads after two minutes without progress, and nothing stored', async () => {
		const silent = await add('UPLOADING', 130);
		const alive = await add('UPLOADING', 110);
		const ahead = await add('UPLOADING', -3_600);
		const stored = await add('STORED', 10_000);
		expect(await giveUp()).toBe(2);
		expect(await Promise.all([silent, alive, ahead, stored].map(stateOf))).toEqual([
			'DELETING',
			'UPLOADING',
			'DELETING',
			'STORED',
		]);
		expect(await giveUp()).toBe(0);
	});

	it('leaves an upload alone while its process is transferring it', async () => {
		const tag = await add('UPLOADING', 130);
		await two.as('firm', two.north.id, async (tx) => {
			await tx`update stored_objects set touched_at = clock_timestamp() where tag = ${tag}`;
			expect(await giveUp()).toBe(0);
		});
		expect(await giveUp()).toBe(0);
		expect(await stateOf(tag)).toBe('UPLOADING');
	});

	it('prevents an abandoned upload from being touched or stored', async () => {
		const tag = await add('UPLOADING', 130);
		await giveUp();
		const change = (set: string) =>
			two.as('firm', two.north.id, async (tx) => (await tx.unsafe(`update stored_objects set ${set}`)).count);
		expect(await change('touched_at = now()')).toBe(0);
		expect(await change(`state = 'STORED', size = 1, sha256 = decode(repeat('00', 32), 'hex')`)).toBe(0);
		expect(await stateOf(tag)).toBe('DELETING');
	});

	it('assigns each object to one worker, and reassigns it after a minute', async () => {
		const tags = await Promise.all(Array.from({ length: 7 }, () => add('DELETING', 70)));
		await add('DELETING', 30);
		await add('STORED', 10_000);
		const claimed = await Promise.all([claim(3), claim(3), claim(3)]);
		expect(
			claimed
				.flat()
				.map(({ tag }) => tag)
				.sort(),
		).toEqual(tags.toSorted());
		expect(claimed.flat().every(({ firmId }) => firmId === two.north.id)).toBe(true);
		expect(await claim()).toEqual([]);
		await two.admin`update stored_objects set touched_at = touched_at - interval '61 seconds' where tag = ${tags[0] ?? ''}`;
		const [again] = await claim();
		const [row] = await two.admin`select version_id from stored_objects where tag = ${tags[0] ?? ''}`;
		expect(again).toEqual({ tag: tags[0], firmId: two.north.id, versionId: row?.version_id });
	});

	it('forgets only objects marked for deletion, and each once', async () => {
		const forget = (tag: string) => worker.write(null, (tx) => deleteObjectRow(tx, tag));
		const tag = await add('DELETING', 0);
		expect((await Promise.all([forget(tag), forget(tag)])).toSorted()).toEqual([false, true]);
		for (const state of ['UPLOADING', 'STORED'] as const) expect(await forget(await add(state, 1_000))).toBe(false);
		expect((await two.admin`select state from stored_objects order by state`).map(({ state }) => state)).toEqual([
			'STORED',
			'UPLOADING',
		]);
	});

	it('spares objects of the last day, and every upload in progress', async () => {
		const hoursAgo = async () => (Date.now() - (await worker.read(null, selectUploadCutoff)).getTime()) / 3_600_000;
		expect(await hoursAgo()).toBeCloseTo(24, 1);
		await add('UPLOADING', 3_600);
		await add('STORED', 300_000);
		expect(await hoursAgo()).toBeCloseTo(24, 1);
		await add('UPLOADING', 30 * 3_600);
		expect(await hoursAgo()).toBeCloseTo(30 + 1 / 6, 1);
	});

	it('deletes tickets when they expire', async () => {
		for (const seconds of [-60, -1, 60])
			await two.admin`insert into download_tickets (hash, firm_id, user_id, document_id, expires_at, mac)
				values (${randomBytes(32)}, ${two.north.id}, ${two.north.author}, ${uuidv7()}, now() + ${seconds} * interval '1 second', ${randomBytes(36)})`;
		expect(await worker.write(null, deleteExpiredTickets)).toBe(2);
		expect(
			(await two.admin`select expires_at > now() as valid from download_tickets`).map(({ valid }) => valid),
		).toEqual([true]);
	});

	it('reports as neglected what no worker has cleaned up for ten minutes', async () => {
		const neglected = () => worker.read(null, countOverdueObjects);
		await add('UPLOADING', 590);
		await add('DELETING', 590);
		await add('STORED', 10_000);
		expect(await neglected()).toBe(0);
		await add('UPLOADING', 610);
		await add('DELETING', 610);
		expect(await neglected()).toBe(2);
	});

	it('restores nothing, creates nothing, and leaves stored objects alone', async () => {
		const [uploading, stored, doomed] = [await add('UPLOADING', 0), await add('STORED', 0), await add('DELETING', 0)];
		const run = (sql: string) => codeOf(two.as('worker', null, (tx) => tx.unsafe(sql)));
		expect(await run(`update stored_objects set state = 'STORED' where tag = '${doomed}'`)).toBe(NO_PRIVILEGE);
		expect(await run(`update stored_objects set state = 'UPLOADING' where tag = '${doomed}'`)).toBe(NO_PRIVILEGE);
		expect(await run(`update stored_objects set size = 1 where tag = '${doomed}'`)).toBe(NO_PRIVILEGE);
		expect(await run(`update stored_objects set firm_id = '${two.harbour.id}'`)).toBe(NO_PRIVILEGE);
		expect(await run(`insert into stored_objects select * from stored_objects`)).toBe(NO_PRIVILEGE);
		await run(`update stored_objects set state = 'DELETING', touched_at = now() where tag = '${stored}'`);
		expect(await run('delete from stored_objects')).toBe(NO_PRIVILEGE);
		expect(await run(deletionOf('stored_objects'))).toBe('done');
		expect(await Promise.all([uploading, stored, doomed].map(stateOf))).toEqual(['UPLOADING', 'STORED', null]);
	});
});
