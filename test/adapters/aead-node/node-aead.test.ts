import { describe, expect, it } from 'vitest';
import { createNodeAead } from '../../../src/adapters/aead-node/index.ts';

const aead = createNodeAead();
const key = aead.importKey(new Uint8Array(32));
const zeroNonce = new Uint8Array(12);
const none = new Uint8Array();

/** Ciphertext || tag. */
const seal = (by: typeof key, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) =>
	aead.seal(by, aad, none, nonce, plaintext).subarray(nonce.length);
/** Opens nonce || sealed. */
const open = (by: typeof key, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) =>
	aead.open(by, aad, Buffer.concat([nonce, sealed]), 0);

function hex(bytes: Uint8Array | null): string | null {
	return bytes && Buffer.from(bytes).toString('hex');
}

describe('sealing and opening', () => {
	it('agrees with test cases 13 and 14 of the GCM specification', () => {
		expect(hex(seal(key, zeroNonce, none, none))).toBe('530f8afbc74536b9a963b4f1c4cb738b');
		const sealed = seal(key, zeroNonce, none, new Uint8Array(16));
		expect(hex(sealed)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
		expect(hex(open(key, zeroNonce, none, sealed))).toBe('00'.repeat(16));
	});

	it('writes the header and the nonce before the ciphertext', () => {
		const nonce = new Uint8Array(12).fill(9);
		const message = aead.seal(key, none, Uint8Array.of(1, 2, 3), nonce, Uint8Array.of(7));
		expect(hex(message)).toBe(`010203${hex(nonce)}${hex(seal(key, nonce, none, Uint8Array.of(7)))}`);
		expect(message.buffer.byteLength).toBe(message.length);
		expect(hex(aead.open(key, none, message, 3))).toBe('07');
	});

	it('returns null for another key, nonce, AAD or ciphertext', () => {
		const aad = Uint8Array.of(1, 2, 3);
		const sealed = seal(key, zeroNonce, aad, Uint8Array.of(7));
		const damaged = sealed.slice();
		damaged[0] = (damaged[0] as number) ^ 1;
		expect(open(aead.importKey(new Uint8Array(32).fill(1)), zeroNonce, aad, sealed)).toBeNull();
		expect(open(key, new Uint8Array(12).fill(1), aad, sealed)).toBeNull();
		expect(open(key, zeroNonce, Uint8Array.of(1, 2), sealed)).toBeNull();
		expect(open(key, zeroNonce, aad, damaged)).toBeNull();
		expect(hex(open(key, zeroNonce, aad, sealed))).toBe('07');
	});

	it('accepts no shortened or missing tag', () => {
		const sealed = seal(key, zeroNonce, none, none);
		for (let length = 0; length < 16; length++) {
			expect(open(key, zeroNonce, none, sealed.subarray(0, length))).toBeNull();
		}
	});

	it('throws, and does not return null, if the call itself is invalid', () => {
		expect(() => seal(key, none, none, new Uint8Array(17))).toThrow(/initialization vector/i);
	});

	it('accepts a message at any offset, and none that ends before its tag', () => {
		const sealed = seal(key, zeroNonce, none, Uint8Array.of(7));
		const message = Buffer.concat([Uint8Array.of(1, 2, 3), zeroNonce, sealed]);
		expect(hex(aead.open(key, none, message, 3))).toBe('07');
		for (const start of [0, 2, 4, 16, message.length, message.length + 1]) {
			expect(aead.open(key, none, message, start)).toBeNull();
		}
	});

	it('keeps nothing of a message that did not open', () => {
		const nonces = [zeroNonce, new Uint8Array(12).fill(1)];
		const messages = nonces.map((nonce, index) => Buffer.concat([nonce, seal(key, nonce, none, Uint8Array.of(index))]));
		const [first = none, second = none] = messages;
		const damaged = first.map((byte, index) => (index === first.length - 1 ? byte ^ 1 : byte));
		for (const [message, answer] of [
			[first, '00'],
			[damaged, null],
			[second, '01'],
			[damaged, null],
			[first, '00'],
		] as const) {
			expect(hex(aead.open(key, none, message, 0))).toBe(answer);
		}
	});
});

describe('freeing a plaintext', () => {
	it('overwrites the plaintext', () => {
		const plaintext = open(key, zeroNonce, none, seal(key, zeroNonce, none, Uint8Array.of(7, 7, 7))) ?? none;
		const { buffer } = plaintext;
		aead.free(plaintext);
		expect([plaintext.length, buffer.byteLength]).toEqual([0, 0]);
	});

	it('does not touch memory that others share', () => {
		const shared = Uint8Array.of(1, 2, 3);
		aead.free(shared.subarray(1));
		expect([...shared]).toEqual([1, 2, 3]);
	});
});

describe('importing a key', () => {
	it('copies the raw key, so that the caller may overwrite it', () => {
		const raw = new Uint8Array(32).fill(5);
		const imported = aead.importKey(raw);
		const before = hex(seal(imported, zeroNonce, none, none));
		raw.fill(0);
		expect(hex(seal(imported, zeroNonce, none, none))).toBe(before);
	});

	it('imports the 32 bytes of a view, not the buffer behind it', () => {
		const larger = new Uint8Array(64).fill(9, 0, 16);
		const imported = aead.importKey(larger.subarray(16, 48));
		expect(hex(seal(imported, zeroNonce, none, none))).toBe(hex(seal(key, zeroNonce, none, none)));
	});

	it('accepts 32 bytes only', () => {
		for (const length of [0, 16, 24, 31, 33]) {
			expect(() => aead.importKey(new Uint8Array(length))).toThrow(RangeError);
		}
	});
});

describe('generating a nonce', () => {
	it('never repeats in 100,000 calls, and never changes a nonce that it returned', () => {
		const held = Array.from({ length: 100_000 }, () => aead.generateNonce());
		expect(new Set(held.map((nonce) => Buffer.from(nonce).toString('latin1'))).size).toBe(100_000);
		expect(held.every((nonce) => nonce.length === 12)).toBe(true);
	});

	it('returns nonces that the caller can overwrite without affecting the next ones', () => {
		const nonce = aead.generateNonce();
		new Uint8Array(nonce.buffer).fill(0);
		expect(hex(aead.generateNonce())).not.toBe('00'.repeat(12));
	});

	it('shares nothing between two instances', () => {
		const nonces = [createNodeAead(), createNodeAead()].map((each) => hex(each.generateNonce()));
		expect(new Set(nonces).size).toBe(2);
	});
});
