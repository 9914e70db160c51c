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
	/** Unix seconds at which the head is known to be the newest, for cosignatures; left out for a note without them. */
	readonly cosignedAt?: number;
}

const ED25519 = Uint8Array.of(0x01);
/** C2SP tlog-cosignature: a signature with a time. */
const COSIGNATURE = Uint8Array.of(0x04);

/** Bytes 0 to 3 of SHA-256(name || newline || type || public key): FORMAT.md "Checkpoint". */
const keyIdOf = (name: string, publicKey: Uint8Array, type = ED25519): Uint8Array =>
	nodeSha256(Buffer.from(`${name}\n`), type, publicKey).subarray(0, 4);

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

/** The C2SP signed note of a head, with one signature line for each key, and then one cosignature line for each if it has a time. */
export function signNote(head: TreeHead, keys: readonly NoteKey[]): string {
	const { origin, cosignedAt } = head;
	const text = textOf(head);
	const line = (...parts: readonly Uint8Array[]) => `\u2014 ${origin} ${Buffer.concat(parts).toString('base64')}\n`;
	const lines = keys.map(({ publicKey, sign }) => line(keyIdOf(origin, publicKey), sign(Buffer.from(text))));
	if (cosignedAt === undefined) return `${text}\n${lines.join('')}`;
	const time = Buffer.alloc(8);
	time.writeBigUInt64BE(BigInt(cosignedAt));
	const signed = Buffer.from(`cosignature/v1\ntime ${cosignedAt}\n${text}`);
	const cosigned = keys.map(({ publicKey, sign }) => line(keyIdOf(origin, publicKey, COSIGNATURE), time, sign(signed)));
	return `${text}\n${[...lines, ...cosigned].join('')}`;
}

/** The origin in checkpoints of a tree: of a firm, of the installation (the nil UUID), or of the root tree (null). */
export const originOf = (installation: string, tree: string | null): string =>
	tree === null ? `${installation}/firmseal` : `${installation}/firmseal/${tree}`;

/** The end of the origin of every key log of a firm. */
const KEY_LOG = '/keys';

/** The origin of a firm's key log (src/custody/FORMAT.md, section 4), which is a tree beside the root tree. */
export const keyLogOriginOf = (installation: string, firm: string): string =>
	`${originOf(installation, firm)}${KEY_LOG}`;

/** What an origin names: the tree of a firm, or its key log. */
export interface NamedTree {
	/** Firm id, or the nil UUID. */
	readonly tree: string;
	readonly isKeyLog: boolean;
}

/** Null for the root tree, or an origin of another installation. */
export function treeNamedBy(origin: string, installation: string): NamedTree | null {
	const prefix = `${originOf(installation, null)}/`;
	if (!origin.startsWith(prefix)) return null;
	const isKeyLog = origin.endsWith(KEY_LOG);
	return { tree: origin.slice(prefix.length, isKeyLog ? -KEY_LOG.length : undefined), isKeyLog };
}
