import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createNodeAead } from '../../../src/adapters/aead-node/index.ts';

const aead = createNodeAead();
const key = aead.importKey(new Uint8Array(32));
const nonce = new Uint8Array(12);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a chunk', () => {
	it('agrees with test cases 13 and 14 of the GCM specification', () => {
		const target = new Uint8Array(32);
		aead.sealInto(target, key, nonce, new Uint8Array(16));
		expect(hex(target)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
		aead.sealInto(target, key, nonce, new Uint8Array());
		expect(hex(target.subarray(0, 16))).toBe('530f8afbc74536b9a963b4f1c4cb738b');
		const opened = new Uint8Array(16).fill(1);
		expect(
			aead.openInto(
				opened,
				key,
				nonce,
				Buffer.from('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919', 'hex'),
			),
		).toBe(true);
		expect(hex(opened)).toBe('00'.repeat(16));
	});

	it('is written to the start of the target and no further', () => {
		const larger = new Uint8Array(64).fill(0xee);
		aead.sealInto(larger.subarray(8), key, nonce, new Uint8Array(16));
		expect(hex(larger.subarray(0, 8)) + hex(larger.subarray(40))).toBe('ee'.repeat(32));
		const opened = new Uint8Array(64).fill(0xee);
		expect(aead.openInto(opened.subarray(8), key, nonce, larger.subarray(8, 40))).toBe(true);
		expect(hex(opened)).toBe('ee'.repeat(8) + '00'.repeat(16) + 'ee'.repeat(40));
	});

	it('writes nothing if it is not authentic', () => {
		const sealed = new Uint8Array(32);
		aead.sealInto(sealed, key, nonce, new Uint8Array(16));
		const target = new Uint8Array(32).fill(0xee);
		for (let bit = 0; bit < 256; bit++) {
			const changed = sealed.slice();
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(aead.openInto(target, key, nonce, changed)).toBe(false);
		}
		for (let length = 0; length < 32; length++)
			expect(aead.openInto(target, key, nonce, sealed.subarray(0, length))).toBe(false);
		expect(aead.openInto(target, aead.importKey(new Uint8Array(32).fill(1)), nonce, sealed)).toBe(false);
		expect(aead.openInto(target, key, new Uint8Array(12).fill(1), sealed)).toBe(false);
		expect(hex(target)).toBe('ee'.repeat(32));
	});
});

describe('a large number of chunks', () => {
	it('leaves no memory to be collected', () => {
		const [plaintext, sealed] = [new Uint8Array(16_384), new Uint8Array(16_400)];
		const before = process.memoryUsage().arrayBuffers;
		for (let n = 0; n < 1_000; n++) {
			aead.sealInto(sealed, key, nonce, plaintext);
			expect(aead.openInto(plaintext, key, nonce, sealed)).toBe(true);
		}
		// All of them would be 32 MB, of which the collector would have taken some.
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2_000_000);
	});
});

describe('authentication', () => {
	it('is HMAC-SHA-512, built from two hashes', () => {
		const raw = Uint8Array.from({ length: 32 }, (_, index) => 3 * index);
		const data = new TextEncoder().encode('what do ya want for nothing?');
		const padded = (byte: number) => Uint8Array.from({ length: 128 }, (_, index) => (raw[index] ?? 0) ^ byte);
		const sha512 = (...parts: Uint8Array[]) => createHash('sha512').update(Buffer.concat(parts)).digest();
		const expected = sha512(padded(0x5c), sha512(padded(0x36), data));
		expect(hex(aead.authenticate(aead.importKey(raw), data))).toBe(hex(expected));
	});
});

describe('a generated salt', () => {
	it('has 24 bytes and never repeats', () => {
		const salts = Array.from({ length: 1000 }, () => aead.generateSalt());
		expect(salts.every(({ length }) => length === 24)).toBe(true);
		expect(new Set(salts.map(hex)).size).toBe(1000);
	});
});
