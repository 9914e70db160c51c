import { fc, test } from '@fast-check/vitest';
import { buildSchema, Kind, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitError, MAX_TOKENS, structureRule } from '../../../src/api/limits/index.ts';
import { DOCUMENT_LIMITS } from '../../../src/api/limits/structure.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { scale } from '../../support/scale.ts';

const schema = buildSchema('type Query { q: Query, s(n: Int): String }');
const refusalOf = (text: string): string | null => validate(schema, parse(text), [structureRule])[0]?.message ?? null;
const times = (count: number, part: (n: number) => string | number) =>
	Array.from({ length: count }, (_, n) => part(n)).join(' ');
const nest = (levels: number) => `${'q { '.repeat(levels - 1)}s${' }'.repeat(levels - 1)}`;

describe('structureRule', () => {
	it.each<[what: string, limit: number, document: (count: number) => string]>([
		['levels', DOCUMENT_LIMITS.levels, (n) => `{ ${nest(n)} }`],
		['levels', DOCUMENT_LIMITS.levels, (n) => `{ q { ...F } } fragment F on Query { ${nest(n - 1)} }`],
		['levels', DOCUMENT_LIMITS.levels, (n) => `{ s } fragment F on Query { ${nest(n)} }`],
		['fields', DOCUMENT_LIMITS.selections, (n) => `{ q { ${times(n - 1, () => 's')} } }`],
		[
			'fields',
			DOCUMENT_LIMITS.selections,
			(n) => `{ q { ${times(n / 2 - 1, () => '... { s }')} ${times(1 + (n % 2), () => 's')} } }`,
		],
		[
			'fields',
			DOCUMENT_LIMITS.selections,
			(n) =>
				`{ q { ...F ...F s } } fragment F on Query { ${times((n - 4) / 2, () => 's')} ${n % 2 ? '... { q { s } }' : ''} }`,
		],
		[
			'fields',
			DOCUMENT_LIMITS.selections,
			(n) =>
				`${times(10, (i) => `query Q${i} { q { ${times(98, () => 's')} } }`)} query R { ${times(n - 990, () => 's')} }`,
		],
		['aliases', DOCUMENT_LIMITS.aliases, (n) => `{ q { ${times(n, (i) => `a${i}: s`)} } }`],
		['at its root', DOCUMENT_LIMITS.rootFields, (n) => `{ ${times(n, () => 's')} }`],
		[
			'at its root',
			DOCUMENT_LIMITS.rootFields,
			(n) => `query A { s } mutation B { ...F } fragment F on Mutation { ${times(n, () => 's')} }`,
		],
		['directives', DOCUMENT_LIMITS.directives, (n) => `{ q { s ${times(n, () => '@d')} } }`],
		['directives', DOCUMENT_LIMITS.directives, (n) => `{ ...F ${times(n, () => '@d')} } fragment F on Query { s }`],
		['directives', DOCUMENT_LIMITS.directives, (n) => `{ ...F } fragment F on Query ${times(n, () => '@d')} { s }`],
	])('limits %s: accepts %i and no more', (what, limit, document) => {
		expect(refusalOf(document(limit))).toBeNull();
		expect(refusalOf(document(limit + 1))).toMatch(
			RegExp(`^The document .*${limit.toLocaleString('en')}.*: ask for it`),
		);
		expect(refusalOf(document(limit + 1))).toContain(what);
	});

	it.each<[of: string, document: (name: string) => string]>([
		['an alias', (name) => `{ ${name}: s }`],
		['an operation', (name) => `query ${name} { s }`],
		['a field', (name) => `{ q { ${name} } }`],
		['a variable', (name) => `{ s(n: $${name}) }`],
		['an argument', (name) => `{ s(${name}: 1) }`],
		['an unused fragment', (name) => `{ s } fragment ${name} on Query { s }`],
		['a type', (name) => `{ ... on ${name} { s } }`],
		['a directive', (name) => `{ s @${name} }`],
		['a key within a value', (name) => `{ s(n: { ${name}: 1 }) }`],
	])('accepts a name of 128 characters and no longer one: %s', (_, document) => {
		expect(refusalOf(document('x'.repeat(DOCUMENT_LIMITS.nameLength)))).toBeNull();
		expect(refusalOf(document('x'.repeat(DOCUMENT_LIMITS.nameLength + 1)))).toBe(
			'The document has a name of more than 128 characters: give it a shorter one.',
		);
	});

	it('ends validation before the other rules if the document is refused', () => {
		const seen: string[] = [];
		const spy: ValidationRule = () => ({ enter: ({ kind }) => void seen.push(kind) });
		const wrong = `{ unknown(x: $y) { ...Z ${nest(16)} } } fragment F on Nothing { ...F }`;
		const errors = validate(schema, parse(wrong), [...specifiedRules, spy, structureRule]);
		expect(errors.map(({ originalError }) => originalError)).toEqual([expect.any(FirmsealError)]);
		expect(seen).toEqual([Kind.DOCUMENT]);
	});

	it('ends on cyclic fragments, and leaves them to validation', () => {
		const cycles = `{ ...A } ${times(40, (n) => `fragment ${n === 0 ? 'A' : `F${n}`} on Query { q { s } ...F${(n + 1) % 40 || 1} ...A }`)}`;
		expect(refusalOf(cycles)).toBeNull();
		expect(validate(schema, parse(cycles), [...specifiedRules, structureRule])[0]?.message).toMatch(/^Cannot spread/);
		expect(refusalOf(`{ ...A } fragment A on Query { ${nest(16)} ...A }`)).toMatch(/15 levels/);
	});
});

/** Fragments use only later fragments, so that each can be expanded. */
const selections = (next: number): fc.Arbitrary<string> =>
	fc
		.array(
			fc.constantFrom('s', 'a: s', 'q { s }', '... { b: s q { q { s } } }', ...[0, 1, 2].map((n) => `...F${next + n}`)),
			{
				minLength: 1,
				maxLength: 5,
			},
		)
		.map((parts) => `{ ${parts.join(' ')} }`);
const COUNT = 12;
const documents = fc.tuple(...Array.from({ length: COUNT }, (_, n) => selections(n + 1)));

test.prop([documents], { numRuns: scale(300) })(
	'a document is refused exactly if it would be with every fragment written in place',
	(sets) => {
		const bodies = [...sets, '{ s }', '{ s }', '{ s }'];
		const used = [...usedBy(bodies)].map((n) => `fragment F${n} on Query ${bodies[n]}`);
		// From last to first. A text far above the limit is replaced by one just above.
		const inPlace: string[] = [];
		for (const [n, set] of [...bodies.entries()].reverse()) {
			const text = set.replace(/\.\.\.F(\d+)/g, (_, m) => `... ${inPlace[Number(m)]}`);
			inPlace[n] = text.length > 100_000 ? `{ ${times(1_001, () => 's')} }` : text;
		}
		expect(refusalOf(`${bodies[0]} ${used.join(' ')}`) === null).toBe(refusalOf(inPlace[0] ?? '') === null);
	},
);

/** The fragments that the first selection set uses, directly or indirectly. */
function usedBy(bodies: readonly string[], from = 0, found = new Set<number>()): ReadonlySet<number> {
	for (const [, n] of bodies[from]?.matchAll(/\.\.\.F(\d+)/g) ?? [])
		if (!found.has(Number(n))) usedBy(bodies, Number(n), found.add(Number(n)));
	return found;
}

describe('limitError', () => {
	it('recognises the parser’s own limits by their messages', () => {
		const messageOf = (text: string) => {
			try {
				parse(text, { maxLexicalTokens: MAX_TOKENS });
			} catch (error) {
				return (error as Error).message;
			}
			return '';
		};
		expect(limitError(messageOf(`{ ${times(MAX_TOKENS - 2, () => 's')} }`))).toBeNull();
		expect(limitError(messageOf(`{ ${times(MAX_TOKENS - 1, () => 's')} }`))?.message).toMatch(/2,000 tokens/);
		expect(limitError(messageOf('{ "Document contains more that 1 tokens" }'))).toBeNull();
		expect(limitError(messageOf('{'))).toBeNull();
	});

	it('recognises validation’s limit on fields that share a name, which accepted documents do not reach', () => {
		const validateAll = (text: string) => validate(schema, parse(text), [...specifiedRules, structureRule]);
		expect(validateAll(`{ q { ${times(700, () => 's')} } }`)).toEqual([]);
		const [error] = validateAll(`{ ${times(20, () => `q { ${times(40, () => 's')} }`)} }`);
		expect(limitError(error?.message ?? '')).toMatchObject({ code: 'TOO_EXPENSIVE' });
	});
});
