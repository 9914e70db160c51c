import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { endAll, MAIN, startApi } from './program.ts';

let installation: TestInstallation;
let firm: TestFirm;
let api: TestApi;

beforeAll(async () => {
	({ installation, north: firm } = await makePopulated(embedded));
	api = await installation.serve();
});
afterAll(async () => {
	await installation?.close();
	await endAll();
});

/** What a browser asks for by itself once it has the document. */
function addressesIn(html: string): string[] {
	const attributes = [...html.matchAll(/\b(?:src|href|action|srcset|poster|data)\s*=\s*["']?([^"'\s>]+)/gi)];
	const imports = [...html.matchAll(/\bimport\b[^;."']*["']([^"']+)["']/g)];
	return [...attributes, ...imports].map(([, address = '']) => address);
}

describe('GraphiQL in development', () => {
	it('is a page that loads everything from here', async () => {
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

	it('has what the page loads later too, as what it is, and no source map', async () => {
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

	it('may run and reach only what is its own, and nothing else on the server may run anything', async () => {
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
		expect(policy.get('script-src')?.length).toBe(1 + (await page.text()).split('<script').length - 1);
		expect([...policy.values()].flat().filter((source) => /\*|:\/\/|https?:|unsafe-eval/.test(source))).toEqual([]);
		for (const path of ['/graphql', '/health/live', '/metrics', '/nowhere', '/graphiql/nowhere'])
			expect((await fetch(api.url + path)).headers.get('content-security-policy')).toBe(
				"default-src 'none'; frame-ancestors 'none'",
			);
		expect(page.headers.get('cache-control')).toBe('no-store');
		expect(page.headers.get('x-content-type-options')).toBe('nosniff');
	});

	it('has no token of its own; the schema is told to whoever has one', async () => {
		const html = await (await fetch(`${api.url}/graphiql`)).text();
		expect(html).not.toMatch(/eyJ/);
		const schema = '{ __schema { queryType { fields { name } } } }';
		expect((await api.ask(null, schema)).status).toBe(401);
		const { data } = await api.ask(firm.member, schema);
		expect(data.__schema.queryType.fields).toContainEqual({ name: 'viewer' });
	});
});

it('GraphiQL is absent where its package is, and the log says so once', async () => {
	const hooks = `import { registerHooks } from 'node:module';
		registerHooks({ resolve: (specifier, context, next) =>
			next(/^ruru\\b/.test(specifier) ? 'package-that-is-not-installed/' + specifier : specifier, context) });`;
	const without = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`];
	const api = await startApi(installation.env, [...without, MAIN, 'serve']);
	const answer = await fetch(`${api.url}/graphiql`);
	expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
	expect((await fetch(`${api.url}/graphiql/assets/ruru.js`)).status).toBe(404);
	expect((await api.ask(firm.member, '{ viewer { role } }')).data).toEqual({ viewer: { role: 'MEMBER' } });
	expect(`${api.output.stdout}${api.output.stderr}`.split('no GraphiQL page').length - 1).toBe(1);
});
