import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** An identity provider on loopback, with a JWKS and with tokens for the persons that a test names. */
export async function startIdentityProvider() {
	const { publicKey, privateKey } = await generateKeyPair('ES256');
	const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
	const server = createServer(({ url: path }, answer) => {
		const document = path === '/jwks' ? jwks : provider.discovery;
		answer.statusCode = document ? 200 : 404;
		answer.setHeader('content-type', 'application/json').end(JSON.stringify(document));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
	const [issuer, audience] = ['https://id.example', 'firmseal'];
	const provider = {
		/** Its metadata document at the standard path. */
		discovery: null as object | null,
		env: {
			FIRMSEAL_JWT_ISSUER: issuer,
			FIRMSEAL_JWT_AUDIENCE: audience,
			FIRMSEAL_JWKS_URL: url,
			FIRMSEAL_JWT_CLIENTS: 'workspace',
		},
		token: (subject: string, change: object = {}): Promise<string> =>
			new SignJWT({ azp: 'workspace', auth_time: Math.floor(Date.now() / 1000), ...change })
				.setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'one' })
				.setIssuer(issuer)
				.setAudience(audience)
				.setSubject(subject)
				.setIssuedAt()
				.setExpirationTime('1h')
				.sign(privateKey),
		stop: () =>
			new Promise<void>((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
	return provider;
}
