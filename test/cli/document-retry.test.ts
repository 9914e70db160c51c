import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askDocument, enterNewDirectory, fileOf } from './document-program.ts';

describe('an API that cannot accept a file now', () => {
	const seenBodies: number[] = [];
	/** A function answers by itself. */
	type Answer = [status: number, headers: Record<string, string>, body: object | string];
	let answers: (Answer | ((response: ServerResponse) => void))[] = [];
	const server = createServer((request, response) => {
		let bytes = 0;
		request.on('data', (piece: Buffer) => {
			bytes += piece.length;
		});
		request.on('end', () => {
			seenBodies.push(bytes);
			const next = answers.shift() ?? [500, {}, ''];
			if (typeof next === 'function') return next(response);
			const [status, headers, body] = next;
			response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
		});
	});
	beforeAll(async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	});
	enterNewDirectory();
	beforeEach(() => {
		seenBodies.length = 0;
	});
	afterAll(() => void server.close());

	const id = uuidv7();
	const problem = { 'content-type': 'application/problem+json' };
	const away = (seconds: number): Answer => [
		503,
		{ ...problem, 'retry-after': String(seconds) },
		{ code: 'KEY_UNAVAILABLE', detail: 'The key service is away.' },
	];
	const put = (file: string, input?: Uint8Array) => {
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const options = { env: { FIRMSEAL_URL: url, FIRMSEAL_TOKEN: 'a.b.c' }, input };
		return askDocument(options, 'put', file, '--document', id);
	};

	it('is asked again a few times if it says when', async () => {
		const file = fileOf('late.txt', 'late');
		const stored = { documentId: id, versionId: uuidv7(), number: 4, byteSize: 4 };
		answers = [away(1), away(0), [201, {}, stored]];
		const { ok, result, stderr } = await put(file);
		expect([ok, result, seenBodies]).toEqual([true, stored, [4, 4, 4]]);
		expect(stderr).toContain('The API asked to retry in 1 s.');
		answers = Array(6).fill(away(0));
		expect(await put(file)).toMatchObject({ code: 1, error: { code: 'KEY_UNAVAILABLE' } });
		expect(seenBodies).toHaveLength(3 + 4);
	});

	it('is not asked again if the input cannot be read twice or the wait is too long', async () => {
		answers = [away(1)];
		expect(await put('-', Buffer.from('once'))).toMatchObject({ error: { code: 'KEY_UNAVAILABLE' } });
		answers = [away(3600)];
		expect(await put(fileOf('y.txt', 'y'))).toMatchObject({ error: { code: 'KEY_UNAVAILABLE' } });
		expect(seenBodies).toHaveLength(2);
	});

	it.each([
		[
			'cuts its answer',
			(response: ServerResponse) =>
				response.writeHead(201, { 'content-length': 99 }).write('{', () => response.destroy()),
		],
		['answers with what is not HTTP', (response: ServerResponse) => response.socket?.end('no HTTP\r\n\r\n')],
	])('may have stored the file if it %s after the whole file was sent', async (_what, answer) => {
		answers = [answer];
		const { code, error } = await put(fileOf('sent.txt', 'all'));
		expect([code, error.message]).toEqual([
			1,
			'The connection was cut before the answer came, so the file may be stored: look at the document’s versions before you send it again.',
		]);
		expect(seenBodies).toEqual([3]);
	});

	it('is told apart from a proxy in front of it', async () => {
		const file = fileOf('z.txt', 'z');
		answers = [
			[413, { 'content-type': 'text/html' }, '<h1>413</h1>'],
			[502, {}, 'Bad Gateway'],
			[200, {}, '<html>'],
			[307, { location: 'http://127.0.0.1:1/stolen' }, ''],
			[409, problem, { code: 'MADE_UP', detail: '\u001b[31mred' }],
		];
		const outcomes = [];
		while (answers.length > 0) outcomes.push((await put(file)).error);
		expect(outcomes.map(({ code }) => code)).toEqual(['PAYLOAD_TOO_LARGE', 'SETUP', 'SETUP', 'SETUP', 'INTERNAL']);
		const messages = outcomes.map(({ message }) => message);
		expect(messages.join(' ')).not.toMatch(/html|h1|\[31m|stolen/);
		expect([messages[1], messages[3]]).toEqual([
			expect.stringContaining('(status 502)'),
			expect.stringContaining('(it redirects)'),
		]);
	});
});
