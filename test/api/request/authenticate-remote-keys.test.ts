import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAuthenticator, createRemoteKeys } from '../../../src/api/request/authenticate.ts';
import { fetchIssuerKeys } from '../../../src/api/request/fetch-issuer-keys.ts';
import { readConfig } from '../../../src/config/config.ts';

const issuer = 'https://login.northgate.example';
const audience = 'firmseal';
const pair = generateKeyPairSync('ed25519');
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one' }] });

let server: Server | undefined;
afterEach(() => {
	server?.closeAllConnections();
	server?.close();
});

async function serve(answer: RequestListener): Promise<URL> {
	server = createServer(answer);
	await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
	return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
}
async function authenticateWith(address: URL, kid = 'one') {
	const token = await new SignJWT({ sub: 'user-1' })
		.setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
		.setIssuedAt()
		.setIssuer(issuer)
		.setAudience(audience)
		.setExpirationTime('5m')
		.sign(pair.privateKey);
	const authenticate = createAuthenticator({
		issuer,
		audience,
		keys: createRemoteKeys(address),
		rules: readConfig({}).tokenRules,
	});
	return (header = `Bearer ${token}`) => authenticate(header);
}

it('many requests fetch the issuer’s keys only once', async () => {
	let fetched = 0;
	const address = await serve((_, response) => {
		fetched += 1;
		response.end(keySet);
	});
	const authenticate = await authenticateWith(address);
	const all = await Promise.all(Array.from({ length: 20 }, () => authenticate()));
	expect(all.map(({ subject }) => subject)).toEqual(Array(20).fill('user-1'));
	await authenticate();
	expect(fetched).toBe(1);
});

it('unknown key ids do not cause repeated requests to the issuer', async () => {
	let fetched = 0;
	const address = await serve((_, response) => {
		fetched += 1;
		response.end(keySet);
	});
	const authenticate = await authenticateWith(address, 'unknown');
	for (let n = 0; n < 10; n++) {
		await expect(authenticate()).rejects.toMatchObject({ message: expect.stringContaining('names no key') });
	}
	expect(fetched).toBe(1);
});

describe('unavailable issuer keys let no one in, and are reported as UNAUTHENTICATED', () => {
	const refused = { code: 'UNAUTHENTICATED', message: expect.stringContaining('are unavailable: try again') };

	it.each<[string, RequestListener]>([
		['a server error', (_, response) => response.writeHead(500).end('secret detail')],
		['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
		['a page instead of keys', (_, response) => response.end('<html>secret detail</html>')],
		['JSON that is no key set', (_, response) => response.end('{"keys":"secret detail"}')],
		['a dropped connection', (_, response) => response.destroy()],
	])('after %s', async (_, answer) => {
		const authenticate = await authenticateWith(await serve(answer));
		await expect(authenticate()).rejects.toMatchObject(refused);
		await expect(authenticate()).rejects.toMatchObject({ message: expect.not.stringContaining('secret') });
	});

	it('after a refused connection', async () => {
		const address = await serve(() => undefined);
		await new Promise((resolve) => server?.close(resolve));
		await expect((await authenticateWith(address))()).rejects.toMatchObject(refused);
	});

	it('after no response within three seconds', async () => {
		const timeout = AbortSignal.timeout;
		const shorter = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(50));
		onTestFinished(() => shorter.mockRestore());
		const address = await serve(() => undefined);
		const authenticate = await authenticateWith(address);
		await expect(authenticate()).rejects.toMatchObject(refused);
		await expect(fetchIssuerKeys(address)).rejects.toThrow(
			`${address.host} does not answer within 3 s: open the firewall, or fix FIRMSEAL_JWKS_URL.`,
		);
		expect(shorter).toHaveBeenCalledWith(3_000);
	});

	it('until the issuer is available again', async () => {
		let away = true;
		const address = await serve((_, response) => (away ? response.destroy() : response.end(keySet)));
		const authenticate = await authenticateWith(address);
		await expect(authenticate()).rejects.toMatchObject(refused);
		away = false;
		await expect(authenticate()).resolves.toMatchObject({ subject: 'user-1' });
	});
});

it.each(['http://login.northgate.example/jwks.json', 'http://127.0.0.1.attacker.example/', 'file:///etc/keys.json'])(
	'the key URL %s is refused',
	(address) => expect(() => createRemoteKeys(new URL(address))).toThrow(/^FIRMSEAL_JWKS_URL must be an https address/),
);
