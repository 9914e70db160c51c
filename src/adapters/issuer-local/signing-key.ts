import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { SetupError } from '../../errors.ts';
import { createOwnerOnly, readOwnerOnly } from '../../local-files/index.ts';

export interface SigningKey {
	readonly privateKey: KeyObject;
	/** The public key for a JWKS. Its key id is the RFC 7638 thumbprint. */
	readonly publicJwk: JWK & { readonly kid: string };
}

/**
 * Reads the Ed25519 key, a private JWK (RFC 8037), in the file at `path`. Makes the file if there is none.
 * @throws SetupError if the file is damaged, or other users can access it.
 */
export async function openSigningKey(path: string): Promise<SigningKey> {
	// Reads again because another process may make the file first. Then that key counts.
	const text = (await readOwnerOnly(path)) ?? (await createKeyFile(path)) ?? (await readOwnerOnly(path));
	if (text === null) throw damagedKeyError(path);
	const privateKey = parsePrivateKey(text);
	if (privateKey === null) throw damagedKeyError(path);
	const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' }) as {
		kty: string;
		crv: string;
		x: string;
	};
	const kid = await calculateJwkThumbprint({ kty, crv, x });
	return { privateKey, publicJwk: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } };
}

/** null if another process was faster. */
async function createKeyFile(path: string): Promise<string | null> {
	const text = `${JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))}\n`;
	return (await createOwnerOnly(path, text)) ? text : null;
}

/** null unless the text is what createKeyFile() writes. The file also holds the public half, which reveals a change of either half. */
function parsePrivateKey(text: string): KeyObject | null {
	try {
		const privateKey = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
		return `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n` === text ? privateKey : null;
	} catch {
		return null;
	}
}

function damagedKeyError(path: string): SetupError {
	return new SetupError(
		`${path} is damaged: move it away, and a new key is made. Tokens issued before then stop working.`,
	);
}
