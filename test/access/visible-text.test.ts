import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHiddenCharacters, fitsDisplay, hasNoHiddenCharacters, isVisibleLine } from '../../src/access/index.ts';
import { scale } from '../support/scale.ts';
import { HIDDEN, VISIBLE_TEXTS } from '../support/visible-texts.ts';

describe('text for a person’s decision', () => {
	it('contains no invisible characters, and none that change how it is displayed', () => {
		const places = ['Pay_ 10', '_Pay 10', 'Pay 10_', '_'];
		const unnoticed = [...HIDDEN, '\ud800', '\udc00', '\u0378'].filter((hidden) =>
			places.some((place) => hasNoHiddenCharacters(place.replace('_', hidden), 'LINES')),
		);
		expect(unnoticed).toEqual([]);
	});

	it.each([
		...VISIBLE_TEXTS,
		'Anwälte & Söhne, 2026/1 — “Ω”',
		'שלום עולם',
		'Cafe\u0301',
		'а (a Cyrillic letter, which is legitimate)',
	])('may be %s', (text) => {
		expect(hasNoHiddenCharacters(text, 'LINE')).toBe(true);
		expect(isVisibleLine(text, 200)).toBe(true);
	});

	it.each([
		['a joiner between Latin letters', 'pay\u200dpal'],
		['a joiner at the end', 'می\u200c'],
		['two joiners', 'می\u200c\u200cخواهم'],
		['a flag with other tags in it', '🏴\u{e0073}\u{e0065}\u{e0063}\u{e007f}'],
		['a letter with a variation selector', 'a\ufe0f'],
		['an ideograph with two variants', '葛\u{e0100}\u{e0101}'],
		['a Mongolian letter with two variants', 'ᠯ\u180b\u180c'],
		['a mark with a variant of Mongolian', '、\u180b'],
	])('is not %s', (_, text) => {
		expect(hasNoHiddenCharacters(text, 'LINE')).toBe(false);
	});

	it('contains line feeds only if it may have several lines', () => {
		expect(hasNoHiddenCharacters('one\ntwo', 'LINES')).toBe(true);
		expect(hasNoHiddenCharacters('one\ntwo', 'LINE')).toBe(false);
	});

	it('has 40 lines at most, no two empty lines in a row, and fewer than nine consecutive blanks', () => {
		const lines = (count: number, line: string) => Array(count).fill(line).join('\n');
		for (const text of ['one', 'one\n\ntwo', lines(40, 'x'), '\none\n \ntwo\n', `one${' '.repeat(8)}two`])
			expect(fitsDisplay(text)).toBe(true);
		for (const text of [
			lines(41, 'x'),
			'one\n\n\ntwo',
			'one\n \n\u3000\u00a0\ntwo',
			'one\n\n',
			'\n\none',
			'\n',
			`one${'\u3000 '.repeat(5)}two`,
		])
			expect(fitsDisplay(text)).toBe(false);
	});

	it('is not a line that shows nothing or is too long', () => {
		for (const text of ['', ' ', '\u00a0\u3000', '\u0301']) expect(isVisibleLine(text, 10)).toBe(false);
		expect(isVisibleLine('😀'.repeat(10), 10)).toBe(true);
		expect(isVisibleLine('😀'.repeat(11), 10)).toBe(false);
	});

	it('is displayed with its hidden characters escaped, and unchanged if it has none', () => {
		expect(escapeHiddenCharacters('Pay\u202e01 \x1b[2Jto\u200b A\n', 'LINE')).toBe(
			'Pay\\u{202e}01 \\u{1b}[2Jto\\u{200b} A\\u{a}',
		);
		const texts = fc.array(fc.oneof(fc.constantFrom(...HIDDEN, '\n'), fc.string({ unit: 'binary' })));
		fc.assert(
			fc.property(texts, fc.constantFrom('LINE', 'LINES'), (parts, form) => {
				const text = parts.join('');
				const shown = escapeHiddenCharacters(text, form);
				expect(hasNoHiddenCharacters(shown, form)).toBe(true);
				expect(shown === text).toBe(hasNoHiddenCharacters(text, form));
			}),
			{ numRuns: scale(500) },
		);
	});
});
