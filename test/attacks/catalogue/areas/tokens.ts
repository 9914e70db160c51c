import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { importJWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { claimsOf, forgeToken } from '../../scene.ts';
import type { Area, Attack, Evidence } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const NOTES = '{ notes { nodes { title } } }';
const VIEWER = '{ viewer { email role firm { slug } operatorRoles } }';

const base64url = (value: unknown) =>
	Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const claims = (stage: Stage) => claimsOf(stage.north.owner);
/** Signed with the issuer's own key, so that only the claims are wrong. */
const signed = (stage: Stage, changes: object, expires?: number | string) =>
	forgeToken(stage.installation.directory, { ...claims(stage), ...changes }, expires);
const issuerKey = (stage: Stage) =>
	JSON.parse(readFileSync(join(stage.installation.directory, 'issuer', 'issuer-key.json'), 'utf8'));

async function presented(stage: Stage, ...tokens: string[]): Promise<Evidence> {
	const answers: AttackAnswer[] = [];
	for (const token of tokens) answers.push(await stage.ask(token, NOTES));
	return { answers };
}

/** Sends raw headers, which may repeat. */
const withHeaders = (stage: Stage, ...headers: string[]) =>
	stage.send(null, {
		headers: ['content-type', 'application/json', ...headers],
		body: JSON.stringify({ query: VIEWER }),
	});

const refused = (attack: string, run: Attack['run']): Attack => ({
	attack,
	expected: 'UNAUTHENTICATED',
	layer: 'identity',
	run,
});

export const tokens: Area = {
	title: 'Tokens',
	attacks: [
		{
			attack:
				'A token forged with the issuer’s own key and correct claims. It shows that each refusal below has its own reason',
			expected: 'Works: the issuer is trusted to say who a person is',
			layer: 'none',
			async run(stage) {
				const { data } = await stage.ask(await signed(stage, {}), VIEWER);
				expect(data.viewer.role).toBe('OWNER');
				return { admitted: 'the identity provider | who is who' };
			},
		},
		refused('`alg: none`, with an empty signature', (stage) =>
			presented(stage, `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims(stage))}.`),
		),
		refused('HS256 with the issuer’s public key as the secret: as JWK, raw bytes and base64url', (stage) => {
			const { kty, crv, x } = issuerKey(stage);
			const text = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims(stage))}`;
			const secrets = [JSON.stringify({ kty, crv, x }), Buffer.from(x, 'base64url'), x];
			return presented(
				stage,
				...secrets.map((secret) => `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`),
			);
		}),
		refused('The attacker’s key in the header as `jwk`, also with the issuer’s `kid`', async (stage) => {
			const { privateKey, publicKey } = generateKeyPairSync('ed25519');
			const jwk = publicKey.export({ format: 'jwk' });
			const sign = (header: JWTHeaderParameters) =>
				new SignJWT(claims(stage)).setProtectedHeader(header).setExpirationTime('1h').sign(privateKey);
			const { kid } = issuerKey(stage);
			return presented(
				stage,
				await sign({ alg: 'EdDSA', jwk }),
				await sign({ alg: 'EdDSA', kid, jwk: { ...jwk, kid } }),
			);
		}),
		{
			attack: 'The attacker’s key at an address in `jku` or `x5u`, or at a path in `kid`',
			expected: 'UNAUTHENTICATED, and the server never calls the address',
			layer: 'identity',
			async run(stage) {
				const { privateKey, publicKey } = generateKeyPairSync('ed25519');
				let calls = 0;
				const server = createServer((_, answer) => {
					calls += 1;
					answer.end(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
				});
				await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
				const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
				const sign = (header: object) =>
					new SignJWT(claims(stage))
						.setProtectedHeader({ alg: 'EdDSA', ...header })
						.setExpirationTime('1h')
						.sign(privateKey);
				const headers = [{ jku: address }, { x5u: address }, { kid: address }, { kid: '../issuer/issuer-key.json' }];
				try {
					return await presented(stage, ...(await Promise.all(headers.map(sign))));
				} finally {
					server.close();
					expect(calls).toBe(0);
				}
			},
		},
		refused('Another person’s claims under a valid signature', (stage) => {
			const [header, , signature] = `${stage.north.member}`.split('.');
			return presented(stage, `${header}.${base64url(claims(stage))}.${signature}`);
		}),
		refused('A signature with the order of the curve added to S, which a careless verifier accepts', (stage) => {
			const [header, payload, signature = ''] = `${stage.north.owner}`.split('.');
			const bytes = Buffer.from(signature, 'base64url');
			const order = 2n ** 252n + 27742317777372353535851937790883648493n;
			const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
			const raised = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
			return presented(
				stage,
				`${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), raised]).toString('base64url')}`,
			);
		}),
		refused('An expired token, a token without `exp`, a token whose `exp` is text', async (stage) => {
			const { exp: _, ...endless } = claims(stage);
			const key = await importJWK(issuerKey(stage), 'EdDSA');
			const sign = (payload: object) => new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA' }).sign(key);
			return presented(
				stage,
				await signed(stage, {}, Math.floor(Date.now() / 1000) - 60),
				await sign(endless),
				await sign({ ...endless, exp: '9999999999' }),
			);
		}),
		refused('A token that is not valid yet (`nbf`)', async (stage) =>
			presented(stage, await signed(stage, { nbf: Math.floor(Date.now() / 1000) + 3600 })),
		),
		refused('Another issuer’s name, signed with the issuer’s key', async (stage) =>
			presented(stage, await signed(stage, { iss: 'https://elsewhere.example' })),
		),
		refused('A token for another audience, for a list without this audience, for no audience', async (stage) =>
			presented(
				stage,
				await signed(stage, { aud: 'elsewhere' }),
				await signed(stage, { aud: ['elsewhere', `${claims(stage).aud}x`] }),
				await signed(stage, { aud: undefined }),
			),
		),
		refused(
			'A subject that no account has: an unknown one, upper case, SQL, a firm’s id, an e-mail address',
			async (stage) => {
				const { sub } = claims(stage);
				const subjects = [
					uuidv7(),
					sub.toUpperCase(),
					`${sub} `,
					"' or true --",
					stage.north.id,
					'owner@north.example',
				];
				return presented(stage, ...(await Promise.all(subjects.map((each) => signed(stage, { sub: each })))));
			},
		),
		refused(
			'A malformed subject: a list with a valid one, a number, an object, not ASCII, empty, too long',
			async (stage) => {
				const { sub } = claims(stage);
				const subjects = [[sub], 7, { sub }, '', `${sub}\u200b`, 'x'.repeat(256)];
				return presented(stage, ...(await Promise.all(subjects.map((each) => signed(stage, { sub: each })))));
			},
		),
		{
			attack: 'The subject of an account that the database holds under another issuer',
			expected: 'UNAUTHENTICATED: an identity is the pair of issuer and subject',
			layer: 'identity',
			async run(stage) {
				const { sub } = claimsOf(stage.harbour.client);
				await stage.admin`update users set issuer = 'https://elsewhere.example' where subject = ${sub}`;
				try {
					return { answers: [await stage.ask(stage.harbour.client, VIEWER)] };
				} finally {
					await stage.admin`update users set issuer = 'firmseal-development' where subject = ${sub}`;
				}
			},
		},
		refused('An unknown critical extension (`crit`), and a payload declared as unencoded (`b64`)', (stage) => {
			const [, payload, signature] = `${stage.north.owner}`.split('.');
			const unknown = base64url({ alg: 'EdDSA', crit: ['exp'], exp: 9_999_999_999 });
			const raw = base64url({ alg: 'EdDSA', crit: ['b64'], b64: false });
			return presented(stage, `${unknown}.${payload}.${signature}`, `${raw}.${payload}.${signature}`);
		}),
		refused('An encrypted token of five parts, and a token within a token', async (stage) =>
			presented(
				stage,
				`${base64url({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
				`${base64url({ alg: 'EdDSA', cty: 'JWT' })}.${base64url(`${stage.north.owner}`)}.${`${stage.north.owner}`.split('.')[2]}`,
			),
		),
		refused('A valid token of more than 8 KiB', async (stage) =>
			presented(stage, await signed(stage, { padding: 'x'.repeat(8_192) })),
		),
		refused('A valid token under another scheme, twice in one header, with a space in it', async (stage) => {
			const { owner } = stage.north;
			const values = [
				`Basic ${owner}`,
				`Bearer ${owner}, Bearer ${owner}`,
				`Bearer ${owner} x`,
				`Token ${owner}`,
				`${owner}`,
			];
			return { answers: await Promise.all(values.map((value) => withHeaders(stage, 'authorization', value))) };
		}),
		{
			attack: 'Two Authorization headers: an invalid one, then a valid one',
			expected: 'BAD_USER_INPUT (400): the server doesn’t choose between them',
			layer: 'HTTP',
			run: async (stage) => ({
				answers: [
					await withHeaders(stage, 'authorization', 'Bearer x.y.z', 'authorization', `Bearer ${stage.north.owner}`),
				],
			}),
		},
		{
			attack: 'Headers that a proxy might set: X-User, X-Role, X-Firm, X-Forwarded-User, Forwarded',
			expected: 'UNAUTHENTICATED: only the token identifies the caller',
			layer: 'identity',
			async run(stage) {
				const { sub } = claims(stage);
				const headers = ['x-user', sub, 'x-user-id', sub, 'x-role', 'OWNER', 'x-firm', stage.north.id];
				const forwarded = ['x-forwarded-user', 'owner@north.example', 'forwarded', 'for=127.0.0.1;by=owner'];
				return { answers: [await withHeaders(stage, ...headers, ...forwarded)] };
			},
		},
		{
			attack: 'A client’s token that claims the e-mail, firm, role and scope of another firm’s owner',
			expected: 'FORBIDDEN: the caller stays a client of their own firm',
			layer: 'rights',
			async run(stage) {
				const { sub } = claimsOf(stage.north.client);
				const more = { email: 'owner@harbour.example', email_verified: true, firm: stage.harbour.id };
				const token = await signed(stage, { sub, ...more, role: 'OWNER', roles: ['AUDITOR'], scope: 'admin' });
				const { data } = await stage.ask(token, VIEWER);
				const self = { email: 'client@north.example', role: 'CLIENT', firm: { slug: 'north' }, operatorRoles: [] };
				expect(data.viewer).toEqual(self);
				return presented(stage, token);
			},
		},
		{
			attack: 'A request without a token, on a connection that has just answered a member',
			expected: 'UNAUTHENTICATED: a connection has no identity',
			layer: 'identity',
			async run(stage) {
				const { hostname, port, host } = new URL(stage.api.url);
				const body = JSON.stringify({ query: NOTES });
				const request = (more: string) =>
					`POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
				const text = await new Promise<string>((resolve, reject) => {
					let all = '';
					const socket = connect(Number(port), hostname, () =>
						socket.write(request(`Authorization: Bearer ${stage.north.member}\r\n`) + request('Connection: close\r\n')),
					);
					socket.setEncoding('utf8').on('data', (part: string) => {
						all += part;
					});
					socket.on('error', reject).on('close', () => resolve(all));
				});
				const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
				expect(statuses).toEqual(['200', '401']);
				expect(text.slice(text.lastIndexOf('HTTP/1.1'))).not.toContain(stage.ours.marker);
				return { answers: [await withHeaders(stage)] };
			},
		},
	],
};
