import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeHiddenCharacters } from '../../src/access/index.ts';
import { markedRows } from '../../src/cli/print/marked-rows.ts';
import { SEED, scale } from '../support/scale.ts';

it('every row that a person decides by begins with a mark, for every text and terminal width', () => {
	const blanks = fc.constantFrom(' ', '   ', ' '.repeat(90), '\n', '\r\n', '\u00a0', '\u3000');
	const words = fc.constantFrom(
		'reason',
		'minutes       1',
		'क्'.repeat(60),
		'\u0301'.repeat(30),
		'👨‍👩‍👧',
		'葛',
		'│ x',
	);
	const text = fc.array(fc.oneof(blanks, words, fc.string({ unit: 'binary' })), { maxLength: 8 });
	fc.assert(
		fc.property(
			fc.array(
				text.map((parts) => parts.join('')),
				{ maxLength: 4 },
			),
			fc.integer({ min: 4, max: 200 }),
			(values, columns) => {
				const lines = markedRows(
					values.map((value): [string, string] => ['label', value]),
					columns,
				).split('\n');
				const isBeside = lines.some((line) => line.startsWith('label         │ '));
				const rest = lines
					.filter((line) => isBeside || line !== 'label')
					.map((line) => line.replace(/^label {9}│ | {14}│ |│ /, '│ '));
				if (values.length === 0) return;
				for (const line of rest) expect(line.slice(0, 2)).toBe('│ ');
				for (const line of lines.filter((each) => each !== 'label'))
					expect(
						Array.from(line.replaceAll('│', '|')).reduce((sum, each) => sum + (each <= '~' ? 1 : 2), 0),
					).toBeLessThanOrEqual(columns);
				// Each line for itself: a variation selector at its beginning is hidden, whatever ends the line before.
				const shown = values.flatMap((value) => value.split(/\r?\n/));
				const whole = shown.map((line) => escapeHiddenCharacters(line, 'LINE')).join('');
				expect(rest.map((line) => line.slice(2)).join('')).toBe(whole);
			},
		),
		{ seed: SEED, numRuns: scale(2_000) },
	);
});
