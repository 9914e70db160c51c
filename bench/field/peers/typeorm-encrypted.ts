import { randomBytes } from 'node:crypto';
import type { FieldPeer } from './peer.ts';

interface Crypto {
	encryptData(data: Buffer, options: object): Buffer;
	decryptData(data: Buffer, options: object): Buffer;
}

const PACKAGE: string = 'typeorm-encrypted/lib/crypto.js';

/** What its EncryptionTransformer does with a text, which itself asks for TypeORM to be there. */
export async function openTypeormEncrypted(): Promise<FieldPeer> {
	const { encryptData, decryptData }: Crypto = await import(PACKAGE);
	const options = { key: randomBytes(32).toString('hex'), algorithm: 'aes-256-gcm', ivLength: 12, authTagLength: 16 };
	return {
		name: 'typeorm-encrypted',
		encrypt: (text) => encryptData(Buffer.from(text, 'utf8'), options).toString('base64'),
		decrypt: (stored) => decryptData(Buffer.from(stored as string, 'base64'), options).toString('utf8'),
	};
}
