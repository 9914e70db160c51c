import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
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

	const TEXT_SHA256 = createHash('sha256').update('text').digest('hex');
	const hash = [200, {}, JSON.stringify({ data: { node: { sha256: TEXT_SHA256 } } })] as const;
	const whole = [200, head(), 'text'] as const;
	it.each([
		['sends the rest', 'te', [[206, head({ 'content-length': '2', 'content-range': 'bytes 2-3/4' }), 'xt']]],
		['ignores the range', 'te', [whole, whole]],
		[
			'has nothing after a complete part',
			'text',
			[[416, head({ 'content-length': '0', 'content-range': 'bytes */4' }), '']],
		],
		[
			'has a shorter file than the part',
			'longer',
			[[416, head({ 'content-length': '0', 'content-range': 'bytes */4' }), ''], whole],
		],
		[
			'has another version now',
			'te',
			[
				[412, {}, ''],
				[200, head({ etag: `"${uuidv7()}"` }), 'text'],
			],
		],
		['sends another part', 'te', [[206, head({ 'content-range': 'bytes 1-3/4' }), 'ext']]],
	] as const)('%s when a download to a given file continues', async (what, left, more) => {
		writeFileSync(`a.${TAG.slice(1, -1)}.part`, left);
		answers = [hash, ...more].map(([status, headers, body]) => [status, headers, body]);
		const { ok, error } = await get('--out', 'a');
		expect(answers).toEqual([]);
		if (what === 'sends another part') {
			expect([error.code, read(`a.${TAG.slice(1, -1)}.part`).toString()]).toEqual(['SETUP', left]);
			return;
		}
		expect([ok, here(), read('a').toString()]).toEqual([true, ['a'], 'text']);
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
