import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { contentOf, someBytes } from '../../support/files.ts';
import { until } from '../../system/program.ts';
import { filesOf } from './stage.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, rowsOf, statesOf, seen, expectNothing, objects, open, begin } = filesOf(() => scene);

describe('a sender that waits for permission to send (Expect: 100-continue)', () => {
	const waiting = async (token = scene.north.member) => {
		const document = await newDocument();
		const upload = open(document, ['Expect: 100-continue', 'Content-Length: 5'], token);
		await until(() => upload.text().includes('\r\n\r\n'));
		return { ...upload, document };
	};

	it('is told to continue', async () => {
		const { document, socket, text } = await waiting();
		expect(text()).toMatch(/^HTTP\/1\.1 100 /);
		socket.write('abcde');
		await until(() => text().includes('HTTP/1.1 201'));
		socket.destroy();
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('abcde');
	});

	it('is refused before it has sent anything', async () => {
		for (const [token, status] of [
			['nonsense', 401],
			[scene.operator, 403],
			[scene.harbour.member, 404],
		] as const) {
			const { document, socket, text } = await waiting(token);
			expect(text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
			socket.destroy();
			await expectNothing(document);
		}
	});
});

describe('an upload that is interrupted or collides', () => {
	it('leaves nothing visible if its sender disconnects', async () => {
		const document = await newDocument();
		const { socket } = open(document, ['Content-Length: 1000000']);
		socket.write('x'.repeat(300_000));
		await until(async () => (await statesOf(document)).includes('UPLOADING'));
		socket.resetAndDestroy();
		await expect.poll(() => statesOf(document)).toEqual(['DELETING']);
		await expectNothing(document);
		const [{ tag } = { tag: '' }] = await rowsOf(document);
		await expect.poll(() => objects().filter((path) => path.includes(tag))).toEqual([]);
	});

	it('gets a conflict while another upload to the document is under way, which completes', async () => {
		const document = await newDocument();
		const upload = await begin(document);
		const second = await files.put(scene.north.owner, document, 'other');
		expect([second.status, second.json.code]).toEqual([409, 'CONFLICT']);
		expect((await upload.end()).status).toBe(201);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('0123456789');
		expect((await files.put(scene.north.owner, document, 'other')).json.number).toBe(2);
	});

	it('among many to one document is stored whole or refused, and no version number is used twice', async () => {
		const document = await newDocument();
		const bodies = Array.from({ length: 12 }, (_, index) => someBytes(50_000 + index));
		const answers = await Promise.all(bodies.map((body) => files.put(scene.north.member, document, body)));
		const made = answers.flatMap(({ status, json }, index) => (status === 201 ? [{ json, index }] : []));
		// More than six concurrent uploads of one account are refused with a time to retry.
		expect(answers.every(({ status }) => status === 201 || status === 409 || status === 429)).toBe(true);
		expect(made.length).toBeGreaterThan(0);
		expect(new Set(made.map(({ json }) => json.number)).size).toBe(made.length);
		for (const { json, index } of made)
			expect(
				(await files.get(scene.north.member, contentOf(document, json.number))).bytes.equals(bodies[index] as Buffer),
			).toBe(true);
	});

	it('is superseded after two minutes of silence, and can no longer complete', async () => {
		const document = await newDocument();
		const upload = await begin(document);
		await scene.admin`update stored_objects set touched_at = now() - interval '3 minutes' where document_id = ${document}`;
		expect((await files.put(scene.north.owner, document, 'taken over')).status).toBe(201);
		expect((await upload.end()).text).toContain('"code":"CONFLICT"');
		expect((await seen(document)).versions).toHaveLength(1);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('taken over');
	});

	it('that completes after it was given up and cleaned up is cleaned up again', async () => {
		const document = await newDocument();
		const upload = await begin(document);
		const [{ tag } = { tag: '' }] =
			await scene.admin`delete from stored_objects where document_id = ${document} returning tag`;
		await upload.end();
		await expect
			.poll(async () => (await rowsOf(document)).map((row) => [row.tag, row.state]))
			.toEqual([[tag, 'DELETING']]);
		await expectNothing(document);
	});

	it('is not stored if its document is removed meanwhile', async () => {
		const document = await newDocument();
		const { revision } = await seen(document);
		const upload = await begin(document);
		await scene.api.ask(
			scene.north.member,
			`mutation { deleteDocument(input: { id: "${document}", expectedRevision: ${revision} }) { id } }`,
		);
		expect((await upload.end()).status).toBe(404);
		expect(await statesOf(document)).toEqual(['DELETING']);
	});

	it('is deleted together with its document', async () => {
		const document = await newDocument();
		await files.put(scene.north.member, document, 'one');
		await files.put(scene.north.member, document, 'two');
		const { revision } = await seen(document);
		await scene.api.ask(
			scene.north.member,
			`mutation { deleteDocument(input: { id: "${document}", expectedRevision: ${revision} }) { id } }`,
		);
		expect((await files.get(scene.north.member, contentOf(document))).status).toBe(404);
		expect((await files.get(scene.north.member, contentOf(document, 1))).status).toBe(404);
		expect(await statesOf(document)).toEqual(['DELETING', 'DELETING']);
	});

	it('is not stored if it cannot be logged', async () => {
		const document = await newDocument();
		await scene.admin`alter table audit_entries rename to audit_entries_away`;
		const closed = await files.put(scene.north.member, document, 'x');
		await scene.admin`alter table audit_entries_away rename to audit_entries`;
		expect([closed.status, closed.json.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
		await expectNothing(document);
	});
});
