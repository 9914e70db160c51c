import { generateKeyPairSync, sign } from 'node:crypto';
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

/** A new Ed25519 key of node:crypto under `name`, as C2SP signed-note has it. */
export function newSigner(name: string): NoteSigner {
	const { publicKey, privateKey } = generateKeyPairSync('ed25519');
	const raw = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url'));
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
