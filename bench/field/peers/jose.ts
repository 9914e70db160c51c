import { randomBytes } from 'node:crypto';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { FieldPeer } from './peer.ts';

/** A compact JWE, direct, A256GCM, with a key that is imported once: the fastest that the package has. */
export async function openJose(): Promise<FieldPeer> {
	const raw = new Uint8Array(randomBytes(32));
	const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
	const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
	return {
		name: 'jose',
		encrypt: (text) =>
			new CompactEncrypt(encoder.encode(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key),
		decrypt: async (stored) => decoder.decode((await compactDecrypt(stored as string, key)).plaintext),
	};
}
