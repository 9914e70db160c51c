import { chmod, chown, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalIssuer } from '../../../src/adapters/issuer-local/index.ts';
import { createAuthenticator } from '../../../src/api/request/authenticate.ts';
import { readConfig } from '../../../src/config/config.ts';
import { SetupError } from '../../../src/errors.ts';

const names = { issuer: 'http://127.0.0.1:4000', audience: 'firmseal' };
const options = { ...names, client: 'firmseal-cli', maxSeconds: 86_400 };
const rules = { ...readConfig({}).tokenRules, types: ['at+jwt'], clients: ['firmseal-cli'] };
let directory: string;
let keyFile: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'firmseal-issuer-'));
	keyFile = join(directory, 'issuer-key.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const openHere = () => openLocalIssuer({ directory, ...options });
const wanted = { subject: 'user-1', seconds: 600 };

describe('tokens of the local issuer', () => {
	it('are accepted by the authenticator, with the time of issue as sign-in time', async () => {
		const now = new Date('2026-11-24T12:00:00Z');
		const issuer = await openLocalIssuer({ directory, ...options, now: () => now });
		const authenticate = createAuthenticator({ ...names, rules, keys: issuer.keys, now: () => now });
		const who = await authenticate(`Bearer ${await issuer.issueToken(wanted)}`);
		expect(who).toEqual({ issuer: names.issuer, subject: 'user-1', email: null, authTime: now, issuedAt: now });
	});

	it('hold nothing but the person, the audience and the lifetime', async () => {
		const token = await (await openHere()).issueToken(wanted);
		const { iat = 0, ...claims } = decodeJwt(token);
		expect(claims).toEqual({
			iss: names.issuer,
			aud: 'firmseal',
			sub: 'user-1',
			client_id: 'firmseal-cli',
			jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
			exp: iat + 600,
			auth_time: iat,
		});
		expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) });
	});

	it('expire', async () => {
		const issuer = await openLocalIssuer({ directory, ...options, now: () => new Date(Date.now() - 3_600_000) });
		const authenticate = createAuthenticator({ ...names, rules, keys: issuer.keys });
		await expect(authenticate(`Bearer ${await issuer.issueToken(wanted)}`)).rejects.toThrow('has expired');
	});

	it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 86_401])(
		'are not issued for %d seconds',
		async (seconds) => {
			await expect((await openHere()).issueToken({ subject: 'user-1', seconds })).rejects.toMatchObject({
				code: 'BAD_USER_INPUT',
				message: expect.stringContaining('from 1 to 86400'),
			});
		},
	);

	it('are refused if they come from another installation', async () => {
		const own = await openHere();
		const other = await openLocalIssuer({ directory: join(directory, 'other'), ...options });
		const authenticate = createAuthenticator({ ...names, rules, keys: own.keys });
		await expect(authenticate(`Bearer ${await other.issueToken(wanted)}`)).rejects.toMatchObject({
			code: 'UNAUTHENTICATED',
		});
	});
});

describe('the key file', () => {
	it('is readable by its owner only, in a directory created for it', async () => {
		const inside = join(directory, 'new', 'issuer');
		await openLocalIssuer({ directory: inside, ...options });
		expect((await stat(inside)).mode & 0o777).toBe(0o700);
		expect((await stat(join(inside, 'issuer-key.json'))).mode & 0o777).toBe(0o600);
	});

	it('is created once, and read from then on', async () => {
		const token = await (await openHere()).issueToken(wanted);
		const before = await readFile(keyFile, 'utf8');
		const again = await openHere();
		expect(await readFile(keyFile, 'utf8')).toBe(before);
		const authenticate = createAuthenticator({ ...names, rules, keys: again.keys });
		await expect(authenticate(`Bearer ${token}`)).resolves.toMatchObject({ subject: 'user-1' });
	});

	it('is the same for all processes that start at once, which leave nothing beside it', async () => {
		const issuers = await Promise.all(Array.from({ length: 12 }, openHere));
		const tokens = await Promise.all(issuers.map((issuer) => issuer.issueToken(wanted)));
		expect(new Set(tokens.map((token) => decodeProtectedHeader(token).kid)).size).toBe(1);
		expect(await readdir(directory)).toEqual(['issuer-key.json']);
	});

	it('does not reveal the private key in what is published', async () => {
		const issuer = await openHere();
		const { d } = JSON.parse(await readFile(keyFile, 'utf8'));
		expect(d).toHaveLength(43);
		const published = (issuer.keys as unknown as { jwks(): unknown }).jwks();
		expect(JSON.stringify(published)).not.toContain(d);
	});

	it.each([0o640, 0o604, 0o620, 0o602, 0o644])(
		'is refused with instructions, and left unchanged, if others may read it (%o)',
		async (mode) => {
			await openHere();
			await chmod(keyFile, mode);
			const before = await readFile(keyFile, 'utf8');
			await expect(openHere()).rejects.toThrow(/open to other users: .*chmod 600/);
			expect(await readFile(keyFile, 'utf8')).toBe(before);
		},
	);

	// Only root can change the owner of a file.
	it.runIf(process.getuid?.() === 0)('is refused if another user owns it', async () => {
		await openHere();
		await chown(keyFile, 65_534, 65_534);
		await expect(openHere()).rejects.toThrow(/belongs to another user: .*chown/);
	});

	it('is refused if it is a link', async () => {
		await openHere();
		await rename(keyFile, join(directory, 'elsewhere.json'));
		await symlink(join(directory, 'elsewhere.json'), keyFile);
		await expect(openHere()).rejects.toThrow(/cannot be opened \(ELOOP\): make it a regular file of the user/);
	});

	it('is refused if it is a directory or much too large', async () => {
		await writeFile(keyFile, 'x'.repeat(5000), { mode: 0o600 });
		await expect(openHere()).rejects.toThrow('is not a key file: restore');
		await rm(keyFile);
		await openLocalIssuer({ directory: keyFile, ...options });
		await expect(openHere()).rejects.toThrow(SetupError);
	});

	it('cannot be created under a path that is not a directory', async () => {
		await writeFile(join(directory, 'plain'), '');
		const opening = openLocalIssuer({ directory: join(directory, 'plain'), ...options });
		await expect(opening).rejects.toThrow(/ENOTDIR|cannot be made/);
	});

	describe('with damage', () => {
		const swapLetter = (text: string) => (text === 'A' ? 'B' : 'A');
		it.each<[string, (text: string) => string]>([
			['empty', () => ''],
			['cut off', (text) => text.slice(0, -10)],
			['no JSON', () => 'key'],
			['another kind of JSON', () => '[]'],
			['with another letter in the private half', (text) => text.replace(/(?<="d":".{9})./, swapLetter)],
			['with another letter in the public half', (text) => text.replace(/(?<="x":".{9})./, swapLetter)],
			['without its private half', (text) => text.replace(/"d":"[^"]*",?/, '')],
			['with more in it', (text) => text.replace('{', '{"note":"hello",')],
		])('is refused with instructions, and left unchanged: %s', async (_, damage) => {
			await openHere();
			const text = damage(await readFile(keyFile, 'utf8'));
			await writeFile(keyFile, text);
			const error = await openHere().catch((error: unknown) => error as Error);
			expect(error).toBeInstanceOf(SetupError);
			expect((error as Error).message).toContain('is damaged: move it away, and a new key is made');
			expect(await readFile(keyFile, 'utf8')).toBe(text);
		});
	});
});
