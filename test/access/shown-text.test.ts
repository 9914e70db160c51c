import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidesNothing, isShownLine, showHidden } from '../../src/access/index.ts';
import { scale } from '../support/scale.ts';

const HIDDEN = [
	'\0\t\r\x07\x1b\x7f\x85\x9b\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029',
	'\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\u206a\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ue000\u0378\u2800',
	'\u{e0001}\u{e0041}\u{e007f}\u{e0100}\u{f0000}\u{13441}\u{13442}\u{1d159}\u{16fe4}',
	'\ud800',
	'\udc00',
].flatMap((each) => Array.from(each));

describe('text that a person decides by', () => {
	it('holds nothing that is not seen, or changes what is seen', () => {
		const places = ['Pay_ 10', '_Pay 10', 'Pay 10_', '_'];
		const unnoticed = HIDDEN.filter((hidden) =>
			places.some((place) => hidesNothing(place.replace('_', hidden), 'LINES')),
		);
		expect(unnoticed).toEqual([]);
	});

	it.each([
		'Anwälte & Söhne, 2026/1 — “Ω”',
		'שלום עולם',
		'می‌خواهم',
		'शर्‍मा and क्‌ष',
		'葛\u{e0100}城',
		'ᠮᠣᠩᠭᠣᠯ᠋ ᠪᠢᠴᠢᠭ',
		'Cafe\u0301',
		'Family 👨‍👩‍👧 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf',
		'а (a Cyrillic letter, which is nobody’s fault)',
	])('may be %s', (text) => {
		expect(hidesNothing(text, 'LINE')).toBe(true);
		expect(isShownLine(text, 200)).toBe(true);
	});

	it.each([
		['a joiner between Latin letters', 'pay\u200dpal'],
		['a joiner that joins nothing', 'می\u200c'],
		['two joiners', 'می\u200c\u200cخواهم'],
		['a flag with other tags in it', '🏴\u{e0073}\u{e0065}\u{e0063}\u{e007f}'],
		['a letter with a variation selector', 'a\ufe0f'],
	])('is not %s', (_, text) => {
		expect(hidesNothing(text, 'LINE')).toBe(false);
	});

	it('has line feeds only where it has lines', () => {
		expect(hidesNothing('one\ntwo', 'LINES')).toBe(true);
		expect(hidesNothing('one\ntwo', 'LINE')).toBe(false);
	});

	it('is no line that shows nothing, or is too long', () => {
		for (const text of ['', ' ', '\u00a0\u3000', '\u0301']) expect(isShownLine(text, 10)).toBe(false);
		expect(isShownLine('😀'.repeat(10), 10)).toBe(true);
		expect(isShownLine('😀'.repeat(11), 10)).toBe(false);
	});

	it('is shown with what it hides in the open, and then hides nothing; what hid nothing is as it was', () => {
		expect(showHidden('Pay\u202e01 \x1b[2Jto\u200b A\n', 'LINE')).toBe('Pay\\u{202e}01 \\u{1b}[2Jto\\u{200b} A\\u{a}');
		const texts = fc.array(fc.oneof(fc.constantFrom(...HIDDEN, '\n'), fc.string({ unit: 'binary' })));
		fc.assert(
			fc.property(texts, fc.constantFrom('LINE', 'LINES'), (parts, form) => {
				const text = parts.join('');
				const shown = showHidden(text, form);
				expect(hidesNothing(shown, form)).toBe(true);
				expect(shown === text).toBe(hidesNothing(text, form));
			}),
			{ numRuns: scale(500) },
		);
	});
});
