import { afterEach, describe, expect, it, vi } from 'vitest';
import { deriveChunkKeys, openChunkKeys } from '../../src/envelope/index.ts';
import { type CobblestoneVector, cobblestone, DOES_NOT_OPEN, outcome, sealByNode } from './chunked-vectors.ts';
import { fromHex, toHex } from './field-vectors.ts';

const headed = cobblestone.filter(({ flags }) => !flags.includes('HeaderFailure'));
const [first] = cobblestone as readonly [CobblestoneVector];
const { key, context } = first;
const prefix = first.ciphertext.slice(0, 56);
const salt = first.ciphertext.slice(0, 24);

async function hmacKey(hash: string, length: number) {
	return crypto.subtle.generateKey({ name: 'HMAC', hash, length }, false, ['sign', 'verify']);
}

afterEach(() => {
	vi.restoreAllMocks();
});

describe('the keys of a message', () => {
	it('match the vectors, derived from the salt and from the prefix', async () => {
		expect(headed).toHaveLength(25);
		for (const vector of headed) {
			const start = vector.ciphertext.slice(0, 56);
			const derived = await deriveChunkKeys(vector.key, start.slice(0, 24), vector.context);
			const opened = await openChunkKeys(vector.key, start, vector.context);
			for (const keys of [derived, opened]) {
				expect(toHex(keys.prefix)).toBe(toHex(start));
				expect(toHex(keys.baseNonce)).toBe(vector.baseNonce);
				const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: keys.baseNonce }, keys.key, start);
				const theirs = sealByNode(vector.aeadKey as string, fromHex(vector.baseNonce as string), start);
				expect(toHex(new Uint8Array(sealed))).toBe(toHex(theirs));
			}
		}
	});

	it('open what they sealed, and cannot be exported', async () => {
		const keys = await deriveChunkKeys(key, salt, context);
		expect(keys.key.extractable).toBe(false);
		expect([...keys.key.usages].sort()).toEqual(['decrypt', 'encrypt']);
	});

	it('are not part of any buffer that is returned', async () => {
		const keys = await deriveChunkKeys(key, salt, context);
		const raw = Buffer.from(first.aeadKey as string, 'hex');
		for (const { buffer } of [keys.baseNonce, keys.prefix]) {
			expect(Buffer.from(buffer).includes(raw)).toBe(false);
			expect(Buffer.from(buffer).includes(raw.subarray(0, 8))).toBe(false);
		}
	});

	it('can be derived from a key that stays inside WebCrypto', async () => {
		const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
		expect(toHex((await openChunkKeys(imported, prefix, context)).prefix)).toBe(toHex(prefix));
	});

	it('are derived from an imported key that is for signing only and cannot be exported', async () => {
		const importKey = vi.spyOn(crypto.subtle, 'importKey');
		await deriveChunkKeys(key, salt, context);
		const [hmac] = await Promise.all(importKey.mock.results.map(({ value }) => value));
		expect(hmac).toMatchObject({ extractable: false, usages: ['sign'] });
	});
});

describe('an invalid key or salt is refused', () => {
	const KEY = /^RangeError: A key of chunked encryption is 32 bytes(, imported for HMAC with SHA-512)?\.$/;

	it.each([0, 31, 33, 64])('a key of %i bytes', async (length) => {
		const raw = new Uint8Array(length);
		expect(await outcome(deriveChunkKeys(raw, salt, context))).toBe(
			'RangeError: A key of chunked encryption is 32 bytes.',
		);
		expect(await outcome(openChunkKeys(raw, prefix, context))).toMatch(KEY);
	});

	it.each([0, 23, 25, 32])('a salt of %i bytes', async (length) => {
		expect(await outcome(deriveChunkKeys(key, new Uint8Array(length), context))).toBe(
			'RangeError: A salt is 24 bytes.',
		);
	});

	it('a key of another algorithm, hash or length', async () => {
		const others = [
			await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']),
			await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']),
			await hmacKey('SHA-256', 256),
			await hmacKey('SHA-512', 512),
		];
		for (const other of others) {
			expect(await outcome(deriveChunkKeys(other, salt, context))).toBe(
				'RangeError: A key of chunked encryption is 32 bytes, imported for HMAC with SHA-512.',
			);
		}
	});
});

describe('the prefix of a message', () => {
	it('gives no keys after a change of any single bit', async () => {
		for (let bit = 0; bit < 56 * 8; bit++) {
			const changed = prefix.slice();
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(await outcome(openChunkKeys(key, changed, context))).toBe(DOES_NOT_OPEN);
		}
	});

	it('gives no keys if it is cut or extended', async () => {
		const longer = Uint8Array.from([...prefix, 0]);
		const cut = Array.from({ length: 56 }, (_, length) => prefix.slice(0, length));
		for (const given of [...cut, longer]) expect(await outcome(openChunkKeys(key, given, context))).toBe(DOES_NOT_OPEN);
		expect(await outcome(openChunkKeys(key, prefix, context))).toBe('opened');
	});
});
