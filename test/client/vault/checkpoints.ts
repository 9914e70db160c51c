import { leafHash, rootHash } from '../../../src/audit/verify/index.ts';
import { toBase64 } from '../../custody/some.ts';

/** A key of a service that signs checkpoints of key logs (C2SP). */
export interface LogKey {
	readonly privateKey: InstanceType<typeof CryptoKey>;
	readonly publicKey: Uint8Array;
}

export interface CheckpointParts {
	readonly origin: string;
	readonly size: number;
	readonly root: Uint8Array;
	/** Unix seconds of the cosignature; null for none. */
	readonly time: number | null;
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
	Uint8Array.from(parts.flatMap((part) => [...part]));

export async function newLogKey(): Promise<LogKey> {
	const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as {
		privateKey: LogKey['privateKey'];
		publicKey: LogKey['privateKey'];
	};
	return { privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)) };
}

async function keyId(origin: string, publicKey: Uint8Array, type: number): Promise<Uint8Array> {
	const hash = await crypto.subtle.digest('SHA-256', joined(utf8(origin), Uint8Array.of(0x0a, type), publicKey));
	return new Uint8Array(hash).subarray(0, 4);
}

export async function vkeyOf(origin: string, { publicKey }: LogKey): Promise<string> {
	const id = await keyId(origin, publicKey, 1);
	const hex = Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return `${origin}+${hex}+${toBase64(joined(Uint8Array.of(1), publicKey))}`;
}

/** A checkpoint that the key has signed, and cosigned if there is a time. */
export async function signCheckpoint(key: LogKey, { origin, size, root, time }: CheckpointParts): Promise<string> {
	const text = `${origin}\n${size}\n${toBase64(root)}\n`;
	const sign = async (message: string): Promise<Uint8Array> =>
		new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, utf8(message)));
	const line = (bytes: Uint8Array): string => `— ${origin} ${toBase64(bytes)}\n`;
	const own = line(joined(await keyId(origin, key.publicKey, 1), await sign(text)));
	if (time === null) return `${text}\n${own}`;
	const stamped = new Uint8Array(8);
	new DataView(stamped.buffer).setBigUint64(0, BigInt(time));
	const signature = await sign(`cosignature/v1\ntime ${time}\n${text}`);
	return `${text}\n${own}${line(joined(await keyId(origin, key.publicKey, 4), stamped, signature))}`;
}

export const rootOf = async (entries: readonly string[]): Promise<Uint8Array> =>
	rootHash(await Promise.all(entries.map((entry) => leafHash(entry))));
