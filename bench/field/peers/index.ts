import { openAwsCryptoPeer } from './aws-crypto-peer.ts';
import { openCloakPeer } from './cloak-peer.ts';
import { openJose } from './jose.ts';
import type { FieldPeer } from './peer.ts';
import { openPrismaFieldEncryption } from './prisma-field-encryption.ts';
import { openTypeormEncrypted } from './typeorm-encrypted.ts';

export type { FieldPeer } from './peer.ts';

/** All of them, each with a key of its own. @throws Error if one doesn't give back what it was given: that isn't compared with. */
export async function openFieldPeers(): Promise<readonly FieldPeer[]> {
	const peers = await Promise.all([
		openCloakPeer(),
		openPrismaFieldEncryption(),
		openTypeormEncrypted(),
		openJose(),
		openAwsCryptoPeer(),
	]);
	const text = 'A text, é 漢.';
	for (const { name, encrypt, decrypt } of peers) {
		const stored = await encrypt(text);
		if (stored === text || (await decrypt(stored)) !== text) throw new Error(`${name} doesn't encrypt as it should.`);
	}
	return peers;
}
