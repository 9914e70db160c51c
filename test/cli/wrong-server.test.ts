import { mkdirSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { firmseal, firmsealJson, newDirectory } from '../system/program.ts';

const TOKEN = 'a-token.of.no-one';
const as = (url: string) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: TOKEN });
const LEASE = {
	id: uuidv7(),
	firmId: uuidv7(),
	firm: { slug: 'north', name: 'North' },
	state: 'REVOKED',
	classes: ['NOTE'],
	approvals: [],
	reason: null,
	ticket: null,
	coordinates: null,
	recordIds: null,
	readBudget: null,
	requester: null,
	requestedById: uuidv7(),
	requestedAt: '2026-01-01T00:00:00.000Z',
	purpose: 'DEBUG',
	minutes: 15,
	used: 0,
	isReviewed: false,
	requestHash: '0'.repeat(64),
	activatedAt: null,
	expiresAt: null,
	endedAt: null,
};

const OPENING = { at: LEASE.requestedAt, coordinates: ['Note.title'], recordIds: [LEASE.id] };
const FIRM = { id: uuidv7(), slug: 'south', name: 'South' };

const PROOF = ['audit', 'proof', '--entry', LEASE.id];
const OTHERS = [
	['lease', 'list'],
	['lease', 'use', '--lease', LEASE.id, '--id', LEASE.id],
	['audit', 'checkpoint'],
	['firm', 'export'],
];

describe('a server that is not the API', () => {
	let impostor: Server;
	const asked: { url: string | undefined; authorization: string | undefined }[] = [];
	const port = () => (impostor.address() as AddressInfo).port;
	beforeAll(async () => {
		impostor = createServer(({ url, headers }, answer) => {
			asked.push({ url, authorization: headers.authorization });
			if (url?.startsWith('/elsewhere')) answer.writeHead(307, { location: `http://127.0.0.1:${port()}/stolen` }).end();
			else if (url?.startsWith('/odd'))
				answer.end(JSON.stringify({ errors: [{ message: '\u001b[31mred\n', extensions: { code: 'MADE_UP' } }] }));
			else answer.writeHead(url?.startsWith('/before') ? 502 : 200).end('<html>');
		});
		await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => void impostor.close());

	it.each([
		['a page', '', 'SETUP', /not a Firmseal/],
		['a redirect', '/elsewhere', 'SETUP', /^The API at http:\/\/127\.0\.0\.1:\d+ can't be reached \(it redirects\): /],
		['a proxy’s error', '/before', 'SETUP', /can't be reached \(status 502\): /],
		['an unknown error code', '/odd', 'INTERNAL', /does not explain/],
	])('is reported if it answers with %s', async (_, path, code, message) => {
		const { error } = await firmsealJson(as(`http://127.0.0.1:${port()}${path}`), 'lease', 'list');
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
		expect(asked.map(({ url }) => url)).not.toContain('/stolen');
	});

	it.each([
		['the same cursor again and again', 1, 'a'],
		['empty pages', 0, null],
		['no cursor', 1, 'none'],
	])('is abandoned if its list never ends: %s', async (_, count, cursor) => {
		let answered = 0;
		const endless = createServer((request, answer) => {
			answered += 1;
			const endCursor = cursor === 'none' ? null : (cursor ?? `${answered}`);
			const pageOf = (node: object) => ({
				nodes: Array(count).fill(node),
				pageInfo: { hasNextPage: true, endCursor },
			});
			void text(request).then((query) => {
				const ofOne = { breakGlassLease: query.includes('openings') ? { ...LEASE, openings: pageOf(OPENING) } : LEASE };
				answer.end(JSON.stringify({ data: { ...ofOne, breakGlassLeases: pageOf(LEASE), firms: pageOf(FIRM) } }));
			});
		});
		await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
		const env = as(`http://127.0.0.1:${(endless.address() as AddressInfo).port}`);
		for (const args of [['list'], ['list', '--firm', 'north'], ['show', '--lease', LEASE.id, '--openings']]) {
			answered = 0;
			const { code, error } = await firmsealJson(env, 'lease', ...args);
			expect([args, code, error.code, error.message]).toEqual([
				args,
				1,
				'INTERNAL',
				'The API returns a list without an end, or the same page again: report this to the operator of the API.',
			]);
			expect(answered).toBeLessThanOrEqual(3);
		}
		endless.close();
	});

	/** Starts a server that answers each request with `answer`. */
	async function answering(answer: RequestListener) {
		const server = createServer(answer);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return {
			url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
			[Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
		};
	}

	it('is abandoned if it sends too much, and a compressed answer is not decompressed', async () => {
		const mib = Buffer.alloc(1024 ** 2, ' ');
		let asked: string | undefined;
		await using large = await answering((request, answer) => {
			asked = `${request.headers['accept-encoding']}`;
			Readable.from(Array(300).fill(mib))
				.on('error', () => {})
				.pipe(answer);
		});
		const { code, error } = await firmsealJson(as(large.url), 'lease', 'list');
		expect([code, error.code, asked]).toEqual([1, 'SETUP', 'identity']);
		expect(error.message).toBe(
			`The server at ${large.url} answered one request with more than 128 MiB, which no Firmseal API does: set FIRMSEAL_URL to the address of the API.`,
		);
		const packed = gzipSync(Buffer.alloc(300 * 1024 ** 2, ' '));
		await using small = await answering(
			(_, answer) => void answer.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
		);
		const unpacked = await firmsealJson(as(small.url), 'lease', 'list');
		expect(unpacked.error).toEqual({ code: 'SETUP', message: expect.stringContaining('not a Firmseal') });
	});

	it('is abandoned if its answer takes longer than a minute', async () => {
		await using slow = await answering((_, answer) => void answer.write('{'));
		// The minute is over at once, when the head of the answer is there.
		vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
			const over = new AbortController();
			setImmediate(() => over.abort());
			return over.signal;
		});
		const { code, error } = await firmsealJson(as(slow.url), 'lease', 'list');
		expect([code, error.message]).toEqual([1, 'The connection to the API was cut. Try again later.']);
		expect(AbortSignal.timeout).toHaveBeenCalledWith(60_000);
	});

	it.each(OTHERS)('is reported if it does not speak HTTP: %s %s', async (...args) => {
		const silent = createTcpServer((socket) => void socket.on('error', () => {}).end('no HTTP\r\n\r\n'));
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		const { error } = await firmsealJson(as(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`), ...args);
		expect(error.message).toMatch(/can't be reached \(its answer is not HTTP\): start the server/);
		silent.close();
	});

	it('cannot cause a file to be written elsewhere by an id that is a path', async () => {
		const id = '2026/../../evil';
		const data = {
			viewer: { operatorRoles: [] },
			firms: { nodes: [{ id, slug: 'x' }], pageInfo: { hasNextPage: false } },
		};
		const leaf = { index: 0, leaf: '{}' };
		const note = 'a/firmseal/x\n1\nAAAA\n\n\u2014 a AAAA\n';
		const checkpoint = { origin: 'a/firmseal/x', size: 1, root: 'AAAA', note };
		const auditCheckpoint = { ...checkpoint, rootInclusion: { index: 0, hashes: [], note: 'x\n' } };
		const all = { ...data, auditCheckpoint, auditEntries: { nodes: [leaf] } };
		await using hostile = await answering((_, answer) => void answer.end(JSON.stringify({ data: all })));
		const home = process.cwd();
		const parent = newDirectory();
		mkdirSync(join(parent, 'here/audit-2026'), { recursive: true });
		process.chdir(join(parent, 'here'));
		try {
			const { code, error } = await firmsealJson(as(hostile.url), 'audit', 'export');
			expect([code, error]).toEqual([1, { code: 'SETUP', message: expect.stringContaining('not a Firmseal') }]);
			expect(readdirSync(parent, { recursive: true }).toSorted()).toEqual(['here', 'here/audit-2026']);
		} finally {
			process.chdir(home);
		}
	});

	it.each([
		'[]',
		'5',
		'{"data":5}',
		'{"data":"x","errors":[null]}',
		'{"data":[]}',
		'{"data":{},"errors":{"length":1}}',
		'{"data":null,"errors":null}',
		'{"errors":{"length":1}}',
		'{"errors":"all wrong"}',
		'{"errors":[[]]}',
		'{"errors":[{"path":"x"}]}',
		'{"errors":[{"extensions":5}]}',
		'{"data":{},"extensions":{"sealed":{}}}',
		'{"data":{},"extensions":{"sealed":[null]}}',
		'{"data":{"auditInclusionProof":DEEP}}',
	])('is reported if it answers with invalid JSON: %s', async (body) => {
		await using odd = await answering((_, answer) => void answer.end(body.replace('DEEP', DEEP)));
		for (const args of [PROOF, ...OTHERS]) {
			const { error } = await firmsealJson(as(odd.url), ...args);
			expect([args, error]).toEqual([args, { code: 'SETUP', message: expect.stringContaining('not a Firmseal') }]);
		}
	});

	const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
	const viewer = { operatorRoles: [] };
	it.each<[string, object, readonly string[]]>([
		['no proof', {}, PROOF],
		['a proof that is a number', { auditInclusionProof: 5 }, PROOF],
		['no viewer', {}, ['audit', 'checkpoint']],
		['a viewer without roles', { viewer: {} }, ['audit', 'checkpoint']],
		['a list of nulls', { viewer, firms: { nodes: [null], pageInfo: { hasNextPage: false } } }, ['audit', 'export']],
	])('is reported if it sends %s', async (_, data, args) => {
		await using odd = await answering((_, answer) => void answer.end(JSON.stringify({ data })));
		const { error } = await firmsealJson(as(odd.url), ...args);
		expect(error).toEqual({ code: 'SETUP', message: expect.stringContaining('not a Firmseal') });
	});

	it('cannot send escapes to the terminal in a proof', async () => {
		const file = 'c2sp.org/tlog-proof@v1\n\u001b]0;PWNED\u0007\u001b[2JThe entry is in the log\n';
		const data = { auditInclusionProof: { index: 0, size: 1, file } };
		await using hostile = await answering((_, answer) => void answer.end(JSON.stringify({ data })));
		const { code, stdout, stderr } = await firmseal(
			as(hostile.url),
			'audit',
			'proof',
			'--entry',
			uuidv7(),
			'--out',
			'-',
		);
		expect([code, stdout]).toEqual([1, '']);
		expect(stderr).toContain('not a Firmseal');
	});

	it('gets no token over a connection without TLS, and is reported if it is unreachable', async () => {
		const remote = await firmsealJson(as('http://firmseal.example'), 'lease', 'list');
		expect([remote.code, remote.error.code]).toEqual([1, 'SETUP']);
		expect(remote.error.message).toContain('https');
		const unreachable = await Promise.all(
			['http://127.0.0.1:2/below', 'https://seal.invalid'].flatMap((url) => [
				firmsealJson(as(url), 'lease', 'list'),
				firmsealJson(as(url), 'document', 'get', uuidv7()),
			]),
		);
		const closed =
			"The API at http://127.0.0.1:2 can't be reached (ECONNREFUSED): start the server, or set FIRMSEAL_URL to its address.";
		const unknown = expect.stringMatching(/^seal\.invalid cannot be resolved.+: fix .*the host in FIRMSEAL_URL\.$/);
		expect(unreachable.map(({ error }) => error)).toEqual(
			[closed, closed, unknown, unknown].map((message) => ({ code: 'SETUP', message })),
		);
		expect(JSON.stringify([remote, unreachable])).not.toContain(TOKEN);
	});
});
