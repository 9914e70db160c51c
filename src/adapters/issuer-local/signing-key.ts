import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { SetupError } from '../../errors.ts';
import { createOwnerOnly, readOwnerOnly } from '../../local-files/index.ts';

export interface SigningKey {
	readonly privateKey: KeyObject;
	/** As it stands in a JWKS; the key id is the RFC 7638 thumbprint. */
	readonly publicJwk: JWK & { readonly kid: string };
}

/**
 * The Ed25519 key in the file at `path`, a private JWK (RFC 8037); makes the file when there is none.
 * @throws SetupError when the file is damaged or not the owner's alone.
 */
export async function openSigningKey(path: string): Promise<SigningKey> {
	// Twice: between finding no file and making one, another process may have made it, and then its key is the key.
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

/** null: another process was faster. */
async function createKeyFile(path: string): Promise<string | null> {
	const text = `${JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }))}\n`;
	return (await createOwnerOnly(path, text)) ? text : null;
}

/** null: not the text that createKeyFile() writes. The public half, kept beside the private one, shows any change of either. */
function parsePrivateKey(text: string): KeyObject | null {
	try {
		const privateKey = createPrivateKey({ key: JSON.parse(text), format: 'jwk' });
		return `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n` === text ? privateKey : null;
	} catch {
		return null;
	}
}

function damagedKeyError(path: string): SetupError {
	return new SetupError(`${path} is damaged: move it away for a new key; tokens given out before then stop working.`);
}
