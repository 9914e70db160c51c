import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { sha256 } from './naive-tree.ts';

export interface NoteSigner {
	readonly vkey: string;
	readonly keyId: Uint8Array;
	readonly publicKey: Uint8Array;
	/** The 64 bytes. */
	sign(text: string): Uint8Array;
	/** The whole line for `text`, with its newline. */
	line(text: string): string;
}

/** A new Ed25519 key of node:crypto under `name`, as in C2SP signed-note. */
export function newSigner(name: string): NoteSigner {
	return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}

/** RFC 8410: the bytes before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key whose 32 private bytes are all `byte`. */
export function fixedKey(byte: number): KeyObject {
	return createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, byte)]), format: 'der', type: 'pkcs8' });
}

export function signerOf(name: string, privateKey: KeyObject): NoteSigner {
	const raw = new Uint8Array(
		Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x as string, 'base64url'),
	);
	const keyId = keyIdOf(name, raw);
	const signText = (text: string) => new Uint8Array(sign(null, Buffer.from(text), privateKey));
	return {
		vkey: vkeyOf(name, raw),
		keyId,
		publicKey: raw,
		sign: signText,
		line: (text) => signatureLine(name, keyId, signText(text)),
	};
}

/** `publicKey`: Ed25519, 32 bytes. */
export const keyIdOf = (name: string, publicKey: Uint8Array): Uint8Array =>
	sha256(`${name}\n\x01`, publicKey).slice(0, 4);

export function vkeyOf(name: string, publicKey: Uint8Array): string {
	const id = Buffer.from(keyIdOf(name, publicKey)).toString('hex');
	return `${name}+${id}+${Buffer.from([1, ...publicKey]).toString('base64')}`;
}

export function signatureLine(name: string, keyId: Uint8Array, signature: Uint8Array): string {
	return `— ${name} ${Buffer.from([...keyId, ...signature]).toString('base64')}\n`;
}
