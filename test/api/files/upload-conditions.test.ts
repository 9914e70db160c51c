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
const CHANGED = [412, 'CONFLICT', 'The file is another than the one that you have: read it again.'];

/** A document with a file, and the tag of that. */
async function newFile(): Promise<[document: string, tag: string]> {
	const document = await newDocument();
	const { headers } = await files.put(scene.north.member, document, 'first');
	return [document, headers.get('etag') ?? ''];
}

describe('conditions of an upload', () => {
	it.each<[string, (tag: string) => Record<string, string>]>([
		['the file that there is', (tag) => ({ 'if-match': tag })],
		['one of several', (tag) => ({ 'if-match': `${OTHER} , ${tag}` })],
		['any file', () => ({ 'if-match': '*' })],
		['another than this one', () => ({ 'if-none-match': `${OTHER}, W/${OTHER}` })],
		['both', (tag) => ({ 'if-match': tag, 'if-none-match': OTHER })],
	])('that hold let it through: %s', async (_, headers) => {
		const [document, tag] = await newFile();
		const put = await files.put(scene.north.owner, document, 'second', headers(tag));
		expect([put.status, put.json.number]).toEqual([201, 2]);
	});

	it.each<[string, (tag: string) => Record<string, string>]>([
		['another file', () => ({ 'if-match': OTHER })],
		['the file by a weak tag', (tag) => ({ 'if-match': `W/${tag}` })],
		['nothing', () => ({ 'if-match': '' })],
		['any beside a tag, which is no list', () => ({ 'if-match': `${OTHER}, *` })],
		['none', () => ({ 'if-none-match': '*' })],
		['not this one', (tag) => ({ 'if-none-match': `${OTHER}, ${tag}` })],
		['not this one, by a weak tag', (tag) => ({ 'if-none-match': `W/${tag}` })],
		['this one and not this one', (tag) => ({ 'if-match': tag, 'if-none-match': tag })],
	])('that don’t hold leave the file as it is: %s', async (_, headers) => {
		const [document, tag] = await newFile();
		const put = await files.put(scene.north.owner, document, 'second', headers(tag));
		expect(refusedAs(put)).toEqual(CHANGED);
		expect((await files.get(scene.north.member, contentOf(document))).bytes.toString()).toBe('first');
		expect(await statesOf(document)).toEqual(['STORED']);
	});

	it('of a document without a file: there is none to be matched', async () => {
		const document = await newDocument();
		for (const tag of [OTHER, '*'])
			expect(refusedAs(await files.put(scene.north.member, document, 'x', { 'if-match': tag }))).toEqual(CHANGED);
		expect(await statesOf(document)).toEqual([]);
		expect((await files.put(scene.north.member, document, 'first', { 'if-none-match': '*' })).status).toBe(201);
		expect(refusedAs(await files.put(scene.north.member, document, 'x', { 'if-none-match': '*' }))).toEqual(CHANGED);
	});

	it('are those of the latest file, not of the one that the caller has', async () => {
		const [document, stale] = await newFile();
		const second = await files.put(scene.north.owner, document, 'second', { 'if-match': stale });
		expect(refusedAs(await files.put(scene.north.member, document, 'lost', { 'if-match': stale }))).toEqual(CHANGED);
		const latest = second.headers.get('etag') ?? '';
		expect((await files.put(scene.north.member, document, 'third', { 'if-match': latest })).json.number).toBe(3);
	});

	it('are looked at before the body comes', async () => {
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

	it('come last: who may not upload, or sends what is no file, learns nothing by them', async () => {
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

describe('two who write over the same file', () => {
	/** A body whose end is in the test's hand. */
	function held() {
		const goOn = Promise.withResolvers<void>();
		const bytes = someBytes(100_000);
		const body = new ReadableStream({
			async start(controller) {
				controller.enqueue(bytes.subarray(0, 50_000));
				await goOn.promise;
				controller.enqueue(bytes.subarray(50_000));
				controller.close();
			},
		});
		return { body, bytes, goOn: goOn.resolve };
	}

	it('can’t both win: the other one is under way, or the file has changed', async () => {
		const [document, tag] = await newFile();
		const first = held();
		const winning = files.put(scene.north.member, document, first.body, { 'if-match': tag });
		await expect.poll(() => statesOf(document)).toContain('UPLOADING');
		// Without its condition it would be refused as well, so that isn't looked at (RFC 9110, section 13.2.1).
		for (const condition of [tag, OTHER])
			expect((await files.put(scene.north.owner, document, 'lost', { 'if-match': condition })).status).toBe(409);
		first.goOn();
		expect((await winning).status).toBe(201);
		expect(refusedAs(await files.put(scene.north.owner, document, 'lost', { 'if-match': tag }))).toEqual(CHANGED);
	});

	it('can’t both win where two uploads may be under way: the second finds another file when it is done', async () => {
		const [document, tag] = await newFile();
		const [first, second] = [held(), held()];
		await scene.admin`drop index stored_objects_one_upload`;
		try {
			const uploads = [
				files.put(scene.north.member, document, first.body, { 'if-match': tag }),
				files.put(scene.north.owner, document, second.body, { 'if-match': tag }),
			] as const;
			await expect.poll(async () => (await statesOf(document)).sort()).toEqual(['STORED', 'UPLOADING', 'UPLOADING']);
			first.goOn();
			expect((await uploads[0]).json.number).toBe(2);
			second.goOn();
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

it('a document that isn’t there for the caller is all that is said, whatever is wrong with the file', async () => {
	const document = await newDocument();
	for (const headers of [{ 'content-type': 'multipart/form-data; boundary=x' }, { 'content-encoding': 'gzip' }])
		expect((await files.put(scene.harbour.member, document, 'x', headers)).status).toBe(404);
});
