import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFernetCipher } from '../../../src/adapters/fernet/index.ts';

interface Vector {
	readonly key: string;
	readonly value: string;
	readonly token: string;
}

const { tokens } = JSON.parse(readFileSync('test/vectors/fernet-v1.json', 'utf8')) as { tokens: readonly Vector[] };
const other = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const text = (bytes: Uint8Array | null | undefined) => bytes && Buffer.from(bytes).toString();
const openWith = (keys: readonly string[], token: string) => createFernetCipher(keys)?.open(Buffer.from(token));

describe('Fernet tokens', () => {
	it.each(tokens.map(({ key, value, token }, index) => ({ index, key, value, token })))(
		'that an independent program sealed open: $index',
		({ key, value, token }) => {
			expect(text(openWith([key], token))).toBe(value);
			// After other keys, as with MultiFernet, and as bytes from a column of bytes.
			expect(text(openWith([other, key], token))).toBe(value);
			expect(openWith([other], token)).toBe(null);
		},
	);

	it('from the specification open', () => {
		const token =
			'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
		expect(text(openWith([other], token))).toBe('hello');
	});

	it('do not open after any change of one character', () => {
		const { key, token } = tokens[1] as Vector;
		for (let at = 0; at < token.length - 2; at++) {
			const changed = `${token.slice(0, at)}${token[at] === 'B' ? 'C' : 'B'}${token.slice(at + 1)}`;
			expect(openWith([key], changed)).toBe(null);
		}
		for (const broken of ['', token.slice(0, -4), `${token}AAAA`, ` ${token}`, token.replaceAll('_', ' '), 'gAAA'])
			expect(openWith([key], broken)).toBe(null);
	});

	it('are sealed under the first key, and open again', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
				const [first, second] = [tokens[0] as Vector, tokens.at(-1) as Vector];
				const token = createFernetCipher([first.key, second.key])?.seal(value) ?? '';
				expect(token).toMatch(/^gAAAA[A-Za-z0-9_-]+={0,2}$/);
				expect(Buffer.from(openWith([first.key], token) ?? 'nothing')).toEqual(Buffer.from(value));
				expect(openWith([second.key], token)).toBe(null);
			}),
		);
	});

	it('are neither opened nor sealed without a key', () => {
		expect(createFernetCipher([])).toBe(null);
		expect(createFernetCipher(['not a key'])).toBe(null);
	});
});
