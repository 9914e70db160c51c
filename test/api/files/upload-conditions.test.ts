import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { contentOf, type FileAnswer, someBytes } from '../../support/files.ts';
import { filesOf } from './stage.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { files, newDocument, statesOf } = filesOf(() => scene);

const OTHER = '"01980000-0000-7000-8000-000000000000"';
const refusedAs = ({ status, json }: FileAnswer) => [status, json.code, json.detail];
const CHANGED = [412, 'CONFLICT', 'The document has another file than the one you have read: read it again.'];

/** A document with a file, and the entity tag of that file. */
async function newFile(): Promise<[document: string, tag: string]> {
	const document = await newDocument();
	const { headers } = await files.put(scene.north.member, document, 'first');
	return [document, headers.get('etag') ?? ''];
}

describe('upload conditions', () => {
	it.each<[string, (tag: string) => Record<string, string>]>([
		['the current file', (tag) => ({ 'if-match': tag })],
		['one of several', (tag) => ({ 'if-match': `${OTHER} , ${tag}` })],
		['any file', () => ({ 'if-match': '*' })],
		['not another file', () => ({ 'if-none-match': `${OTHER}, W/${OTHER}` })],
		['both', (tag) => ({ 'if-match': tag, 'if-none-match': OTHER })],
	])('that hold let the upload through: %s', async (_, headers) => {
		const [document, tag] = await newFile();
		const put = await files.put(scene.north.owner, document, 'second', headers(tag));
		expect([put.status, put.json.number]).toEqual([201, 2]);
	});

	it.each<[string, (tag: string) => Record<string, string>]>([
		['another file', () => ({ 'if-match': OTHER })],
		['the file by a weak tag', (tag) => ({ 'if-match': `W/${tag}` })],
		['an empty list', () => ({ 'if-match': '' })],
		['* beside a tag, which is not a valid list', () => ({ 'if-match': `${OTHER}, *` })],
		['no file', () => ({ 'if-none-match': '*' })],
		['not this file', (tag) => ({ 'if-none-match': `${OTHER}, ${tag}` })],
		['not this file, by a weak tag', (tag) => ({ 'if-none-match': `W/${tag}` })],
		['this file and not this file', (tag) => ({ 'if-match': tag, 'if-none-match': tag })],
	])('that fail leave the file as it is: %s', async (_, headers) => {
		const [document, tag] = await newFile();
		const put = await files.put(scene.north.owner, document, 'second', headers(tag));
		expect(refusedAs(put)).toEqual(CHANGED);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('first');
		expect(await statesOf(document)).toEqual(['STORED']);
	});

	it('match nothing in a document without a file', async () => {
		const document = await newDocument();
		for (const tag of [OTHER, '*'])
			expect(refusedAs(await files.put(scene.north.member, document, 'x', { 'if-match': tag }))).toEqual(CHANGED);
		expect(await statesOf(document)).toEqual([]);
		expect((await files.put(scene.north.member, document, 'first', { 'if-none-match': '*' })).status).toBe(201);
		expect(refusedAs(await files.put(scene.north.member, document, 'x', { 'if-none-match': '*' }))).toEqual(CHANGED);
	});

	it('compare with the latest file, not with the one that the caller has', async () => {
		const [document, stale] = await newFile();
		const second = await files.put(scene.north.owner, document, 'second', { 'if-match': stale });
		expect(refusedAs(await files.put(scene.north.member, document, 'lost', { 'if-match': stale }))).toEqual(CHANGED);
		const latest = second.headers.get('etag') ?? '';
		expect((await files.put(scene.north.member, document, 'third', { 'if-match': latest })).json.number).toBe(3);
	});

	it('are checked before the body arrives', async () => {
		const [document] = await newFile();
		const asking = request(scene.api.url + contentOf(document), {
			method: 'PUT',
			headers: { authorization: `Bearer ${scene.north.member}`, 'content-length': 10, 'if-match': OTHER },
		});
		asking.on('error', () => {});
		asking.flushHeaders();
		const [response] = (await once(asking, 'response')) as [IncomingMessage];
		const answer = [response.statusCode, response.headers.connection, await text(response)];
		expect(answer).toEqual([412, 'close', expect.stringContaining('"code":"CONFLICT"')]);
		asking.destroy();
	});

	it('are checked last: they reveal nothing to callers who may not upload, or send an invalid upload', async () => {
		const [document, tag] = await newFile();
		for (const [token, status] of [
			[null, 401],
			[scene.operator, 403],
			[scene.harbour.owner, 404],
			[scene.north.client, 404],
		] as const)
			for (const condition of [tag, OTHER])
				expect((await files.put(token, document, 'x', { 'if-match': condition })).status).toBe(status);
		const part = { 'content-range': 'bytes 0-0/10', 'if-match': OTHER };
		expect((await files.put(scene.north.member, document, 'x', part)).status).toBe(400);
	});
});

describe('two uploads that replace the same file', () => {
	/** A body that pauses halfway until the test resumes it. */
	function pausedBody() {
		const resume = Promise.withResolvers<void>();
		const bytes = someBytes(100_000);
		const body = new ReadableStream({
			async start(controller) {
				controller.enqueue(bytes.subarray(0, 50_000));
				await resume.promise;
				controller.enqueue(bytes.subarray(50_000));
				controller.close();
			},
		});
		return { body, bytes, resume: resume.resolve };
	}

	it('cannot both win: the second is refused as under way, or as changed', async () => {
		const [document, tag] = await newFile();
		const first = pausedBody();
		const winning = files.put(scene.north.member, document, first.body, { 'if-match': tag });
		await expect.poll(() => statesOf(document)).toContain('UPLOADING');
		// The upload would be refused without its condition too, so the condition isn't evaluated (RFC 9110, section 13.2.1).
		for (const condition of [tag, OTHER])
			expect((await files.put(scene.north.owner, document, 'lost', { 'if-match': condition })).status).toBe(409);
		first.resume();
		expect((await winning).status).toBe(201);
		expect(refusedAs(await files.put(scene.north.owner, document, 'lost', { 'if-match': tag }))).toEqual(CHANGED);
	});

	it('cannot both win even if both may run at once: the second finds the file changed at its end', async () => {
		const [document, tag] = await newFile();
		const [first, second] = [pausedBody(), pausedBody()];
		await scene.admin`drop index stored_objects_one_upload`;
		try {
			const uploads = [
				files.put(scene.north.member, document, first.body, { 'if-match': tag }),
				files.put(scene.north.owner, document, second.body, { 'if-match': tag }),
			] as const;
			await expect.poll(async () => (await statesOf(document)).sort()).toEqual(['STORED', 'UPLOADING', 'UPLOADING']);
			first.resume();
			expect((await uploads[0]).json.number).toBe(2);
			second.resume();
			expect(refusedAs(await uploads[1])).toEqual(CHANGED);
		} finally {
			await scene.admin`create unique index stored_objects_one_upload on stored_objects (document_id) where state = 'UPLOADING'`;
		}
		expect((await statesOf(document)).sort()).toEqual(['DELETING', 'STORED', 'STORED']);
		const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${document}") { versions { number } } }`);
		expect(data.document.versions).toEqual([{ number: 1 }, { number: 2 }]);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.equals(first.bytes)).toBe(true);
	});
});

it('a caller who cannot see the document gets 404, whatever else is wrong with the upload', async () => {
	const document = await newDocument();
	for (const headers of [{ 'content-type': 'multipart/form-data; boundary=x' }, { 'content-encoding': 'gzip' }])
		expect((await files.put(scene.harbour.member, document, 'x', headers)).status).toBe(404);
});
