import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, exportJWK, type JWK, type JWTHeaderParameters, type LocalJWKSet, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Authenticate, createAuthenticator } from '../../../src/api/request/authenticate.ts';
import { readConfig } from '../../../src/config/config.ts';

const issuer = 'https://login.northgate.example';
const audience = 'firmseal';
const now = new Date('2026-11-24T12:00:00Z');
const seconds = Math.floor(now.getTime() / 1000);
const claims = { iss: issuer, aud: audience, sub: 'user-1', iat: seconds, exp: seconds + 600 };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreign = generateKeyPairSync('ed25519');

let authenticate: Authenticate;
let keys: LocalJWKSet;
let withPersons: Authenticate;
beforeAll(async () => {
	const jwk = async (key: KeyObject, kid: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid });
	keys = createLocalJWKSet({
		keys: [await jwk(rsa.publicKey, 'rsa'), await jwk(ed.publicKey, 'ed'), await jwk(ec.publicKey, 'ec')],
	});
	authenticate = authenticatorWith({});
	withPersons = authenticatorWith({ FIRMSEAL_PERSON_CLAIM: 'oid' });
});

/** An authenticator configured by the settings of an identity provider. */
function authenticatorWith(settings: NodeJS.ProcessEnv): Authenticate {
	const provider = {
		FIRMSEAL_JWT_ISSUER: issuer,
		FIRMSEAL_JWT_AUDIENCE: audience,
		FIRMSEAL_JWKS_URL: `${issuer}/keys`,
	};
	const { tokenRules: rules, tokens } = readConfig({ ...provider, ...settings });
	const personClaim = tokens?.personClaim ?? null;
	return createAuthenticator({ issuer, audience, keys, rules, personClaim, now: () => now });
}

/** A bearer header with a signed token, valid unless changed. */
async function bearer(
	change: Record<string, unknown> = {},
	{ key = ed.privateKey, header = {} }: { key?: KeyObject; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
	const token = new SignJWT({ ...claims, ...change }).setProtectedHeader({
		alg: 'EdDSA',
		kid: 'ed',
		typ: 'JWT',
		...header,
	});
	return `Bearer ${await token.sign(key)}`;
}
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** The header with one part of its token replaced. */
function withPart(header: string, part: 0 | 1 | 2, text: string): string {
	const parts = header.slice('Bearer '.length).split('.');
	parts[part] = text;
	return `Bearer ${parts.join('.')}`;
}
async function expectRefused(header: string | undefined, sentence: RegExp, by = authenticate): Promise<void> {
	const error = await by(header).then(
		() => expect.unreachable('It was let in.'),
		(error: unknown) => error as Error,
	);
	expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringMatching(sentence) });
	expect(error.message).toMatch(/^[^\n]{1,120}\.$/);
	for (const part of header?.replace('Bearer ', '').split('.') ?? []) {
		if (part.length > 20) expect(error.message).not.toContain(part.slice(0, 20));
	}
}

describe('a valid token', () => {
	it.each([
		['EdDSA', 'ed', ed.privateKey],
		['ES256', 'ec', ec.privateKey],
		['RS256', 'rsa', rsa.privateKey],
		['PS256', 'rsa', rsa.privateKey],
	])('is accepted if signed with %s', async (alg, kid, key) => {
		const who = await authenticate(await bearer({}, { key, header: { alg, kid } }));
		expect(who).toEqual({ issuer, subject: 'user-1', issuedAt: now, authTime: null, email: null });
	});

	it('may name several audiences, and its scheme may be in any case', async () => {
		const header = await bearer({ aud: ['other', audience] });
		await expect(authenticate(header.replace('Bearer', 'bearer'))).resolves.toMatchObject({ subject: 'user-1' });
	});

	it.each([
		['with that claim', { oid: 'a-1' }, 'a-1'],
		['without that claim', {}, null],
		['with a number in it', { oid: 7 }, null],
		['with a list in it', { oid: ['a-1'] }, null],
		['with an empty text in it', { oid: '' }, null],
		['with more than ASCII in it', { oid: 'é' }, null],
	])('identifies the person by the configured claim: a token %s', async (_, change, person) => {
		const header = await bearer(change);
		expect((await withPersons(header)).person).toBe(person);
		expect(await authenticate(header)).not.toHaveProperty('person');
	});

	it('says when the person signed in', async () => {
		const header = await bearer({ auth_time: seconds - 60 });
		expect((await authenticate(header)).authTime).toEqual(new Date('2026-11-24T11:59:00Z'));
	});

	it.each([
		['in the future', seconds + 3600],
		['given as text', 'that is negative'],
		['too large for a date', -1],
		['too large for a date', 1e300],
		['of null', null],
	])('with a sign-in time %s has an unbelievable one', async (_, auth_time) =>
		expect((await authenticate(await bearer({ auth_time }))).authTime).toBe('UNBELIEVABLE'),
	);

	it('is accepted up to five seconds after its expiry, for clocks that differ', async () => {
		await expect(authenticate(await bearer({ exp: seconds - 4 }))).resolves.toMatchObject({ subject: 'user-1' });
	});

	it('stands only for its subject, whatever else it claims', async () => {
		const header = await bearer({
			email: 'owner@northgate.example',
			email_verified: true,
			firm: 'northgate',
			role: 'OWNER',
			roles: ['APPROVER'],
			preferred_username: 'owner',
		});
		expect(await authenticate(header)).toEqual({
			issuer,
			subject: 'user-1',
			issuedAt: now,
			authTime: null,
			email: 'owner@northgate.example',
		});
	});
});

describe('a malformed Authorization header is refused', () => {
	it.each<[string | undefined, RegExp]>([
		[undefined, /Sign in and send the token/],
		['', /Sign in and send the token/],
		['Bearer', /must be "Bearer"/],
		['Bearer ', /must be "Bearer"/],
		['Basic dXNlcjpwYXNzd29yZA==', /must be "Bearer"/],
		['Bearer one.two', /must be "Bearer"/],
		['Bearer one.two.three.four.five', /must be "Bearer"/],
		['Bearer one.two.three, Bearer one.two.three', /must be "Bearer"/],
		['Bearer one.two.thr\nee', /must be "Bearer"/],
		['Bearer one.two.three', /not a valid JWT/],
		['Bearer e30.e30.', /not a valid JWT/],
	])('%j', (header, sentence) => expectRefused(header, sentence));

	it('if the scheme is missing', async () => {
		await expectRefused((await bearer()).slice('Bearer '.length), /must be "Bearer"/);
	});

	it('if it exceeds 8 KiB, even with a valid signature', async () => {
		await expectRefused(await bearer({ filler: 'x'.repeat(8 * 1024) }), /larger than 8 KiB/);
	});
});

describe('a forged signature is refused', () => {
	it.each(['none', 'None', 'NONE', 'nOnE'])('with alg: %s', async (alg) => {
		const header = base64url({ alg, kid: 'ed', typ: 'JWT' });
		const refused = /algorithm that is accepted|not a valid JWT/;
		await expectRefused(`Bearer ${header}.${base64url(claims)}.`, refused);
		await expectRefused(withPart(await bearer(), 0, header), refused);
	});

	it.each(['HS256', 'HS384', 'HS512'])('by %s with the public key as the secret', async (alg) => {
		const hash = alg.replace('HS', 'sha');
		const secrets = [
			rsa.publicKey.export({ type: 'spki', format: 'pem' }),
			rsa.publicKey.export({ type: 'spki', format: 'der' }),
			JSON.stringify(await exportJWK(rsa.publicKey)),
			Buffer.from((await exportJWK(ed.publicKey)).x ?? '', 'base64url'),
		];
		for (const secret of secrets) {
			const signed = `${base64url({ alg, kid: 'rsa' })}.${base64url(claims)}`;
			const mac = createHmac(hash, secret).update(signed).digest('base64url');
			await expectRefused(`Bearer ${signed}.${mac}`, /algorithm that is accepted/);
		}
	});

	it('by another key under a known key id', async () => {
		await expectRefused(await bearer({}, { key: foreign.privateKey }), /signature of the token is wrong/);
	});

	it('by a key that the token itself supplies', async () => {
		const jwk = await exportJWK(foreign.publicKey);
		await expectRefused(
			await bearer({}, { key: foreign.privateKey, header: { jwk } }),
			/signature of the token is wrong/,
		);
		const jku = 'https://attacker.example/jwks.json';
		const header = { jwk, jku, x5u: jku, kid: 'mine' };
		await expectRefused(await bearer({}, { key: foreign.privateKey, header }), /names no key of the issuer/);
	});

	it('by an unknown key', async () => {
		await expectRefused(await bearer({}, { header: { kid: '../../etc/passwd' } }), /names no key of the issuer/);
	});

	it('if it was taken from another token', async () => {
		const body = base64url({ ...claims, sub: 'owner' });
		await expectRefused(withPart(await bearer(), 1, body), /signature of the token is wrong/);
	});

	it('if it was cut off or has one bit changed', async () => {
		const header = await bearer();
		const signature = Buffer.from(header.split('.')[2] ?? '', 'base64url');
		signature[10] = (signature[10] ?? 0) ^ 1;
		await expectRefused(withPart(header, 2, ''), /signature of the token is wrong/);
		await expectRefused(withPart(header, 2, signature.toString('base64url')), /signature of the token is wrong/);
	});

	it('if the key is of another kind than the algorithm', async () => {
		await expectRefused(await bearer({}, { header: { kid: 'rsa' } }), /names no key of the issuer/);
	});

	it('with an unknown critical extension', async () => {
		const header = base64url({ alg: 'EdDSA', kid: 'ed', crit: ['b64'], b64: false });
		await expectRefused(withPart(await bearer(), 0, header), /not a valid JWT|signature/);
	});
});

describe('a signed token with wrong claims is refused', () => {
	it.each([
		['for another audience', { aud: 'somebody-else' }, /another audience/],
		['for no audience', { aud: undefined }, /another audience/],
		['for an audience that begins the same', { aud: `${audience}-staging` }, /another audience/],
		['of another issuer', { iss: 'https://login.attacker.example' }, /another issuer/],
		['of no issuer', { iss: undefined }, /another issuer/],
		['of the issuer with a slash', { iss: `${issuer}/` }, /another issuer/],
		['expired', { exp: seconds - 6 }, /has expired/],
		['without expiry', { exp: undefined }, /no expiry time/],
		['with an expiry in words', { exp: 'never' }, /no expiry time/],
		['not yet valid', { nbf: seconds + 60 }, /not valid yet/],
		['without subject', { sub: undefined }, /names no subject/],
		['with an empty subject', { sub: '' }, /names no subject/],
		['with a number as subject', { sub: 7 }, /names no subject/],
		['with a list as subject', { sub: ['user-1'] }, /names no subject/],
		['with a NUL in the subject', { sub: 'user-1\u0000' }, /names no subject/],
		['with a look-alike subject', { sub: 'us\u0435r-1' }, /names no subject/],
		['with a subject of 256 characters', { sub: 'x'.repeat(256) }, /names no subject/],
	])('%s', async (_, change, sentence) => {
		await expectRefused(await bearer(change), sentence);
	});

	it('if its payload is not an object', async () => {
		await expectRefused(withPart(await bearer(), 1, base64url(['sub'])), /signature|not a valid JWT/);
	});
});

describe('an access token', () => {
	const CLIENTS = { FIRMSEAL_JWT_CLIENTS: 'workspace, console' };
	const AS_RFC_9068 = { client_id: 'workspace', jti: 'one' };
	const good = { subject: 'user-1' };
	const typed = (typ: string | undefined) => ({ header: { typ } as Partial<JWTHeaderParameters> });

	it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/at+JWT'])('may be of type %s', async (typ) => {
		const token = await bearer({ ...AS_RFC_9068, nonce: 'x', aud: [audience, 'workspace'] }, typed(typ));
		await expect(authenticatorWith(CLIENTS)(token)).resolves.toMatchObject(good);
		await expectRefused(await bearer({}, typed(typ)), /^The token lacks client_id, jti, which its type at\+jwt/);
	});

	it('must be of a type that the settings name', async () => {
		const only = authenticatorWith({ FIRMSEAL_JWT_TYPES: 'at+JWT' });
		await expectRefused(await bearer(), /type \(typ\)/, only);
		await expect(only(await bearer(AS_RFC_9068, typed('at+jwt')))).resolves.toMatchObject(good);
		await expectRefused(await bearer({}, typed(undefined)), /type \(typ\)/);
		const untyped = authenticatorWith({ FIRMSEAL_JWT_TYPES: 'none' });
		await expect(untyped(await bearer({}, typed(undefined)))).resolves.toMatchObject(good);
	});

	it.each(['client_id', 'azp', 'cid', 'appid'])(
		'must be issued to a configured application, named by %s',
		async (name) => {
			const by = authenticatorWith(CLIENTS);
			await expect(by(await bearer({ [name]: 'console' }))).resolves.toMatchObject(good);
			for (const other of ['Console', 'console ', '', null, 7, ['console']])
				await expectRefused(await bearer({ [name]: other }), /to an application that is not accepted/, by);
			await expectRefused(await bearer(), /names no application/, by);
			await expect(authenticate(await bearer({ [name]: 'anybody' }))).resolves.toMatchObject(good);
		},
	);

	it.each([
		['with a nonce', { nonce: 'n-0S6_WzA2Mj' }],
		['with the hash of an access token', { at_hash: 'x' }],
		['that is addressed to its application too', { aud: [audience, 'workspace'], azp: 'workspace' }],
		['that Keycloak calls a refresh token', { typ: 'Refresh' }],
		['that Cognito calls an ID token', { token_use: 'id' }],
		['of a logout', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
	])('is refused if it is meant for another use, %s', async (_, change) => {
		await expectRefused(await bearer(change), /is an ID token or has another use/);
	});

	it('may identify itself as an access token', async () => {
		await expect(authenticate(await bearer({ typ: 'Bearer', token_use: 'access' }))).resolves.toMatchObject(good);
	});

	it.each([{ jkt: 'x' }, {}, null])('is refused if it is bound to a key: %j', async (cnf) => {
		await expectRefused(await bearer({ cnf }), /bound to a key \(cnf\)/);
	});

	it.each([
		['in the future', { iat: seconds + 6 }, /issue time \(iat\) is in the future/],
		['at no stated time', { iat: undefined }, /has no issue time/],
		['at a time given in words', { iat: 'now' }, /issue time \(iat\) is not a number/],
		[
			'more than a day before its expiry',
			{ exp: seconds + 86_401 },
			/^The token is valid for more than 86400 seconds, the maximum here/,
		],
		['long before an expiry that has not come', { iat: seconds - 86_400, exp: seconds + 60 }, /is valid for more than/],
		['before 1970', { iat: -1e300 }, /is valid for more than/],
	])('is refused if it was issued %s', async (_, change, sentence) => {
		await expectRefused(await bearer(change), sentence);
	});

	it('lives as long as the settings allow, with five seconds for clock differences', async () => {
		await expect(authenticate(await bearer({ iat: seconds + 5 }))).resolves.toMatchObject(good);
		await expect(authenticate(await bearer({ exp: seconds + 86_400 }))).resolves.toMatchObject(good);
		const short = authenticatorWith({ FIRMSEAL_JWT_MAX_LIFE_SECONDS: '600' });
		await expect(short(await bearer())).resolves.toMatchObject(good);
		await expectRefused(await bearer({ exp: seconds + 601 }), /more than 600 seconds/, short);
	});

	it('gives the sign-in time only by the claim that the settings name', async () => {
		const by = authenticatorWith({ FIRMSEAL_AUTH_TIME_CLAIM: 'https://id.example/signed_in' });
		const at = { 'https://id.example/signed_in': seconds - 60, auth_time: seconds };
		expect((await by(await bearer(at))).authTime).toEqual(new Date('2026-11-24T11:59:00Z'));
		expect((await by(await bearer({ auth_time: seconds }))).authTime).toBeNull();
		const odd = authenticatorWith({ FIRMSEAL_AUTH_TIME_CLAIM: 'constructor' });
		expect((await odd(await bearer())).authTime).toBeNull();
	});
});
