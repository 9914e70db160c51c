import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { openPages } from '../../src/processes/open-pages.ts';

const FILES = {
	'index.html': '<title>Workspace</title>',
	'operator/index.html': '<title>Console</title>',
	'verify/index.html': '<title>Verifier</title>',
	'assets/app-1.js': 'export {};'.repeat(100),
	'assets/signed-in.html': '<title>Signed in</title>',
};

describe('the pages of a server', () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'firmseal-pages-'));
		for (const name of ['operator', 'verify', 'assets']) mkdirSync(join(folder, name));
		for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
		const hashes = Object.entries(FILES).map(([path, text]) => [path, createHash('sha256').update(text).digest('hex')]);
		writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: Object.fromEntries(hashes) }));
		writeFileSync(join(folder, 'assets/not-built.js'), 'alert(1)');
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	const open = async (options: Partial<Parameters<typeof openPages>[1]> = {}): Promise<FastifyInstance> => {
		const app = fastify();
		const url = pathToFileURL(`${folder}/`);
		const config = readConfig({ FIRMSEAL_PAGES: 'on' });
		await openPages({ app }, { config, kinds: ['firm', 'operator'], built: undefined, folder: url, ...options });
		return app;
	};

	it('are served with a policy that allows scripts of their own origin alone', async () => {
		const app = await open();
		const workspace = await app.inject('/');
		expect(workspace.body).toBe(FILES['index.html']);
		const policy = String(workspace.headers['content-security-policy']).split('; ');
		expect(policy).toEqual(
			expect.arrayContaining([
				"default-src 'none'",
				"script-src 'self'",
				"style-src 'self'",
				"connect-src 'self'",
				"frame-ancestors 'none'",
				"require-trusted-types-for 'script'",
			]),
		);
		expect(policy.join()).not.toContain('unsafe');
		expect(workspace.headers['cache-control']).toBe('no-cache');
		const verifier = await app.inject('/verify');
		expect(verifier.headers['content-security-policy']).toContain("connect-src 'none'");
		const again = await app.inject({ url: '/', headers: { 'if-none-match': String(workspace.headers.etag) } });
		expect(again.statusCode).toBe(304);
	});

	it('are compressed for a browser that takes gzip, and their files are cached for good', async () => {
		const app = await open();
		const answer = await app.inject({ url: '/assets/app-1.js', headers: { 'accept-encoding': 'br, gzip' } });
		expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
		expect(answer.headers['cache-control']).toContain('immutable');
		expect(gunzipSync(answer.rawPayload).toString()).toBe(FILES['assets/app-1.js']);
	});

	it.each([undefined, '', 'br', 'gzip;q=0', 'gzip;q=0.1, identity'])(
		'are not compressed for a browser that accepts %j',
		async (accepted) => {
			const app = await open();
			const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
			const answer = await app.inject({ url: '/assets/app-1.js', headers });
			expect(answer.headers['content-encoding']).toBeUndefined();
			expect(answer.body).toBe(FILES['assets/app-1.js']);
		},
	);

	it('are only the files of the manifest', async () => {
		const app = await open();
		for (const path of ['not-built.js', '..%2findex.html', '..%2f..%2fpackage.json', 'manifest.json'])
			expect((await app.inject(`/assets/${path}`)).statusCode).toBe(404);
	});

	it('are each one answer, which nothing in a request makes another that a cache would keep', async () => {
		const app = await open();
		const workspace = await app.inject('/');
		const foreign = {
			'x-forwarded-host': 'evil.example',
			'x-original-url': '/operator',
			'x-rewrite-url': '/operator',
			range: 'bytes=0-3',
			'accept-language': '"><script>',
			'if-none-match': String((await app.inject('/operator')).headers.etag),
		};
		for (const url of ['/', '/?page=<script>alert(1)</script>', '/?/operator']) {
			const { statusCode, body, headers } = await app.inject({ url, headers: foreign });
			expect([url, statusCode, body]).toEqual([url, 200, FILES['index.html']]);
			expect(headers).toEqual({ ...workspace.headers, date: headers.date });
		}
		const head = await app.inject({ method: 'HEAD', url: '/' });
		expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', workspace.headers.etag]);
		for (const url of [
			'/operator/',
			'//operator',
			'/operator%2f',
			'/%6fperator/x',
			'/VERIFY',
			'/index.html',
			'/verify;x',
		])
			expect([url, (await app.inject(url)).statusCode]).toEqual([url, 404]);
		for (const method of ['POST', 'PUT', 'DELETE'] as const)
			expect([method, (await app.inject({ method, url: '/' })).statusCode]).toEqual([method, 404]);
	});

	it('are those of the planes of the process', async () => {
		const operator = await open({ kinds: ['operator'] });
		expect((await operator.inject('/')).headers.location).toBe('/operator');
		expect((await operator.inject('/operator')).body).toBe(FILES['operator/index.html']);
		const firm = await open({ kinds: ['firm'] });
		expect((await firm.inject('/operator')).statusCode).toBe(404);
	});

	it('may call the identity provider, which config.json names', async () => {
		const config = readConfig({
			FIRMSEAL_PAGES: 'on',
			FIRMSEAL_JWT_ISSUER: 'https://id.example/realm',
			FIRMSEAL_JWT_AUDIENCE: 'https://api.example',
			FIRMSEAL_JWKS_URL: 'https://id.example/keys',
			FIRMSEAL_JWT_CLIENTS: 'cli, pages',
			FIRMSEAL_PAGES_CLIENT: 'pages',
			FIRMSEAL_PAGES_SCOPE: 'openid offline_access',
		});
		const app = await open({ config });
		expect((await app.inject('/')).headers['content-security-policy']).toContain(
			"connect-src 'self' https://id.example",
		);
		expect((await app.inject('/assets/config.json')).json()).toEqual({
			api: '',
			issuer: 'https://id.example/realm',
			client: 'pages',
			scope: 'openid offline_access',
			audience: 'https://api.example',
		});
	});

	it('ask for patience while they are built', async () => {
		const building = Promise.withResolvers<void>();
		const app = await open({ built: building.promise });
		const early = await app.inject('/');
		expect([early.statusCode, early.headers.refresh]).toEqual([503, '1']);
		building.resolve();
		await building.promise;
		await expect.poll(async () => (await app.inject('/')).statusCode).toBe(200);
	});

	it('stop the start if they are asked for and are not built, or not as they were built', async () => {
		const empty = pathToFileURL(`${mkdtempSync(join(folder, 'empty-'))}/`);
		await expect(open({ folder: empty })).rejects.toThrow(
			'FIRMSEAL_PAGES is on, but web/dist has no pages: run npm run build:web, or turn the pages off.',
		);
		expect((await (await open({ folder: empty, config: readConfig({}) })).inject('/')).statusCode).toBe(404);
		writeFileSync(join(folder, 'index.html'), '<title>Other</title>');
		await expect(open()).rejects.toThrow('web/dist/index.html is not the file that was built: run npm run build:web.');
	});
});
