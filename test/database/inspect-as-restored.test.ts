import { describe, expect, it } from 'vitest';
import { normalizeRestoredLine } from '../../src/database/inspect/normalize-restored-line.ts';

describe('a catalogue line as it reads after a dump', () => {
	it.each([
		[
			'CHECK ((((a >= 0) AND (a <= 9)) AND ((b >= 0) AND (b <= 9))))',
			'CHECK (((a >= 0) AND (a <= 9) AND ((b >= 0) AND (b <= 9))))',
		],
		['CHECK ((((a OR b) OR c) OR d))', 'CHECK ((a OR b OR c OR d))'],
		[
			"using (((a = ')'::text) AND (\"b(\" = 'x AND y'::text)) AND c)",
			"using ((a = ')'::text) AND (\"b(\" = 'x AND y'::text) AND c)",
		],
	])('%s', (written, restored) => {
		expect(normalizeRestoredLine(written)).toBe(restored);
		expect(normalizeRestoredLine(restored)).toBe(restored);
	});

	it.each([
		'CHECK (((a OR b) AND c))',
		'CHECK (((a AND b) OR c))',
		'CHECK ((a AND (b AND c)))',
		"CHECK (((a = ' AND b'::text) AND c))",
		'CHECK (((a = 0)))',
		'CHECK (((a AND b',
	])('is left unchanged: %s', (line) => expect(normalizeRestoredLine(line)).toBe(line));
});
