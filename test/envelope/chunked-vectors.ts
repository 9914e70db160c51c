import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { FirmsealError } from '../../src/errors.ts';
import { fromHex } from './field-vectors.ts';

export interface CobblestoneVector {
	readonly tcId: number;
	readonly comment: string;
	readonly key: Uint8Array;
	readonly context: Uint8Array;
	readonly ciphertext: Uint8Array;
	/** SHA-512 of the plaintext, hexadecimal. Absent if the header already fails. */
	readonly aeadKey: string | undefined;
	readonly baseNonce: string | undefined;
	/** Length of the longest prefix that opens. */
	readonly msgLength: number | undefined;
	readonly msgSha512: string | undefined;
	readonly result: 'valid' | 'invalid';
	readonly flags: readonly string[];
}

export interface DocumentVector {
	readonly dataKey: string;
	readonly keyVersion: number;
	readonly firm: string;
	readonly document: string;
	readonly version: string;
	readonly salt: string;
	readonly size: number;
	readonly plaintextSha256: string;
	readonly objectSha256: string;
	readonly objectLength: number;
	readonly objectHead: string;
}

function read(name: string) {
	return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
}

type Written = Omit<CobblestoneVector, 'key' | 'context' | 'ciphertext'> & { key: string; ctx: string; ct: string };

const [group] = read('wycheproof-cobblestone-256.json').testGroups as readonly [{ tests: Written[] }];

export const cobblestone: readonly CobblestoneVector[] = group.tests.map(({ key, ctx, ct, ...rest }) => ({
	...rest,
	key: fromHex(key),
	context: fromHex(ctx),
	ciphertext: new Uint8Array(inflateSync(fromHex(ct))),
}));

export const documents: readonly DocumentVector[] = read('formats-v1.json').documents;

/** The plaintext of a vector: SHA-256 of the decimal size, repeated and cut to that size. */
export function plaintextOf({ size }: DocumentVector): Uint8Array {
	const block = createHash('sha256').update(String(size)).digest();
	return Uint8Array.from({ length: size }, (_, index) => block[index % block.length] as number);
}

export function digest(algorithm: 'sha256' | 'sha512', bytes: Uint8Array): string {
	return createHash(algorithm).update(bytes).digest('hex');
}

/** AES-256-GCM of another implementation, without AAD. */
export function sealByNode(key: string, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
	const cipher = createCipheriv('aes-256-gcm', fromHex(key), nonce);
	return new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
}

/** The nonce as in the specification: base nonce XOR index, as big-endian integers of the nonce's width. */
export function nonceAt(baseNonce: string, index: number): Uint8Array {
	return fromHex((BigInt(`0x${baseNonce}`) ^ BigInt(index)).toString(16).padStart(24, '0'));
}

export const DOES_NOT_OPEN =
	'CIPHERTEXT_INVALID: This stored value does not open: it was damaged or moved from another place, so restore it from a backup.';

/** 'opened', or the error. */
export async function outcome(opening: Promise<unknown>): Promise<string> {
	return opening.then(
		() => 'opened',
		(error) => (error instanceof FirmsealError ? `${error.code}: ${error.message}` : String(error)),
	);
}
