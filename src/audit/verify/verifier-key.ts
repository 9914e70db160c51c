import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import { sha256 } from './hash.ts';
import { encodeText } from './text.ts';

const VKEY = /^(?<name>[^\s+]+)\+(?<id>[0-9a-f]{8})\+(?<key>.+)$/u;
/** Type byte of Ed25519 (C2SP signed-note). A key of another type signs other bytes, so it must not be accepted as an Ed25519 key. */
const ED25519 = 0x01;
const TYPE_AND_KEY_LENGTH = 33;

export const KEY_ID_LENGTH = 4;

/** A parsed C2SP vkey. */
export interface VerifierKey {
	readonly name: string;
	/** Derived from name and key; 8 lower-case hexadecimal digits. */
	readonly id: string;
	/** 32 bytes, Ed25519. */
	readonly publicKey: Uint8Array;
}

/**
 * Parses `name+hex key id+base64(0x01 || public key)`.
 * @throws AuditProofError if it has another form, another type than Ed25519, or an id that does not match name and key.
 */
export async function parseVerifierKey(vkey: string): Promise<VerifierKey> {
	const { name, id, key } = VKEY.exec(vkey)?.groups ?? {};
	if (name === undefined || id === undefined || key === undefined) {
		throw new AuditProofError('The verifier key does not have the form name+id+key.');
	}
	const typeAndKey = decodeBase64(key);
	if (typeAndKey.length !== TYPE_AND_KEY_LENGTH || typeAndKey[0] !== ED25519) {
		throw new AuditProofError('The verifier key is not an Ed25519 key.');
	}
	const publicKey = typeAndKey.slice(1);
	if ((await keyIdFor(name, publicKey)) !== id) {
		throw new AuditProofError('The id of the verifier key does not belong to its name and key.');
	}
	return { name, id, publicKey };
}

/** The same public key under another name: one key signs for all trees of an installation. */
export async function keyUnderName(name: string, publicKey: Uint8Array): Promise<VerifierKey> {
	return { name, id: await keyIdFor(name, publicKey), publicKey };
}

/**
 * The vkey of the tree named `origin`, from that of any other tree of the installation.
 * @throws AuditProofError as parseVerifierKey() does.
 */
export async function vkeyForOrigin(vkey: string, origin: string): Promise<string> {
	const { id, publicKey } = await keyUnderName(origin, (await parseVerifierKey(vkey)).publicKey);
	return `${origin}+${id}+${btoa(String.fromCharCode(ED25519, ...publicKey))}`;
}

/**
 * The key id of a public key under a name: 8 lower-case hexadecimal digits. `type` is the type byte of C2SP signed-note; that of Ed25519 by
 * default.
 */
export async function keyIdFor(name: string, publicKey: Uint8Array, type = ED25519): Promise<string> {
	return keyIdOf(await sha256(encodeText(name), Uint8Array.of(0x0a, type), publicKey));
}

/** The key id that `bytes` begin with, in hexadecimal. */
export function keyIdOf(bytes: Uint8Array): string {
	return Array.from(bytes.subarray(0, KEY_ID_LENGTH), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
