import { createServer, request as send } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { contentOf, filesAt } from '../support/files.ts';
import { listen } from '../support/listen.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';

/** Every route of a development server that a browser can open, and some that are not there. */
const PATHS = [
	'/',
	'/operator',
	'/verify',
	'/assets/config.json',
	'/assets/signed-in.html',
	'/assets/nothing.js',
	'/graphql?query=%7Bviewer%7Bemail%7D%7D',
	'/graphiql',
	'/events',
	'/health/live',
	'/metrics',
	'/documents/00000000-0000-7000-8000-000000000000/content',
	'/issuer/.well-known/openid-configuration',
	'/issuer/authorize',
	'/issuer/jwks',
	'/issuer/end-session',
	'/nowhere',
	'/%2e%2e/%00',
	'/%zz',
];

interface Raw {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
}

describeInChromium('the pages under attack', () => {
	let scene: PagesScene;
	let port: number;
	beforeAll(async () => {
		scene = await openPagesScene();
		port = Number(new URL(scene.api.url).port);
	}, 240_000);
	afterEach(async () => {
		await scene.forget();
		// What the policy refused was told to the test that tried it; some comes late.
		scene.complaints();
	});
	afterAll(() => scene.close());

	/** Sends exactly this path and these headers, as no browser would. */
	const raw = (path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Raw> =>
		new Promise((resolve, reject) => {
			const request = send({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
				const parts: Buffer[] = [];
				const done = () =>
					resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: String(Buffer.concat(parts)) });
				answer.on('data', (part: Buffer) => parts.push(part));
				answer.on('end', done);
				// A stream has no end.
				if (answer.headers['content-type'] === 'text/event-stream') {
					done();
					request.destroy();
				}
			});
			request.on('error', reject);
			request.end(body);
		});
	const ask = async (query: string, variables: object) => {
		const { data, text } = await scene.api.ask(scene.tokens[MEMBER] ?? '', query, variables as Record<string, unknown>);
		if (!data) throw new Error(text);
		return data;
	};

	it('can be framed, sniffed or kept by a cache at no path, also where the answer is an error', async () => {
		for (const path of PATHS) {
			const { headers } = await raw(path, { host: `localhost:${port}` });
			expect([path, headers['content-security-policy']]).toEqual([
				path,
				expect.stringContaining("frame-ancestors 'none'"),
			]);
			expect([path, headers['content-security-policy']]).toEqual([path, expect.stringContaining("default-src 'none'")]);
			expect([path, headers['x-content-type-options']]).toEqual([path, 'nosniff']);
			expect([path, headers['access-control-allow-origin']]).toEqual([path, undefined]);
			expect([path, headers['cross-origin-resource-policy']]).toEqual([path, 'same-origin']);
			if (!/^\/(assets\/s|operator|verify|graphiql|health)|^\/$|config\.json/.test(path))
				expect([path, headers['cache-control']]).toEqual([path, 'no-store']);
		}
	});

	it('answer under no name that an attacker can point to this machine', async () => {
		const names = [
			'evil.example',
			`evil.example:${port}`,
			'evil.example.',
			'EVIL.EXAMPLE',
			'localhost.evil.example',
			'127.0.0.1.nip.io',
			'localhost@evil.example',
			'127.0.0.1.',
			'localhost.',
			'0x7f000001.evil.example',
			'[::1].evil.example',
			'evil.example#localhost',
		];
		for (const host of names)
			for (const path of PATHS) {
				const { status, body } = await raw(path, {
					host,
					'x-forwarded-host': 'localhost',
					forwarded: 'host=localhost',
				});
				// A path that can't be decoded is refused before the name is looked at.
				expect([host, path, [400, 421].includes(status)]).toEqual([host, path, true]);
				expect(body).not.toContain('<html');
			}
		// What stands before the server is not believed either.
		const pointed = await raw('/issuer/.well-known/openid-configuration', {
			host: `127.0.0.1:${port}`,
			'x-forwarded-host': 'evil.example',
			'x-forwarded-proto': 'https',
			forwarded: 'host=evil.example;proto=https',
		});
		expect(pointed.body).not.toContain('evil');
		expect(JSON.parse(pointed.body).issuer).toBe(`http://127.0.0.1:${port}/issuer`);
	});

	it('send no file but those of the build', async () => {
		const ways = [
			'/assets/../manifest.json',
			'/assets/..%2fmanifest.json',
			'/assets/%2e%2e/manifest.json',
			'/assets/%2e%2e%2fmanifest.json',
			'/assets/..%5cmanifest.json',
			'/assets/..\\manifest.json',
			'/assets/signed-in.html%00.js',
			'/assets//signed-in.html',
			'/assets/%2fetc%2fpasswd',
			'/assets/..%252f..%252fpackage.json',
			'/assets/__proto__',
			'/assets/constructor',
			'/../../package.json',
			'/operator/../../../package.json',
			'/graphiql/assets/..%2f..%2fpackage.json',
			'/graphiql/assets/%2e%2e%2f%2e%2e%2fpackage.json',
		];
		for (const path of ways) {
			const { status, body } = await raw(path, { host: `localhost:${port}` });
			expect([path, [400, 404].includes(status)]).toEqual([path, true]);
			expect(body).not.toMatch(/"files"|"dependencies"|root:/);
		}
	});

	it('take nothing from the forms of another page, and no token from an address', async () => {
		const origins = ['null', 'https://evil.example', `http://localhost:${port + 1}`];
		const token = scene.tokens[OWNER] ?? '';
		for (const origin of origins) {
			const cross = { host: `localhost:${port}`, origin, 'sec-fetch-site': 'cross-site' };
			for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=a']) {
				const form = { ...cross, 'content-type': type };
				const body = JSON.stringify({ query: 'mutation { signOutEverywhere { signedOutAt } }' });
				for (const path of ['/graphql', `/graphql?access_token=${token}`])
					expect((await raw(path, form, 'POST', body)).status).toBeGreaterThanOrEqual(400);
				expect((await raw('/issuer/sign-in', form, 'POST', `person=${OWNER}`)).status).toBe(403);
				const code = await raw('/issuer/token', form, 'POST', 'grant_type=authorization_code');
				expect(code.status).toBeGreaterThanOrEqual(400);
				expect((await raw('/graphiql/token', form, 'POST', '{}')).status).toBeGreaterThanOrEqual(400);
			}
			const read = await raw(
				'/graphql',
				{ ...cross, 'content-type': 'application/json' },
				'POST',
				'{"query":"{__typename}"}',
			);
			expect(read.headers['access-control-allow-origin']).toBeUndefined();
			const preflight = await raw('/graphql', { ...cross, 'access-control-request-method': 'POST' }, 'OPTIONS');
			expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
		}
		for (const path of [
			`/events?access_token=${token}`,
			`/events?token=${token}`,
			`/graphql?query={viewer{email}}&access_token=${token}`,
		]) {
			const { status, body } = await raw(path, {
				host: `localhost:${port}`,
				accept: '*/*',
				'apollo-require-preflight': '1',
			});
			expect([path.split('?')[0], status]).toEqual([path.split('?')[0], 401]);
			expect(body).not.toContain(OWNER);
		}
	});

	it('repeat nothing of a request that a script element could run', async () => {
		const text = 'alert(document.domain)//';
		for (const path of [
			`/graphql?query=${text}&callback=${text}`,
			`/events?callback=${text}`,
			`/issuer/jwks?callback=${text}`,
			`/issuer/authorize?client_id=${text}&redirect_uri=${text}&state=${text}`,
			`/assets/${text}`,
			`/${text}`,
		]) {
			const { body, headers } = await raw(path.replaceAll(' ', '%20'), { host: `localhost:${port}` });
			expect([path, body.includes(text)]).toEqual([path, false]);
			expect(headers['content-type']).not.toMatch(/javascript/);
		}
	});

	it('send back a code to nothing but an exact address of their own', async () => {
		const own = `http://localhost:${port}`;
		const targets = [
			`${own}.evil.example/`,
			`http://localhost:${port}@evil.example/`,
			'https://evil.example/',
			'//evil.example/',
			`${own}/../`,
			`${own}/%2e%2e/`,
			`${own}/?next=https://evil.example`,
			`${own}/#x`,
			`${own}/operator/`,
			`${own}/graphiql`,
			`http://127.0.0.1:${port}/`,
			'javascript:alert(1)',
			'data:text/html,x',
			'',
		];
		for (const target of targets) {
			const query = new URLSearchParams({
				client_id: 'firmseal-pages',
				response_type: 'code',
				scope: 'openid',
				state: 'mine',
				code_challenge: 'A'.repeat(43),
				code_challenge_method: 'S256',
				redirect_uri: target,
			});
			const asked = await raw(`/issuer/authorize?${query}`, { host: `localhost:${port}` });
			expect([target, asked.status, asked.headers.location]).toEqual([target, 400, undefined]);
			const out = new URLSearchParams({ post_logout_redirect_uri: target });
			const fromPage = { host: `localhost:${port}`, 'sec-fetch-site': 'same-origin' };
			const left = await raw(`/issuer/end-session?${out}`, fromPage);
			expect([target, left.headers.location]).toEqual([target, undefined]);
		}
	});

	it('send each file as a thing to save, under a name that changes no header and with a type that does not run', async () => {
		const { get, put } = filesAt(scene.api.url);
		const token = scene.tokens[MEMBER] ?? '';
		const script = '<script>top.complain("it ran")</script>';
		const cases = [
			[
				'a"; filename=evil.html; x=".pdf',
				'application/pdf',
				`%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n${script}`,
			],
			['%0d%0aSet-Cookie: a=b.txt', 'text/plain', script],
			['..%2f..%2fhome.txt', 'text/plain', script],
			['../../etc/cron.d/job', 'text/csv', script],
			['x.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`],
			['x.html', 'text/html', script],
			['x.xhtml', 'application/xhtml+xml', script],
			['x.xml', 'text/xml', script],
			['x.js', 'text/javascript', 'self.addEventListener("fetch", () => {})'],
			['x.mjs', 'application/javascript', 'top.complain("it ran")'],
			['x.css', 'text/css', 'body { background: red }'],
			['x.pdf', 'multipart/x-mixed-replace', script],
			['x.gif', 'image/gif', `GIF89a/*${script}*/=1;top.complain("it ran")`],
			['x.wasm', 'application/wasm', '\0asm'],
		] as const;
		for (const [name, mimeType, text] of cases) {
			const { createDocument } = await ask(
				'mutation($input: CreateDocumentInput!) { createDocument(input: $input) { document { id } } }',
				{ input: { name, mimeType } },
			);
			const { id } = createDocument.document;
			expect([name, (await put(token, id, text)).status]).toEqual([name, 201]);
			const { headers } = await get(token, contentOf(id));
			expect(headers.get('set-cookie')).toBeNull();
			expect(headers.get('content-type')).not.toMatch(/html|xml|javascript|css|wasm|mixed/);
			expect(headers.get('cache-control')).toBe('no-store');
			expect(headers.get('content-security-policy')).toContain('sandbox');
			const disposition = headers.get('content-disposition') ?? '';
			expect(disposition).toMatch(/^attachment; filename=/);
			expect(disposition.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toMatch(/[/\\]|filename=evil/);
		}
	});

	it('let no file become a service worker, a worker, a script or a style of the pages', async () => {
		const { createDocument } = await ask(
			'mutation($input: CreateDocumentInput!) { createDocument(input: $input) { document { id } } }',
			{ input: { name: 'x.js', mimeType: 'text/javascript' } },
		);
		const { id } = createDocument.document;
		await filesAt(scene.api.url).put(scene.tokens[MEMBER] ?? '', id, 'top.complain("it ran")');
		const page = await scene.signIn(MEMBER);
		await untilShown(page);
		const { createDownload } = await ask(
			'mutation($input: CreateDownloadInput!) { createDownload(input: $input) { path } }',
			{ input: { documentId: id } },
		);
		const tried = await page.evaluate<Record<string, string>>(`(async () => {
			const path = ${JSON.stringify(createDownload.path)};
			// What the debugger evaluates may evaluate, what runs later may not.
			await new Promise((later) => requestAnimationFrame(later));
			const told = (act) => Promise.resolve().then(act).then(() => 'done', (error) => error.name);
			const load = (tag, set) => new Promise((resolve) => {
				const element = document.createElement(tag);
				element.onload = () => resolve('loaded');
				element.onerror = () => resolve('refused');
				try { set(element); } catch (error) { return resolve(error.name); }
				document.head.append(element);
			});
			return {
				service: await told(() => navigator.serviceWorker.register(path)),
				worker: await told(() => new Worker(path)),
				script: await load('script', (element) => { element.src = path; }),
				html: await told(() => { document.body.innerHTML = '<b>x</b>'; }),
				code: await told(() => (0, eval)('1')),
				policy: await told(() => trustedTypes.createPolicy('other', {})),
				second: await told(() => trustedTypes.createPolicy('firmseal', {})),
				style: await load('link', (element) => { element.rel = 'stylesheet'; element.href = 'data:text/css,body{}'; }),
				base: await told(() => { const base = document.createElement('base'); base.href = 'https://evil.example/'; document.head.append(base); if (document.baseURI.includes('evil')) return; throw new TypeError(); }),
			};
		})()`);
		expect(Object.entries(tried).filter(([, each]) => each === 'done' || each === 'loaded')).toEqual([]);
		expect(Object.keys(tried)).toHaveLength(9);
		expect(scene.complaints().filter((each) => each.includes('it ran'))).toEqual([]);
	});

	it('keep a signed-in page from a window that opened it or that it opened, and believe no message', async () => {
		const stranger = createServer((_, response) =>
			response.setHeader('content-type', 'text/html').end('<h1>Prize</h1>'),
		);
		const origin = `http://127.0.0.1:${await listen(stranger)}`;
		try {
			const page = await scene.signIn(MEMBER);
			const hostile = await page.context().newPage();
			await hostile.goto(origin);
			const opening = page.context().waitForEvent('page');
			await hostile.evaluate(`globalThis.opened = open('${scene.api.url}/#/notes')`);
			const opened = await opening;
			await opened.getByRole('navigation', { name: 'Screens' }).waitFor();
			expect(await opened.evaluate('window.opener')).toBeNull();
			expect(await hostile.evaluate('globalThis.opened.closed')).toBe(true);
			// The page on which a sign-in ends, with an answer that the attacker made; any page of the origin may listen to it.
			await hostile.evaluate(`open('${scene.api.url}/assets/signed-in.html?code=mine&state=mine')`);
			await page.evaluate(`postMessage('?code=mine&state=mine', '*')`);
			await page.evaluate(
				`(() => { const to = new BroadcastChannel('firmseal-sign-in'); to.postMessage('?code=mine&state=mine'); to.close(); })()`,
			);
			await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Notes' }).click();
			await page.getByRole('table', { name: 'Notes' }).waitFor();
			for (const link of await opened.locator('a[target]').all())
				expect(await link.getAttribute('rel')).toMatch(/noopener|noreferrer/);
		} finally {
			stranger.close();
			stranger.closeAllConnections();
		}
	});

	it('take no property of every object from an address', async () => {
		const page = await scene.signIn(MEMBER);
		for (const hash of [
			'#/__proto__/x',
			'#/notes/__proto__',
			'#/constructor/prototype/x?__proto__[x]=1',
			'#/notes/%E0%A4%A',
			'#javascript:complain(1)',
			'#invitation=__proto__',
			'#//evil.example/',
			'#/notes/../../graphql',
		]) {
			await page.goto(`${scene.api.url}/${hash}`);
			await page.locator('main h1').first().waitFor();
			expect(new URL(page.url()).origin).toBe(scene.api.url);
			expect(await page.evaluate('({}).x === undefined && Object.keys(Object.prototype).length === 0')).toBe(true);
		}
		expect(scene.complaints()).toEqual([]);
	});
});
