import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askDocument, enterNewDirectory, here, read } from './document-program.ts';

type Headers = Readonly<Record<string, string>>;

/** The answers of the server, in order. */
let answers: [status: number, headers: Headers, body: string][] = [];
const server = createServer((_request, response) => {
	const [status, headers, body] = answers.shift() ?? [500, {}, ''];
	response.writeHead(status, headers).end(body);
});

beforeAll(async () => {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
});
enterNewDirectory();
afterAll(() => void server.close());

const get = (...args: string[]) => {
	const { port } = server.address() as AddressInfo;
	const env = { FIRMSEAL_URL: `http://127.0.0.1:${port}`, FIRMSEAL_TOKEN: 'the.secret.token' };
	return askDocument({ env }, 'get', uuidv7(), ...args);
};
const TAG = `"${uuidv7()}"`;
const head = (more: Headers = {}): Headers => ({
	etag: TAG,
	'content-length': '4',
	'content-disposition': 'attachment; filename="a.txt"',
	...more,
});

describe('a server that is not Firmseal', () => {
	it.each([
		['attachment; filename="../../outside.txt"', 'outside.txt'],
		["attachment; filename*=UTF-8''%2e%2e%2f%2e%2e%2foutside%0a.txt", 'outside_.txt'],
		['attachment; filename="/etc/cron.d/x"', 'x'],
		['attachment; filename=""', 'document'],
		['inline', 'document'],
		[';;;"', 'document'],
	])('names the file %s, but it is written to the current directory', async (disposition, expected) => {
		answers = [[200, head({ 'content-disposition': disposition }), 'text']];
		const { ok, result } = await get();
		expect([ok, result.file, here()]).toEqual([true, expected, [expected]]);
		expect(read(expected).toString()).toBe('text');
	});

	it.each([
		['no tag', 200, { etag: '' }],
		['a tag that is a path', 200, { etag: '"../../x"' }],
		['a weak tag', 200, { etag: `W/${TAG}` }],
		['a part without a range', 206, {}],
		['a part with an invalid range', 206, { 'content-range': 'bytes 0-/4' }],
		['a part that was not requested', 206, { 'content-range': 'bytes 4-7/8' }],
		['a redirect', 302, { location: 'http://127.0.0.1:1/' }],
		['no content', 204, {}],
	])('answers with %s, and nothing is written', async (_, status, more) => {
		const answer: (typeof answers)[number] = [status, head(more), status === 204 ? '' : 'text'];
		answers = Array(8).fill(answer);
		const { code, error } = await get();
		expect([code, error.code, here()]).toEqual([1, 'SETUP', []]);
		expect(error.message).not.toContain('the.secret.token');
	});

	it('is retried if it is unavailable for a moment', async () => {
		const problem = { 'content-type': 'application/problem+json', 'retry-after': '0' };
		const away: (typeof answers)[number] = [503, problem, '{"code":"KEY_UNAVAILABLE","detail":"The key is away."}'];
		answers = [away, away, [200, head(), 'text']];
		expect((await get()).ok).toBe(true);
		answers = Array(11).fill(away);
		const { code, error } = await get('--out', 'other');
		expect([code, error]).toEqual([1, { code: 'KEY_UNAVAILABLE', message: 'The key is away.' }]);
		expect(answers).toHaveLength(3);
		expect(here()).toEqual(['a.txt']);
	});
});
