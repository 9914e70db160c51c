import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../src/api/index.ts';
import { readConfig } from '../../../src/config/config.ts';
import { claimsOf } from '../../support/claims.ts';
import { answerOf, startIssuer } from './sign-in.ts';

const FORM = 'application/x-www-form-urlencoded';
const NOON = Date.parse('2026-12-01T12:00:00Z') / 1000;

describe('signing in', () => {
	it('leads from the discovery document over a click to tokens, of which the API accepts one', async () => {
		const { origin, send, authorize, click, exchange, names, signer, now, time, ...issuer } = await startIssuer();
		const found = JSON.parse((await send('/issuer/.well-known/openid-configuration')).text);
		expect(found).toMatchObject({
			issuer: `${origin}/issuer`,
			authorization_endpoint: `${origin}/issuer/authorize`,
			token_endpoint: `${origin}/issuer/token`,
			jwks_uri: `${origin}/issuer/jwks`,
			end_session_endpoint: `${origin}/issuer/end-session`,
			code_challenge_methods_supported: ['S256'],
		});
		const page = await authorize();
		expect([page.status, page.headers['set-cookie']]).toEqual([200, undefined]);
		const clicked = await click('owner@firm.example');
		expect([clicked.status, clicked.headers.location?.split('?')[0]]).toEqual([303, `${origin}/`]);
		expect(clicked.headers['set-cookie']).toMatch(
			/^firmseal_issuer_\d+=[\w-]{43}; Path=\/issuer; HttpOnly; SameSite=Lax$/,
		);
		const { code = '', ...rest } = answerOf(clicked);
		expect(rest).toEqual({ state: 'the state', iss: `${origin}/issuer` });
		time.now += 20_000;
		const answered = await exchange(code);
		expect([answered.status, answered.headers['cache-control']]).toEqual([200, 'no-store']);
		const { access_token: access, id_token: id, ...about } = JSON.parse(answered.text);
		expect(about).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: 'openid' });

		const keys = createLocalJWKSet(JSON.parse((await send('/issuer/jwks')).text));
		const expected = { issuer: `${origin}/issuer`, audience: 'firmseal-pages', currentDate: now() };
		const { payload } = await jwtVerify(id, keys, expected);
		const times = { auth_time: NOON, iat: NOON + 20, exp: NOON + 3620 };
		expect(payload).toMatchObject({ sub: 's-owner', nonce: 'the nonce', ...times });
		expect(claimsOf(access)).toMatchObject({
			iss: names.issuer,
			client_id: 'firmseal-pages',
			sub: 's-owner',
			...times,
		});

		const rules = { ...readConfig({}).tokenRules, clients: ['firmseal-cli', 'firmseal-pages'] };
		const authenticate = createAuthenticator({ ...names, keys: signer.keys, rules, now });
		const authTime = new Date(NOON * 1000);
		expect(await authenticate(`Bearer ${access}`)).toMatchObject({ subject: 's-owner', authTime });
		await expect(authenticate(`Bearer ${id}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
		expect(issuer.log()).not.toContain(code);
	});

	it('needs no click at a reload, and one for prompt=login, a hint at someone else, and a sign-in older than max_age', async () => {
		const { authorize, click, exchange, time } = await startIssuer();
		const statusOf = async (changes?: Record<string, string>) => (await authorize(changes)).status;
		const none = { prompt: 'none' };
		expect(answerOf(await authorize(none))).toMatchObject({ error: 'login_required', state: 'the state' });
		await click('owner@firm.example');
		time.now += 100_000;
		const silent = answerOf(await authorize(none));
		const { access_token: access } = JSON.parse((await exchange(silent.code ?? '')).text);
		expect(claimsOf(access)).toMatchObject({ auth_time: NOON, iat: NOON + 100 });
		expect(await statusOf({ max_age: '100' })).toBe(303);
		expect(await statusOf({ login_hint: 'unknown@firm.example' })).toBe(303);
		for (const asks of [
			{ prompt: 'login' },
			{ max_age: '99' },
			{ max_age: '0' },
			{ login_hint: 'client@firm.example' },
		])
			expect([asks, await statusOf(asks)]).toEqual([asks, 200]);
		expect(answerOf(await authorize({ ...none, max_age: '99' }))).toMatchObject({ error: 'login_required' });
		const again = answerOf(await click('owner@firm.example', { prompt: 'login' }));
		const { id_token: id } = JSON.parse((await exchange(again.code ?? '')).text);
		expect(claimsOf(id)).toMatchObject({ auth_time: NOON + 100 });
		expect(await statusOf({ max_age: '99' })).toBe(303);
	});

	it('keeps one person for each page, and a fresh sign-in in a window counts for the page of that person', async () => {
		const { origin, authorize, click, exchange, time } = await startIssuer();
		const console_ = { redirect_uri: `${origin}/operator` };
		const popup = { redirect_uri: `${origin}/assets/signed-in.html` };
		const subjectOf = async (changes: Record<string, string>) => {
			const { code = '' } = answerOf(await authorize(changes));
			return claimsOf(JSON.parse((await exchange(code, { redirect_uri: `${origin}/`, ...changes })).text).access_token);
		};
		await click('owner@firm.example');
		expect((await authorize(console_)).status).toBe(200);
		await click('op@platform.example', console_);
		expect((await subjectOf({})).sub).toBe('s-owner');
		expect((await subjectOf(console_)).sub).toBe('s-op');
		time.now += 60_000;
		await click('op@platform.example', { ...popup, prompt: 'login', login_hint: 'op@platform.example' });
		expect(await subjectOf(console_)).toMatchObject({ sub: 's-op', auth_time: NOON + 60 });
		expect(await subjectOf({})).toMatchObject({ sub: 's-owner', auth_time: NOON });
	});

	it('ends with the session, and returns only to a page of this server', async () => {
		const { origin, browser, authorize, click, send } = await startIssuer();
		const headers = { 'sec-fetch-site': 'same-origin' };
		const end = (to: string) =>
			send(`/issuer/end-session?${new URLSearchParams({ post_logout_redirect_uri: to })}`, { headers });
		for (const path of ['/', '/operator', '/verify']) {
			await click('owner@firm.example');
			const kept = browser.cookie;
			const ended = await end(origin + path);
			expect([ended.status, ended.headers.location]).toEqual([303, origin + path]);
			browser.cookie = kept;
			expect(answerOf(await authorize({ prompt: 'none' })).error).toBe('login_required');
		}
		for (const foreign of [
			'https://evil.example/',
			`${origin}/graphiql`,
			`${origin}.evil.example/`,
			`${origin}/?a`,
			'',
		]) {
			const ended = await end(foreign);
			expect([foreign, ended.status, ended.headers.location]).toEqual([foreign, 400, undefined]);
		}
		expect((await send('/issuer/end-session', { headers })).headers['set-cookie']).toContain('Max-Age=0');
	});

	it('ends by no link or form of another site: the person is asked', async () => {
		const { origin, browser, authorize, click, send } = await startIssuer();
		await click('owner@firm.example');
		for (const site of ['cross-site', 'same-site', 'none', undefined])
			for (const method of ['GET', 'POST']) {
				const headers = { ...(site && { 'sec-fetch-site': site }), 'content-type': FORM };
				const to = `?${new URLSearchParams({ post_logout_redirect_uri: `${origin}/` })}`;
				const asked = await send(`/issuer/end-session${to}`, { method, headers });
				expect([site, method, asked.status, asked.headers['set-cookie']]).toEqual([site, method, 200, undefined]);
				expect(asked.text).toContain('<form method="post" action="/issuer/end-session">');
				expect(asked.headers['content-security-policy']).toContain("frame-ancestors 'none'");
			}
		expect(answerOf(await authorize({ prompt: 'none' })).code).toBeDefined();
		const headers = { origin, 'sec-fetch-site': 'same-origin', 'content-type': FORM };
		expect((await send('/issuer/end-session', { method: 'POST', headers })).text).toContain('You are signed out');
		expect(browser.cookie).toBe('');
	});
});

describe('the sign-in page', () => {
	it('lists the people with their roles, those of the page first, without a script and with every text escaped', async () => {
		const { origin, authorize } = await startIssuer();
		const page = await authorize({ state: '"><script>alert(1)</script>', login_hint: 'client@firm.example' });
		expect(page.text).not.toMatch(/<script|style=/);
		expect(page.text).toContain('<h2 id="group-0">Firm &amp; Sons</h2>');
		expect(page.text).toContain('has no button and works by the token of <code>firmseal token</code>');
		expect(page.text).toContain('value="client@firm.example" autofocus><strong>portal client</strong>');
		expect(page.headers['content-security-policy']).toBe(
			"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		);
		const order = (text: string) => [...text.matchAll(/name="person" value="([^"]+)"/g)].map(([, email]) => email);
		const firm = ['owner@firm.example', 'client@firm.example'];
		expect(order(page.text)).toEqual([...firm, 'op@platform.example']);
		const console_ = await authorize({ redirect_uri: `${origin}/operator` });
		expect(order(console_.text)).toEqual(['op@platform.example', ...firm]);
	});
});

describe('a refusal', () => {
	it('of an unknown client or redirect URI is a page, never a redirect', async () => {
		const { origin, authorize, click } = await startIssuer();
		const { port } = new URL(origin);
		for (const changes of [
			{ client_id: 'firmseal-cli' },
			{ client_id: null },
			{ redirect_uri: null },
			...[
				'https://evil.example/',
				origin,
				`${origin}/?a=b`,
				`${origin}/operator/`,
				`${origin}//evil.example`,
				`${origin}/#x`,
				`http://localhost:${port}/`,
				`http://[::1]:${port}/`,
				`http://127.0.0.1:${Number(port) + 1}/`,
				`http://127.0.0.1:${port}@evil.example/`,
			].map((redirect_uri) => ({ redirect_uri })),
		]) {
			for (const answer of [await authorize(changes), await click('owner@firm.example', changes)]) {
				expect([changes, answer.status, answer.headers.location]).toEqual([changes, 400, undefined]);
				expect(answer.headers['set-cookie']).toBeUndefined();
			}
		}
	});

	it('of anything else goes back to the page, with the state if there is one', async () => {
		const { authorize, click, query, send } = await startIssuer();
		for (const [changes, error] of [
			[{ response_type: 'token' }, 'unsupported_response_type'],
			[{ response_type: null }, 'invalid_request'],
			[{ scope: 'profile' }, 'invalid_scope'],
			[{ code_challenge_method: 'plain' }, 'invalid_request'],
			[{ code_challenge_method: null }, 'invalid_request'],
			[{ code_challenge: null }, 'invalid_request'],
			[{ code_challenge: 'short' }, 'invalid_request'],
			[{ max_age: '-1' }, 'invalid_request'],
			[{ prompt: 'none login' }, 'invalid_request'],
			[{ prompt: 'sometimes' }, 'invalid_request'],
			[{ response_mode: 'fragment' }, 'invalid_request'],
			[{ request: 'x' }, 'request_not_supported'],
			[{ nonce: 'n'.repeat(1025) }, 'invalid_request'],
		] as const) {
			const asked = await authorize(changes);
			expect([changes, asked.status, answerOf(asked)]).toMatchObject([changes, 303, { error, state: 'the state' }]);
			const clicked = await click('owner@firm.example', changes);
			expect([answerOf(clicked).error, clicked.headers['set-cookie']]).toEqual([error, undefined]);
		}
		const twice = await send(`/issuer/authorize?${query()}&nonce=other`);
		expect(answerOf(twice)).toMatchObject({ error: 'invalid_request' });
		const { code, ...rest } = answerOf(await click('owner@firm.example', { state: null }));
		expect([code?.length, Object.keys(rest)]).toEqual([43, ['iss']]);
	});

	it('meets a click that does not come from the page, and a person who is not on it', async () => {
		const { origin, click, send, authorize } = await startIssuer();
		for (const headers of [
			{ origin: 'https://evil.example' },
			{ origin: 'null' },
			{ origin: origin.replace('127.0.0.1', 'localhost') },
			{ origin: '' },
			{ 'sec-fetch-site': 'cross-site' },
			{ 'sec-fetch-site': 'same-site' },
			{ 'sec-fetch-site': 'none' },
			{ 'sec-fetch-site': '' },
		]) {
			const { status, headers: answered } = await click('owner@firm.example', {}, headers);
			expect([headers, status, answered['set-cookie'], answered.location]).toEqual([
				headers,
				403,
				undefined,
				undefined,
			]);
		}
		expect((await click('stranger@firm.example')).status).toBe(400);
		expect((await send('/issuer/sign-in')).status).toBe(405);
		const framed = { headers: { 'sec-fetch-dest': 'iframe' } };
		expect((await send('/issuer/authorize', framed)).status).toBe(403);
		expect(answerOf(await authorize({ prompt: 'none' })).error).toBe('login_required');
	});

	it('meets a code that was used, is a minute old, or is of another page, client or verifier', async () => {
		const { origin, click, exchange, time } = await startIssuer();
		const fresh = async () => answerOf(await click('owner@firm.example')).code ?? '';
		const used = await fresh();
		expect((await exchange(used)).status).toBe(200);
		const old = await fresh();
		time.now += 60_000;
		const [wrong, elsewhere, plain] = [await fresh(), await fresh(), await fresh()];
		for (const [code, changes] of [
			[used, {}],
			[old, {}],
			['unknown', {}],
			[wrong, { code_verifier: 'w'.repeat(43) }],
			// The failed attempt has used it up.
			[wrong, {}],
			[elsewhere, { redirect_uri: `${origin}/operator` }],
			[plain, { code_verifier: 'v'.repeat(42) }],
		] as const) {
			const { status, text, headers } = await exchange(code, changes);
			expect([changes, status, JSON.parse(text).error]).toEqual([changes, 400, 'invalid_grant']);
			expect(headers['cache-control']).toBe('no-store');
		}
		const code = await fresh();
		const refusals = [
			await exchange(code, { client_id: 'firmseal-cli' }),
			await exchange(code, { grant_type: 'password' }),
			await exchange(code, {}, { origin: 'https://evil.example' }),
			await exchange(code, {}, { authorization: 'Basic eDp5' }),
			await exchange(code, {}, { 'content-type': 'application/json' }),
			await exchange(code, { padding: 'x'.repeat(9_000) }),
		];
		expect(refusals.map(({ status, text }) => [status, JSON.parse(text).error])).toEqual([
			[400, 'invalid_client'],
			[400, 'unsupported_grant_type'],
			[403, 'invalid_request'],
			[401, 'invalid_client'],
			[415, 'invalid_request'],
			[413, 'invalid_request'],
		]);
		expect((await exchange(code)).status).toBe(200);
	});

	it('meets every route under another host of this machine', async () => {
		const { origin, send, query } = await startIssuer();
		const host = `app.localhost:${new URL(origin).port}`;
		expect((await send('/issuer/.well-known/openid-configuration', { headers: { host } })).status).toBe(404);
		expect((await send(`/issuer/authorize?${query()}`, { headers: { host } })).status).toBe(400);
		expect((await send('/issuer/jwks', { headers: { host: 'rebound.example' } })).status).toBe(421);
	});
});
