import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { endAll, MAIN, PROJECT, startApi } from './program.ts';

let installation: TestInstallation;
let firm: TestFirm;
let api: TestApi;

beforeAll(async () => {
	({ installation, north: firm } = await makePopulated(embedded));
	const people = (['owner', 'member', 'client'] as const).map((who) => ({
		email: `${who}@${firm.slug}.example`,
		side: 'firm' as const,
	}));
	const example = '{ notes(first: 1) { nodes { title } } }';
	api = await installation.serve({}, { demo: { people, example, tokenOf: installation.token } });
});
afterAll(async () => {
	await installation?.close();
	await endAll();
});

/** The files that a browser requests by itself once it has the document. */
function addressesIn(html: string): string[] {
	const attributes = [...html.matchAll(/\b(?:src|href|action|srcset|poster|data)\s*=\s*["']?([^"'\s>]+)/gi)];
	const imports = [...html.matchAll(/\bimport\b[^;."']*["']([^"']+)["']/g)];
	return [...attributes, ...imports].map(([, address = '']) => address).filter((address) => address !== 'data:,');
}

describe('GraphiQL in development', () => {
	it('is a page that loads all its files from this server', async () => {
		const answer = await fetch(`${api.url}/graphiql`);
		const html = await answer.text();
		expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
		expect(html).not.toMatch(/\b(?:https?|wss?):|["'(]\/\//);
		const addresses = addressesIn(html);
		expect(addresses).toContain('/graphiql/assets/ruru.js');
		for (const address of addresses) {
			expect(address).toMatch(/^\/graphiql\/assets\//);
			expect((await fetch(api.url + address)).status).toBe(200);
		}
	});

	it('also serves the files that the page loads later, with the right types, and no source map', async () => {
		for (const [file, type] of [
			['ruru.js', 'text/javascript; charset=utf-8'],
			['ruru.css', 'text/css; charset=utf-8'],
			['graphqlWorker.js', 'text/javascript; charset=utf-8'],
			['jsonWorker.js', 'text/javascript; charset=utf-8'],
			['editorWorker.js', 'text/javascript; charset=utf-8'],
		]) {
			const answer = await fetch(`${api.url}/graphiql/assets/${file}`);
			expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
			expect((await answer.text()).length).toBeGreaterThan(100_000);
		}
		for (const other of ['ruru.js.map', 'nothing.js', '__proto__', 'constructor', '..%2f..%2fpackage.json', '%2e%2e/'])
			expect((await fetch(`${api.url}/graphiql/assets/${other}`)).status).toBe(404);
	});

	it('may run only its own scripts and connect only to this server, and no other page of the server may run any script', async () => {
		const page = await fetch(`${api.url}/graphiql`);
		const policy = new Map(
			(page.headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
				const [name = '', ...sources] = rule.split(' ');
				return [name, sources];
			}),
		);
		expect(policy.get('default-src')).toEqual(["'none'"]);
		expect(policy.get('connect-src')).toEqual(["'self'"]);
		expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
		for (const source of policy.get('script-src') ?? []) expect(source).toMatch(/^'(?:self|sha256-[\w+/]{43}=)'$/);
		const inline = [...(await page.text()).matchAll(/<script(?![^>]* src=)/g)];
		expect(policy.get('script-src')?.length).toBe(1 + inline.length);
		expect([...policy.values()].flat().filter((source) => /\*|:\/\/|https?:|unsafe-eval/.test(source))).toEqual([]);
		for (const path of ['/graphql', '/graphiql/token', '/health/live', '/metrics', '/nowhere', '/graphiql/nowhere'])
			expect((await fetch(api.url + path)).headers.get('content-security-policy')).toBe(
				"default-src 'none'; frame-ancestors 'none'",
			);
		expect(page.headers.get('cache-control')).toBe('no-store');
		expect(page.headers.get('x-content-type-options')).toBe('nosniff');
	});

	it('is shown to a browser that opens the address of the API, but not to a client that requests JSON', async () => {
		const opened = (accept: string, search = '') =>
			fetch(`${api.url}/graphql${search}`, { headers: { accept }, redirect: 'manual' });
		const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
		const { status, headers } = await opened(html);
		expect([status, headers.get('location')]).toEqual([302, '/graphiql']);
		for (const other of [
			await opened('application/json'),
			await opened('*/*'),
			await opened(html, '?query=%7Bviewer%7D'),
		])
			expect([400, 401]).toContain(other.status);
	});

	it('shows an example and the people to choose from, and has the secret of this start only in its printed address', async () => {
		const html = await (await fetch(`${api.url}/graphiql`)).text();
		expect(html).toContain('notes(first: 1)');
		expect([...html.matchAll(/<option>([^<]*)/g)].map(([, email]) => email)).toEqual([
			`owner@${firm.slug}.example`,
			`member@${firm.slug}.example`,
			`client@${firm.slug}.example`,
		]);
		expect(api.page).toMatch(/\/graphiql#[0-9a-f]{32}$/);
		expect(html).not.toContain(new URL(api.page ?? '').hash.slice(1));
		const other = await installation.serve();
		expect(other.page).toBe(`${other.url}/graphiql`);
		expect(await (await fetch(`${other.url}/graphiql`)).text()).not.toContain('<option>');
	});

	it('shows an error without a stack if the address is of an earlier start or the server is gone', async () => {
		const script = readFileSync(join(PROJECT, 'src/api/http/graphiql-people.js'), 'utf8').replace(/^import .*$/m, '');
		const selected = { value: `owner@${firm.slug}.example`, addEventListener() {} };
		let fetcher = async (_: object): Promise<unknown> => null;
		let isGone = false;
		runInNewContext(script, {
			RURU_CONFIG: { endpoint: '/graphql' },
			Ruru: null,
			React: { createElement: (_: null, shown: { fetcher: typeof fetcher }) => ({ fetcher } = shown) },
			createRoot: () => ({ render() {} }),
			document: { querySelector: () => selected },
			location: { hash: '', pathname: '/graphiql' },
			sessionStorage: { getItem: () => '0'.repeat(32) },
			localStorage: { getItem: () => null },
			addEventListener() {},
			fetch: (path: string, request: RequestInit) =>
				isGone ? Promise.reject(new TypeError('fetch failed')) : fetch(api.url + path, request),
		});
		const shown = async () => ((await fetcher({ query: '{ viewer { email } }' })) as { errors: unknown }).errors;
		expect(await shown()).toEqual([
			{ message: 'This page can no longer get a token: open the URL that npm start printed last.' },
		]);
		isGone = true;
		expect(await shown()).toEqual([
			{
				message: 'The server does not answer: run npm start again, and open the URL that it prints.',
			},
		]);
	});

	it('has no token of its own, and reveals the schema only with a token', async () => {
		const html = await (await fetch(`${api.url}/graphiql`)).text();
		expect(html).not.toMatch(/eyJ/);
		const schema = '{ __schema { queryType { fields { name } } } }';
		expect((await api.ask(null, schema)).status).toBe(401);
		const { data } = await api.ask(firm.member, schema);
		expect(data.__schema.queryType.fields).toContainEqual({ name: 'viewer' });
	});
});

it('GraphiQL is absent if its package is absent, and the log says so once', async () => {
	const hooks = `import { registerHooks } from 'node:module';
		registerHooks({ resolve: (specifier, context, next) =>
			next(/^ruru\\b/.test(specifier) ? 'package-that-is-not-installed/' + specifier : specifier, context) });`;
	const without = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`];
	const api = await startApi(installation.env, [...without, MAIN, 'serve']);
	const answer = await fetch(`${api.url}/graphiql`);
	expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
	expect((await fetch(`${api.url}/graphiql/assets/ruru.js`)).status).toBe(404);
	const opened = await fetch(`${api.url}/graphql`, { headers: { accept: 'text/html' }, redirect: 'manual' });
	expect(opened.status).toBe(406);
	expect((await api.ask(firm.member, '{ viewer { role } }')).data).toEqual({ viewer: { role: 'MEMBER' } });
	expect(`${api.output.stdout}${api.output.stderr}`.split('no GraphiQL page').length - 1).toBe(1);
});
