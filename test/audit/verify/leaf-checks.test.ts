import { fc, test } from '@fast-check/vitest';
import canonicalize from 'canonicalize';
import { expect, it } from 'vitest';
import { encodeLeaf, leafVersionOf } from '../../../src/audit/index.ts';
import { parseCanonical } from '../../../src/audit/verify/canonical-json.ts';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { createLeafChecks } from '../../../src/audit/verify/log.ts';
import { scale } from '../../support/scale.ts';
import { anyDraft, stamp } from '../drafts.ts';
import { FIRM, leafOf } from './write-log.ts';

test.prop([anyDraft(), stamp])('accept every entry that a writer creates', (draft, stamped) => {
	const leaf = encodeLeaf({ ...draft, ...stamped, v: leafVersionOf(draft) });
	expect(createLeafChecks(draft.firm)(leaf)).toEqual({ at: stamped.at });
	expect(() => createLeafChecks('01980000-0000-7000-8000-00000000ffff')(leaf)).toThrow('another firm');
});

it('require rising numbers within each boot, starting anywhere', () => {
	const boots = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
	const check = createLeafChecks(FIRM);
	const take = (boot: number, sequence: number) => check(leafOf(FIRM, 1, { boot: boots[boot], sequence }));
	for (const [boot, sequence] of [
		[0, 7],
		[1, 1],
		[0, 8],
		[1, 1000],
		[0, Number.MAX_SAFE_INTEGER],
	] as const) {
		take(boot, sequence);
		expect(() => take(boot, sequence)).toThrow('not greater than the one before');
		if (sequence > 1) expect(() => take(boot, sequence - 1)).toThrow('not greater than the one before');
	}
});

it('count the numbers of each plane separately, so that a writer of one cannot disturb another', () => {
	const check = createLeafChecks(FIRM);
	check(leafOf(FIRM, 1, { plane: 'firm', sequence: 1 }));
	check(leafOf(FIRM, 1, { plane: 'operator', sequence: Number.MAX_SAFE_INTEGER }));
	check(leafOf(FIRM, 1, { plane: 'firm', sequence: 2 }));
	expect(() => check(leafOf(FIRM, 1, { plane: 'firm', sequence: 2 }))).toThrow('not greater than the one before');
});

it('remember nothing of a leaf that they refuse', () => {
	const check = createLeafChecks(FIRM);
	expect(() => check(leafOf(null, 5))).toThrow(AuditProofError);
	expect(check(leafOf(FIRM, 4))).toEqual({ at: '2026-11-24T15:00:04.000Z' });
});

/** JSON of up to `depth` levels, with keys that look like numbers and others that sort differently as UTF-8. */
const key = fc.oneof(
	fc.string({ unit: 'grapheme' }),
	fc.nat(200).map(String),
	fc.constantFrom('__proto__', '\uffff', '😀'),
);
const json = fc.letrec((tie) => ({
	value: fc.oneof(
		{ maxDepth: 6 },
		fc.constantFrom(null, true, false),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		fc.string({ unit: 'grapheme' }),
		fc.array(tie('value'), { maxLength: 5 }),
		fc.dictionary(key, tie('value'), { maxKeys: 5 }),
	),
})).value;

test.prop([json], { numRuns: scale(500) })('agree on canonical JSON with another program', (value) => {
	const text = canonicalize(value) as string;
	expect(canonicalize(parseCanonical(text))).toBe(text);
	const other = JSON.stringify(value);
	if (other !== text) expect(() => parseCanonical(other)).toThrow('not canonical');
	expect(() => parseCanonical(`${text} `)).toThrow('not canonical');
});

it('accept 16 levels of JSON, and no more', () => {
	const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
	expect(() => parseCanonical(nested(17))).not.toThrow();
	expect(() => parseCanonical(nested(18))).toThrow('nested deeper');
	expect(() => parseCanonical('{"a":'.repeat(50_000))).toThrow(AuditProofError);
});
