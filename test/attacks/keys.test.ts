import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keyring } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { CREATE, makeScene, NOTE, type Scene, UPDATE } from './scene.ts';

const PAGE =
	'{ notes(orderBy: CREATED_AT_ASC) { totalCount nodes { id revision title body b2: body author { name } } } }';

const clock = steppedClock();
let scene: Scene;
let keyring: Keyring;
beforeAll(async () => {
	scene = await makeScene({ FIRMSEAL_KEY_CACHE_SECONDS: '20' }, { clock });
	keyring = await openKeyring(scene.installation.config, 'worker');
});
afterAll(() => scene?.installation.close());

/** Longer than this server caches keys, and than a server takes to learn of refusals. */
const untilKeysAreOld = () => clock.pass(20_001);

async function expectClosed(): Promise<void> {
	const answer = await scene.api.ask(scene.north.member, PAGE);
	expect(answer.status).toBe(200);
	expect(answer.errors.map(({ extensions, path }) => [extensions.code, path?.at(-1)])).toEqual([
		['KEY_UNAVAILABLE', 'title'],
		['KEY_UNAVAILABLE', 'body'],
	]);
	expect(answer.data.notes.totalCount).toBe(3);
	for (const note of answer.data.notes.nodes)
		expect(note).toMatchObject({ title: null, body: null, b2: null, revision: 1, author: { name: 'Member' } });
	expect(answer.text).not.toContain('key-marker');
	const failed = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.fail');
	expect(failed.map(({ coordinates, reason, records }) => [coordinates, reason, records.length]).sort()).toEqual([
		[['Note.body'], 'KEY_UNAVAILABLE', 3],
		[['Note.title'], 'KEY_UNAVAILABLE', 3],
	]);
}

async function expectOpen(): Promise<void> {
	const { errors, data } = await scene.api.ask(scene.north.member, PAGE);
	expect(errors).toEqual([]);
	expect(data.notes.nodes.map(({ title }: { title: string }) => title)).toEqual([
		'key-marker 0',
		'key-marker 1',
		'key-marker 2',
	]);
}

describe('after the firm’s wrapping key is disabled', () => {
	const ids: string[] = [];
	beforeAll(async () => {
		for (let n = 0; n < 3; n++) ids.push(await scene.write({ title: `key-marker ${n}`, body: 'key-marker body' }));
	});

	it('content is null with one error per coordinate, metadata is served, and content opens again once the key is enabled', async () => {
		await expectOpen();
		await keyring.disableKey(scene.north.id);
		await untilKeysAreOld();
		await expectClosed();
		await keyring.enableKey(scene.north.id);
		await expectOpen();
	});

	it('writes are refused, and nothing is stored', async () => {
		await keyring.disableKey(scene.north.id);
		await untilKeysAreOld();
		const stored = () =>
			scene.admin`select id, revision, title, body from notes where firm_id = ${scene.north.id} order by id`;
		const before = await stored();
		const update = { id: ids[0], expectedRevision: 1, title: 'key-marker written' };
		for (const answer of [
			await scene.api.ask(scene.north.member, CREATE, { input: { title: 'key-marker new' } }),
			await scene.api.ask(scene.north.member, UPDATE, { input: update }),
		]) {
			expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
			expect(answer.text).not.toContain('key-marker');
		}
		expect(await stored()).toEqual(before);
		await keyring.enableKey(scene.north.id);
		await expectOpen();
	});

	it('another firm is unaffected', async () => {
		const id = await scene.write({ title: 'harbour goes on' }, scene.harbour);
		await keyring.disableKey(scene.north.id);
		await untilKeysAreOld();
		await expectClosed();
		expect((await scene.api.ask(scene.harbour.member, NOTE, { id })).data.note.title).toBe('harbour goes on');
		await keyring.enableKey(scene.north.id);
	});

	it('the first refusal drops the cached keys before they expire', async () => {
		const api = await scene.installation.serve({ FIRMSEAL_KEY_CACHE_SECONDS: '300' }, { clock });
		// Lets the server learn of earlier refusals first, which empty its cache.
		await untilKeysAreOld();
		const read = (id: string | undefined) => api.ask(scene.north.member, NOTE, { id });
		expect((await read(ids[0])).data.note.title).toBe('key-marker 0');
		await keyring.disableKey(scene.north.id);
		expect((await read(ids[0])).data.note.title).toBe('key-marker 0');

		// A second version with the same wrapped key: opening its value needs the keyring, which now refuses.
		const { admin } = scene;
		await admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
			select firm_id, class, 2, 'RETIRED', wrapped, commitment, key_id from data_keys where firm_id = ${scene.north.id} and version = 1`;
		const [row] = await admin`select title from notes where id = ${ids[1] ?? ''}`;
		await admin`update notes set title = set_byte(title, 5, 2) where id = ${ids[1] ?? ''}`;
		expect((await read(ids[1])).errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
		expect((await read(ids[0])).errors.map(({ extensions }) => extensions.code)).toEqual([
			'KEY_UNAVAILABLE',
			'KEY_UNAVAILABLE',
		]);

		await admin`update notes set title = ${row?.title} where id = ${ids[1] ?? ''}`;
		await admin`delete from data_keys where firm_id = ${scene.north.id} and version = 2`;
		await keyring.enableKey(scene.north.id);
		expect((await read(ids[0])).data.note.title).toBe('key-marker 0');
	});

	it.each(['DISABLED', 'DESTROYED'])(
		'a data key that is %s in the database opens nothing and seals nothing',
		async (state) => {
			const { admin } = scene;
			// Without RIGHTS no right can be checked, so no one has any.
			for (const of of ['NOTE', 'RIGHTS']) {
				const set = (to: string) =>
					admin`update data_keys set state = ${to} where firm_id = ${scene.north.id} and class = ${of} and version = 1`;
				await set(state);
				await untilKeysAreOld();
				await expectClosed();
				const { errors } = await scene.api.ask(scene.north.member, CREATE, { input: { title: 'key-marker new' } });
				expect(errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
				await set('ACTIVE');
				await expectOpen();
			}
		},
	);

	it.each(['NOTE', 'RIGHTS'])(
		'a data key of class %s replaced in SQL with another firm’s opens nothing',
		async (of) => {
			const { admin } = scene;
			const ofNorth = admin`firm_id = ${scene.north.id} and class = ${of} and version = 1`;
			const [kept] = await admin`select wrapped, commitment from data_keys where ${ofNorth}`;
			await admin`update data_keys set wrapped = other.wrapped, commitment = other.commitment from data_keys other
			where data_keys.firm_id = ${scene.north.id} and data_keys.class = ${of} and data_keys.version = 1
				and other.firm_id = ${scene.harbour.id} and other.class = ${of} and other.version = 1`;
			await untilKeysAreOld();
			await expectClosed();
			await admin`update data_keys set wrapped = ${kept?.wrapped}, commitment = ${kept?.commitment} where ${ofNorth}`;
			await expectOpen();
		},
	);

	it('every call of the keyring is logged, including refused ones', async () => {
		const calls = (await scene.entries()).filter(
			({ action, firm }) => action === 'key.unwrap' && firm === scene.north.id,
		);
		expect(calls.some(({ decision }) => decision === 'ALLOWED')).toBe(true);
		expect(calls.some(({ decision, reason }) => decision === 'FAILED' && reason === 'REFUSED')).toBe(true);
		for (const { keys, decision } of calls) {
			expect(keys).toMatchObject([
				{
					class: expect.stringMatching(/^(NOTE|RIGHTS)$/),
					source: 'KEYRING',
					requestId: decision === 'ALLOWED' ? expect.any(String) : null,
				},
			]);
		}
	});

	it('none of this is in the log lines', () => {
		expect(scene.api.lines.join('')).not.toContain('key-marker');
	});
});

describe('the keyring’s own access rules', () => {
	it('give an operator’s process no data key for any request', async () => {
		const operator = await openKeyring(scene.installation.config, 'operator');
		const [row] = await scene.admin`select wrapped from data_keys where firm_id = ${scene.north.id} and version = 1`;
		const context = { firm: scene.north.id, class: 'NOTE' };
		await expect(operator.unwrap(context, row?.wrapped)).rejects.toMatchObject({
			code: 'KEY_UNAVAILABLE',
			reason: 'REFUSED',
		});
		await expect(operator.generateDataKey(context)).rejects.toMatchObject({ reason: 'REFUSED' });
		await expect(operator.createGrant({ name: 'mine', ...context })).rejects.toMatchObject({ reason: 'REFUSED' });
		await expect(
			withAdminContext(scene.installation.config, scene.installation.database, async (admin) =>
				admin.keyring.createKey(scene.north.id),
			),
		).resolves.toMatchObject({ firm: scene.north.id });
	});
});
