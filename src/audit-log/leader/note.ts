import { createHash } from 'node:crypto';
import type { HashFunction } from '../../audit/index.ts';

export const nodeSha256: HashFunction = (...parts) => {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return new Uint8Array(hash.digest());
};

/** The state of a tree at one time. */
export interface TreeHead {
	/** `<installation>/firmseal/<firm id>`, or `<installation>/firmseal` for the root tree. */
	readonly origin: string;
	readonly size: number;
	/** 32 bytes. */
	readonly root: Uint8Array;
}

const ED25519 = Uint8Array.of(0x01);

/** Bytes 0 to 3 of SHA-256(name || newline || 0x01 || public key): FORMAT.md "Checkpoint". */
const keyIdOf = (name: string, publicKey: Uint8Array): Uint8Array =>
	nodeSha256(Buffer.from(`${name}\n`), ED25519, publicKey).subarray(0, 4);

/** C2SP vkey: `name+hex key id+base64(0x01 || public key)`. */
export const verifierKeyOf = (name: string, publicKey: Uint8Array): string =>
	`${name}+${Buffer.from(keyIdOf(name, publicKey)).toString('hex')}+${Buffer.concat([ED25519, publicKey]).toString('base64')}`;

/** The text of a checkpoint, which is what a key signs: three lines. */
const textOf = ({ origin, size, root }: TreeHead): string =>
	`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** A key that signs with Ed25519. Signatures have 64 bytes. */
export interface NoteKey {
	readonly publicKey: Uint8Array;
	sign(text: Uint8Array): Uint8Array;
}

/** The C2SP signed note of a head, with one signature line for each key. */
export function signNote(head: TreeHead, keys: readonly NoteKey[]): string {
	const text = textOf(head);
	const lines = keys.map(({ publicKey, sign }) => {
		const signature = Buffer.concat([keyIdOf(head.origin, publicKey), sign(Buffer.from(text))]);
		return `\u2014 ${head.origin} ${signature.toString('base64')}\n`;
	});
	return `${text}\n${lines.join('')}`;
}

/** The origin in checkpoints of a tree: of a firm, of the installation (the nil UUID), or of the root tree (null). */
export const originOf = (installation: string, tree: string | null): string =>
	tree === null ? `${installation}/firmseal` : `${installation}/firmseal/${tree}`;
