import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/ask.ts';
import { claimsOf, forgeToken, makeScene, type Scene } from './scene.ts';

const VIEWER = '{ viewer { email role firm { slug } operatorRoles } }';
const NOTES = '{ notes { nodes { title } } }';

let scene: Scene;
let sealedNote: string;

beforeAll(async () => {
	scene = await makeScene();
	sealedNote = await scene.write({ title: 'identity-marker' });
});
afterAll(() => scene?.installation.close());

function expectRefused(answer: Answer, code: string, status: number) {
	expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([code]);
	expect(answer.data ?? null).toBeNull();
	expect(answer.status).toBe(status);
	expect(answer.text).not.toContain('identity-marker');
}

const base64url = (value: unknown) =>
	Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('tokens that prove nothing', () => {
	const claims = () => claimsOf(scene.north.owner);
	const forge = (changes: object) => forgeToken(scene.installation.directory, { ...claims(), ...changes });
	const forged: readonly [name: string, token: () => Promise<string> | string | null][] = [
		['none at all', () => null],
		[
			'one that has expired',
			() => forgeToken(scene.installation.directory, claims(), Math.floor(Date.now() / 1000) - 60),
		],
		['another issuer’s name under our key', () => forge({ iss: 'https://elsewhere.example' })],
		['another audience', () => forge({ aud: 'elsewhere' })],
		['no audience', () => forge({ aud: undefined })],
		['a subject that nobody has', () => forge({ sub: uuidv7() })],
		['the subject under another case', () => forge({ sub: claims().sub.toUpperCase() })],
		['a subject made of SQL', () => forge({ sub: "' or true --" })],
		['a token of the firm’s id', () => forge({ sub: scene.north.id })],
		['a time to come', () => forge({ nbf: Math.floor(Date.now() / 1000) + 3600 })],
		['alg: none', () => `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims())}.`],
		[
			'HS256 with the public key as its secret',
			() => {
				const { kty, crv, x } = JSON.parse(
					readFileSync(join(scene.installation.directory, 'issuer', 'issuer-key.json'), 'utf8'),
				);
				const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims())}`;
				return `${signed}.${createHmac('sha256', JSON.stringify({ kty, crv, x })).update(signed).digest('base64url')}`;
			},
		],
		[
			'somebody’s own key in the header',
			async () => {
				const { privateKey, publicKey } = generateKeyPairSync('ed25519');
				const jwk = publicKey.export({ format: 'jwk' });
				return new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA', jwk }).sign(privateKey);
			},
		],
		[
			'another person’s claims under the old signature',
			() => {
				const [header, , signature] = scene.north.member.split('.');
				return `${header}.${base64url(claims())}.${signature}`;
			},
		],
	];

	it.each(forged)('%s', async (_, token) => {
		expectRefused(await scene.api.ask(await token(), NOTES), 'UNAUTHENTICATED', 401);
	});

	it('while the same forge with true claims is let in, so the refusals above are for the reason they name', async () => {
		const answer = await scene.api.ask(await forge({}), NOTES);
		expect(answer.data.notes.nodes).toContainEqual({ title: 'identity-marker' });
	});
});

describe('claims beside the subject', () => {
	it('give nothing: e-mail, firm, role and scope of somebody else', async () => {
		const { sub, iss, aud } = claimsOf(scene.north.client);
		const claims = {
			email: 'owner@harbour.example',
			email_verified: true,
			firm: scene.harbour.id,
			role: 'OWNER',
			roles: ['AUDITOR'],
			scope: 'admin',
		};
		const token = await forgeToken(scene.installation.directory, {
			sub,
			iss: iss as string,
			aud: aud as string,
			...claims,
		});
		const viewer = { email: 'client@north.example', role: 'CLIENT', firm: { slug: 'north' }, operatorRoles: [] };
		expect((await scene.api.ask(token, VIEWER)).data.viewer).toEqual(viewer);
		expectRefused(await scene.api.ask(token, NOTES), 'FORBIDDEN', 403);
	});

	it('an identity is issuer and subject: the same subject of another issuer in the database is nobody here', async () => {
		const { admin } = scene;
		const { sub } = claimsOf(scene.harbour.client);
		await admin`update users set issuer = 'https://elsewhere.example' where subject = ${sub}`;
		expectRefused(await scene.api.ask(scene.harbour.client, VIEWER), 'UNAUTHENTICATED', 401);
		await admin`update users set issuer = 'firmseal-development' where subject = ${sub}`;
		expect((await scene.api.ask(scene.harbour.client, VIEWER)).status).toBe(200);
	});
});

describe('rights that were taken away end with the next request', () => {
	const cases: readonly [
		name: string,
		code: string,
		status: number,
		take: (user: string) => Promise<unknown>,
		back: (user: string) => Promise<unknown>,
	][] = [
		[
			'a removed member',
			'FORBIDDEN',
			403,
			(user) => scene.admin`update memberships set removed_at = now() where user_id = ${user}`,
			(user) => scene.admin`update memberships set removed_at = null where user_id = ${user}`,
		],
		[
			'a disabled account',
			'UNAUTHENTICATED',
			401,
			(user) => scene.admin`update users set disabled_at = now() where id = ${user}`,
			(user) => scene.admin`update users set disabled_at = null where id = ${user}`,
		],
		[
			'a member of a suspended firm',
			'FORBIDDEN',
			403,
			() => scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.north.id}`,
			() => scene.admin`update firms set status = 'ACTIVE' where id = ${scene.north.id}`,
		],
	];

	it.each(cases)('%s', async (_, code, status, take, back) => {
		const { sub: user } = claimsOf(scene.north.member);
		const read = () => scene.api.ask(scene.north.member, NOTES);
		expect((await read()).data.notes.nodes).toContainEqual({ title: 'identity-marker' });
		await take(user);
		const refused = await read();
		await back(user);
		expectRefused(refused, code, status);
		expect((await read()).data.notes.nodes).toContainEqual({ title: 'identity-marker' });
	});

	it('a member who becomes a client loses the notes at once', async () => {
		const { sub: user } = claimsOf(scene.north.member);
		await scene.admin`update memberships set role = 'CLIENT', client_id = ${scene.north.clientId} where user_id = ${user}`;
		const answer = await scene.api.ask(
			scene.north.member,
			`{ note(id: "${sealedNote}") { title } node(id: "${sealedNote}") { id } }`,
		);
		await scene.admin`update memberships set role = 'MEMBER', client_id = null where user_id = ${user}`;
		expect(answer.data).toEqual({ note: null, node: null });
	});

	it('a disabled operator', async () => {
		const { sub: user } = claimsOf(scene.operator);
		await scene.admin`update operators set disabled_at = now() where user_id = ${user}`;
		const refused = await scene.api.ask(scene.operator, VIEWER);
		await scene.admin`update operators set disabled_at = null where user_id = ${user}`;
		expectRefused(refused, 'FORBIDDEN', 403);
		const [entry] = await scene.entriesOf(refused);
		expect(entry).toMatchObject({ action: 'request.deny', decision: 'DENIED', actor: { kind: 'operator', user } });
	});
});

describe('a server of one plane', () => {
	it.each([
		['firm', () => scene.operator, () => scene.north.member],
		['operator', () => scene.north.member, () => scene.operator],
	] as const)('%s: refuses the other plane’s people and records it', async (plane, stranger, own) => {
		const api = await scene.installation.serve({ FIRMSEAL_PLANE: plane });
		const refused = await api.ask(stranger(), VIEWER);
		expectRefused(refused, 'FORBIDDEN', 403);
		expect(await scene.entriesOf(refused)).toMatchObject([
			{ action: 'request.deny', actor: { user: claimsOf(stranger()).sub } },
		]);
		expect((await api.ask(own(), VIEWER)).errors).toEqual([]);
	});
});
