import { randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { openAwsCrypto } from './aws-crypto.ts';
import { openCloak } from './cloak.ts';

/** Encryption of one text by another package. */
export interface FieldPeer {
	readonly name: string;
	/** Returns, or resolves to, the stored form, whose type depends on the package. */
	encrypt(text: string): unknown;
	decrypt(stored: unknown): unknown;
}

/** All peers, each with a key of its own. @throws Error if a peer does not return the text that it encrypted */
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
		if (stored === text || (await decrypt(stored)) !== text) throw new Error(`${name} does not encrypt correctly.`);
	}
	return peers;
}

async function openCloakPeer(): Promise<FieldPeer> {
	const { encrypt, decrypt } = await openCloak();
	return { name: '@47ng/cloak', encrypt, decrypt: (stored) => decrypt(stored as string) };
}

/** Not literals: TypeScript would resolve the packages, which `npm ci` of the project does not install. */
const PRISMA_PACKAGE: string = 'prisma-field-encryption/dist/encryption.js';
const TYPEORM_PACKAGE: string = 'typeorm-encrypted/lib/crypto.js';
const MODEL = 'Note';
const MODELS = { [MODEL]: { fields: { body: { encrypt: true, strictDecryption: true } }, connections: {} } };

/** Calls the functions that the package's extension calls for each query, without Prisma, for a row of one field. */
async function openPrismaFieldEncryption(): Promise<FieldPeer> {
	const { configureKeys, encryptOnWrite, decryptOnRead } = await import(PRISMA_PACKAGE);
	const keys = configureKeys({ encryptionKey: (await openCloak()).key });
	return {
		name: 'prisma-field-encryption',
		encrypt(text) {
			const params = { model: MODEL, action: 'create', args: { data: { body: text } } };
			return encryptOnWrite(params, keys, MODELS, `${MODEL}.create`).args.data?.body;
		},
		decrypt(stored) {
			// The package decrypts the row in place.
			const row = { body: stored };
			decryptOnRead({ model: MODEL, action: 'findMany', args: {} }, row, keys, MODELS, `${MODEL}.findMany`);
			return row.body;
		},
	};
}

/** The functions of its EncryptionTransformer, without TypeORM, which the transformer needs. */
async function openTypeormEncrypted(): Promise<FieldPeer> {
	const { encryptData, decryptData } = await import(TYPEORM_PACKAGE);
	const options = { key: randomBytes(32).toString('hex'), algorithm: 'aes-256-gcm', ivLength: 12, authTagLength: 16 };
	return {
		name: 'typeorm-encrypted',
		encrypt: (text) => encryptData(Buffer.from(text, 'utf8'), options).toString('base64'),
		decrypt: (stored) => decryptData(Buffer.from(stored as string, 'base64'), options).toString('utf8'),
	};
}

/** A compact JWE, direct, A256GCM, with an imported key: the fastest way of the package. */
async function openJose(): Promise<FieldPeer> {
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

/** One message for each value: committing suite, no signature, a raw key. */
async function openAwsCryptoPeer(): Promise<FieldPeer> {
	const { encryptValue, decryptValue } = await openAwsCrypto(randomBytes(32));
	return {
		name: '@aws-crypto/client-node',
		encrypt: (text) => encryptValue(Buffer.from(text, 'utf8')),
		decrypt: async (stored) => Buffer.from(await decryptValue(stored as Uint8Array)).toString('utf8'),
	};
}
