import { expect } from 'vitest';
import type { TestApi, TestInstallation } from '../../../support/installation.ts';
import { claimsOf } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';
import type { Request } from '../wire.ts';

const EMAIL = 'member@north.example';

/** The request that GraphiQL's page sends for a token. An attack changes parts of it. */
interface Asking extends Request {
	readonly secret?: readonly string[];
	readonly origin?: string | null;
	readonly site?: string | null;
	readonly type?: string;
}

const ask = (stage: Stage, api: TestApi, asking: Asking = {}): Promise<AttackAnswer> => {
	const { origin: here, host, hash } = new URL(api.page ?? '');
	const { secret = [hash.slice(1)], origin = here, site = 'same-origin', type = 'application/json', ...rest } = asking;
	const headers = [
		'content-type',
		type,
		...(origin === null ? [] : ['origin', origin]),
		...(site === null ? [] : ['sec-fetch-site', site]),
		...secret.flatMap((each) => ['x-firmseal-start', each]),
		...(rest.headers ?? []),
	];
	const body = JSON.stringify({ email: EMAIL });
	return stage.send(null, { path: '/graphiql/token', host, body, ...rest, headers }, api);
};

/** Serves like `npm start`, with other people. */
const serve = ({ installation }: Stage, settings: Readonly<Record<string, string>> = {}): Promise<TestApi> => {
	const people = [{ email: EMAIL, side: 'firm' } as const];
	return installation.serve(settings, {
		demo: { people, example: '{ viewer { email } }', tokenOf: installation.token },
	});
};

const open = new WeakMap<TestInstallation, Promise<TestApi>>();
function serveOnce(stage: Stage): Promise<TestApi> {
	const api = open.get(stage.installation) ?? serve(stage);
	open.set(stage.installation, api);
	return api;
}

/** The page gets a token, and none of these requests does. */
function kept(attack: string, expected: string, askings: (api: TestApi) => readonly Asking[]): Attack {
	return {
		attack,
		expected,
		layer: 'HTTP',
		async run(stage) {
			const api = await serveOnce(stage);
			const answers: AttackAnswer[] = [];
			for (const asking of askings(api)) answers.push(await ask(stage, api, asking));
			for (const { text, headers } of answers) {
				expect(text).not.toContain('eyJ');
				expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
			}
			const { sub, iat = 0, exp } = claimsOf(JSON.parse((await ask(stage, api)).text).token);
			expect([sub, exp]).toEqual([claimsOf(stage.north.member).sub, iat + 60]);
			expect(api.lines.join('')).not.toContain(secretOf(api));
			return { answers };
		},
	};
}

/** The server has no secret, and an empty or undefined secret is not accepted either. */
const closed = (attack: string, settings: Readonly<Record<string, string>>): Attack => ({
	attack,
	expected: 'NOT_FOUND: there is no such route',
	layer: 'HTTP',
	async run(stage) {
		const api = await serve(stage, settings);
		expect(api.page).toBe(`${api.url}/graphiql`);
		const answers: AttackAnswer[] = [];
		for (const secret of [[], [''], ['null'], ['undefined']]) answers.push(await ask(stage, api, { secret }));
		await api.stop();
		return { answers };
	},
});

const secretOf = ({ page }: TestApi) => new URL(page ?? '').hash.slice(1);
const portOf = ({ url }: TestApi) => new URL(url).port;

export const demoTokens: Area = {
	title: 'Tokens of the demo’s people, for GraphiQL’s page in development',
	attacks: [
		kept(
			'Another user of the machine sends no secret, or one that is cut, too long or guessed',
			'NOT_FOUND, as on a server that gives no tokens',
			(api) => {
				const secret = secretOf(api);
				const other = secret.replace(/^./, (first) => (first === '0' ? '1' : '0'));
				return [[], [''], [secret.slice(0, -1)], [`${secret}0`], [other], [secret, secret]].map((each) => ({
					secret: each,
				}));
			},
		),
		kept(
			'The secret in the query, a cookie, the body or the Authorization header',
			'NOT_FOUND: only a header counts, which no form and no link can send; the secret is in no log',
			(api) => {
				const secret = secretOf(api);
				const body = JSON.stringify({ email: EMAIL, secret, 'x-firmseal-start': secret });
				return [
					{ secret: [], path: `/graphiql/token?secret=${secret}&x-firmseal-start=${secret}` },
					{ secret: [], headers: ['cookie', `x-firmseal-start=${secret}`, 'authorization', `Bearer ${secret}`] },
					{ secret: [], body },
				];
			},
		),
		kept('A page of another origin that knows the secret', 'NOT_FOUND, and no answer to its preflight', (api) => [
			{ origin: 'https://evil.example', site: 'cross-site' },
			{ origin: 'https://evil.example' },
			{ origin: `http://127.0.0.1:${Number(portOf(api)) + 1}`, site: 'same-site' },
			{ origin: `https://127.0.0.1:${portOf(api)}` },
			{ origin: 'null' },
			{ origin: null },
			{ site: 'same-site' },
			{ site: 'cross-site' },
			{ site: 'none' },
			{ site: null },
			{
				method: 'OPTIONS',
				origin: 'https://evil.example',
				headers: ['access-control-request-method', 'POST', 'access-control-request-headers', 'x-firmseal-start'],
			},
		]),
		kept(
			'The attacker’s host name resolves to this machine (DNS rebinding), so that its page has the same origin',
			'421, for every path: in development the server answers only under localhost and IP addresses',
			(api) =>
				[
					`evil.example:${portOf(api)}`,
					`127.0.0.1.evil.example:${portOf(api)}`,
					`localhost.evil.example:${portOf(api)}`,
					`evil-localhost:${portOf(api)}`,
					`localhost.:${portOf(api)}`,
					`2130706433:${portOf(api)}`,
					'evil.example',
				].map((host) => ({ host, origin: `http://${host}` })),
		),
		kept('A link or a form, with everything else correct', 'NOT_FOUND, or 415 before the body is read', () => [
			{ method: 'GET', body: '' },
			{ method: 'PUT' },
			{ type: 'text/plain' },
			{ type: 'application/x-www-form-urlencoded', body: `email=${EMAIL}` },
			{ type: 'multipart/form-data; boundary=x' },
		]),
		kept('A token of a person outside the demo, with the secret', 'NOT_FOUND', () =>
			[
				{ email: 'owner@north.example' },
				{ email: [EMAIL] },
				{ email: { toString: EMAIL } },
				{ email: '__proto__' },
				{},
				[],
				null,
				EMAIL,
			].map((body) => ({ body: JSON.stringify(body) })),
		),
		closed('A token from a server with another issuer', {
			FIRMSEAL_JWT_ISSUER: 'https://issuer.example',
			FIRMSEAL_JWT_AUDIENCE: 'firmseal',
			FIRMSEAL_JWKS_URL: 'https://issuer.example/jwks',
		}),
		closed('A token from a server that other machines can reach', { FIRMSEAL_HOST: '0.0.0.0' }),
	],
};
