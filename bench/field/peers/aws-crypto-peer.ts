import { randomBytes } from 'node:crypto';
import { openAwsCrypto } from '../../aws-crypto.ts';
import type { FieldPeer } from './peer.ts';

/** One message for each value: committing suite, no signature, a key at hand. */
export async function openAwsCryptoPeer(): Promise<FieldPeer> {
	const { encryptValue, decryptValue } = await openAwsCrypto(randomBytes(32));
	return {
		name: '@aws-crypto/client-node',
		encrypt: (text) => encryptValue(Buffer.from(text, 'utf8')),
		decrypt: async (stored) => Buffer.from(await decryptValue(stored as Uint8Array)).toString('utf8'),
	};
}
