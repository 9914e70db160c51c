import { promises, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SUPERUSER } from '../../../src/database/index.ts';
import { openKeyring } from '../../../src/wiring/index.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { contentOf, filesAt, someBytes } from '../../support/files.ts';
import { filesOf, speak } from './stage.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, putDocument: put } = filesOf(() => scene);
const get = (headers: Record<string, string>, of: string) => files.get(scene.north.member, contentOf(of), headers);

describe('a changed object', () => {
	const objectOf = async (id: string): Promise<string> => {
		const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${id}") { objectKey } }`);
		return join(scene.installation.directory, 'objects', data.document.objectKey);
	};
	const CHUNK = 16_400;
	const flipped = (at: number) => (stored: Buffer) => {
		const copy = Buffer.from(stored);
		copy[at < 0 ? stored.length + at : at] = (copy.at(at) ?? 0) ^ 1;
		return copy;
	};

	it.each<[string, (stored: Buffer) => Buffer]>([
		['a bit of its header', flipped(0)],
		['its key version', flipped(11)],
		['its firm', flipped(12)],
		['its salt', flipped(20)],
		['its commitment', flipped(50)],
		['its last chunk', flipped(-20)],
		['its last tag', flipped(-1)],
		['cut by a byte', (stored) => stored.subarray(0, -1)],
		['cut by its last chunk', (stored) => stored.subarray(0, stored.length - ((stored.length - 72) % CHUNK))],
		['cut to its header', (stored) => stored.subarray(0, 16)],
		['emptied', () => Buffer.alloc(0)],
		['longer by a byte', (stored) => Buffer.concat([stored, Buffer.alloc(1)])],
		['longer by a chunk', (stored) => Buffer.concat([stored, stored.subarray(-CHUNK)])],
	])('is refused before any byte of it is sent: %s', async (_, change) => {
		const id = await put(someBytes(100_000));
		const path = await objectOf(id);
		writeFileSync(path, change(readFileSync(path)));
		for (const ask of [
			() => get({}, id),
			() => get({ range: 'bytes=0-9' }, id),
			() => get({ range: 'bytes=-9' }, id),
		]) {
			const answer = await ask();
			expect([answer.status, answer.json.code]).toEqual([422, 'CIPHERTEXT_INVALID']);
			expect((await scene.entriesOf(answer)).map(({ action, reason }) => [action, reason])).toContainEqual([
				'content.fail',
				'CIPHERTEXT_INVALID',
			]);
		}
		expect((await files.head(scene.north.member, contentOf(id))).status).toBe(422);
		expect(
			scene.api.lines.some(
				(line) => line.includes('stored values could not be opened') && line.includes('CIPHERTEXT_INVALID'),
			),
		).toBe(true);
	});

	/** According to the metrics. */
	const failedOf = async () => {
		const text = await (await fetch(`${scene.api.url}/metrics`)).text();
		return Number(/^firmseal_content_values_total\{outcome="failed",class="DOCUMENT"\} (\d+)$/m.exec(text)?.[1] ?? 0);
	};

	it('if damaged in the middle, is sent up to the damage, then cut off and reported', async () => {
		const content = someBytes(1_000_000);
		const id = await put(content);
		const path = await objectOf(id);
		const bad = 40;
		writeFileSync(path, flipped(72 + bad * CHUNK + 5)(readFileSync(path)));
		const failed = await failedOf();
		const parts: Buffer[] = [];
		const { socket, closed } = speak(scene.api.url, `GET ${contentOf(id)}`, scene.north.member);
		socket.on('data', (part) => parts.push(part));
		await closed;
		const whole = Buffer.concat(parts);
		const body = whole.subarray(whole.indexOf('\r\n\r\n') + 4);
		expect(body.length).toBeLessThanOrEqual(bad * 16_384);
		expect(body.equals(content.subarray(0, body.length))).toBe(true);
		const ofFile = async () =>
			(await scene.entries()).filter(
				({ coordinates, records }) => coordinates[0] === 'Document.content' && records[0] === id,
			);
		await expect.poll(async () => (await ofFile()).length).toBe(3);
		const entries = await ofFile();
		expect(entries).toMatchObject([
			{ action: 'content.open', decision: 'ALLOWED' },
			{ action: 'content.fail', decision: 'FAILED', reason: 'CIPHERTEXT_INVALID', coordinates: ['Document.content'] },
			{ action: 'content.send', decision: 'FAILED', reason: 'CIPHERTEXT_INVALID', bytes: body.length },
		]);
		expect(await failedOf()).toBe(failed + 1);
		const said = scene.api.lines.filter((line) => line.includes('stored values could not be opened'));
		expect(said.filter((line) => line.includes(`"requestId":"${entries[0]?.request}"`))).toHaveLength(1);
		// The undamaged part can still be read.
		const before = await get({ range: `bytes=0-${bad * 16_384 - 1}` }, id);
		expect(before.bytes.equals(content.subarray(0, bad * 16_384))).toBe(true);
	});

	it.each(['another document’s', 'an older version’s'])(
		'if replaced by %s of the same firm, is refused',
		async (which) => {
			const id = await put(someBytes(50_000));
			const older = await objectOf(id);
			const other = which === 'another document’s' ? await objectOf(await put(someBytes(50_000))) : older;
			await files.put(scene.north.member, id, someBytes(50_000));
			const latest = await objectOf(id);
			writeFileSync(latest, readFileSync(other));
			expect((await get({}, id)).status).toBe(422);
		},
	);

	it('if removed together with its document, is not reported as damaged', async () => {
		const id = await put(someBytes(50_000));
		const path = await objectOf(id);
		// Its key is not cached. It waits when it knows which file it is, but not yet where that file is stored.
		const api = await scene.installation.serve();
		await api.ask(scene.north.member, '{ viewer { __typename } }');
		const answer = await scene.admin.begin(async (sql) => {
			await sql`lock table data_keys in access exclusive mode`;
			const asked = filesAt(api.url).get(scene.north.member, contentOf(id));
			await untilBlocked(scene.admin, SUPERUSER);
			rmSync(path);
			await sql`delete from document_versions where document_id = ${id}`;
			await sql`delete from documents where id = ${id}`;
			return { asked };
		});
		expect(await answer.asked).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
		expect(api.lines.join('')).not.toContain('stored values could not be opened');
		expect((await scene.entriesOf(await answer.asked)).map(({ action }) => action)).not.toContain('content.fail');
		await api.stop();
	});

	it('if removed with its document after its length was read, is not reported as damaged', async () => {
		const id = await put(someBytes(50_000));
		const path = await objectOf(id);
		// The first open measures the object and closes it; the second reads it.
		const { open } = promises;
		let opened = 0;
		const opening = vi.spyOn(promises, 'open').mockImplementation(async (...asked) => {
			if (asked[0] === path && ++opened === 2) {
				await scene.admin`delete from document_versions where document_id = ${id}`;
				await scene.admin`delete from documents where id = ${id}`;
				rmSync(path);
			}
			return open(...asked);
		});
		syncBuiltinESMExports();
		onTestFinished(() => {
			opening.mockRestore();
			syncBuiltinESMExports();
		});
		expect(await get({}, id)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
	});

	it('is refused if its length differs from the row’s', async () => {
		const id = await put(someBytes(50_000));
		await scene.admin`update documents set byte_size = 49999 where id = ${id}`;
		expect((await get({}, id)).status).toBe(422);
	});

	it('is refused if the row holds another document’s object name', async () => {
		const [id, other] = [await put(someBytes(50_000)), await put(someBytes(50_000))];
		await scene.admin`update documents set object_key = (select object_key from documents where id = ${other}) where id = ${id}`;
		expect((await get({}, id)).status).toBe(422);
	});
});

describe('a disabled key', () => {
	it('blocks downloads, and cuts off those in progress', async () => {
		const id = await newDocument({}, scene.harbour);
		await files.put(scene.harbour.member, id, someBytes(60_000_000));
		const keyring = await openKeyring(scene.installation.config, 'worker');
		let [received, isRefused] = [0, false];
		const { socket, closed } = speak(scene.api.url, `GET ${contentOf(id)}`, scene.harbour.member);
		const begun = Promise.withResolvers<void>();
		socket.on('data', (part) => {
			received += part.length;
			// It reads no further until the key is refused.
			if (isRefused || received < 1_000_000) return;
			socket.pause();
			begun.resolve();
		});
		await begun.promise;
		await keyring.disableKey(scene.harbour.id);
		// The key of one class is not cached. The refusal closes the cached ones.
		const refused = await scene.api.ask(
			scene.harbour.member,
			'mutation { createNote(input: { title: "x" }) { note { id } } }',
		);
		expect(refused.errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
		expect((await files.get(scene.harbour.member, contentOf(id))).status).toBe(503);
		isRefused = true;
		socket.resume();
		await closed;
		await keyring.enableKey(scene.harbour.id);
		expect(received).toBeLessThan(60_000_000);
	});
});
