import { createHash } from 'node:crypto';
import { fc, it } from '@fast-check/vitest';
import { parse } from 'graphql';
import { describe, expect } from 'vitest';
import { deriveDocumentHash } from '../../src/encryption-directive/gate.ts';

const hashOf = (text: string) => deriveDocumentHash(parse(text));

describe('the hash of a document', () => {
	it.each([
		['text', '{ note(id: "a") { id } }', '{ note(id: "b") { id } }'],
		['text in blocks', '{ note(id: "a") { id } }', '{ note(id: """a long\nstory""") { id } }'],
		['numbers', '{ notes(first: 1) { totalCount } }', '{ notes(first: 1000) { totalCount } }'],
		['fractions', '{ f(x: 1.5) }', '{ f(x: 2.25e7) }'],
		['lists', '{ f(x: ["a"]) }', '{ f(x: ["b", "c"]) }'],
		['objects', '{ f(x: { title: "a" }) }', '{ f(x: { body: "b" }) }'],
		['defaults of variables', 'query ($t: String = "a") { f(x: $t) }', 'query ($t: String = "b") { f(x: $t) }'],
		['arguments of directives', '{ f @d(x: "a") }', '{ f @d(x: "b") }'],
		['names of the operation', 'query A { f }', 'query B { f }'],
		['operation names, or none', 'query A { f }', '{ f }'],
		['spaces, commas and comments', '{f(x:"a") g}', '{\n\tf(x: "b"), # secret\n\tg\n}'],
	])('does not change with other %s', (_, left, right) => {
		expect(hashOf(left)).toBe(hashOf(right));
	});

	it('is the SHA-256 of the document without its literals, as the log has always recorded it', () => {
		const blank = '{\n  f(a: "", b: 0, c: 0, d: [], e: {})\n}';
		expect(hashOf('query Q { f(a: "x", b: 7, c: 1.5, d: [1], e: { g: 1 }) }')).toBe(
			createHash('sha256').update(blank).digest('hex'),
		);
	});

	it.each([
		['fields', '{ note(id: "a") { title } }', '{ note(id: "a") { body } }'],
		['arguments', '{ notes(first: 1) { totalCount } }', '{ notes(last: 1) { totalCount } }'],
		['kinds of operation', 'query { f }', 'mutation { f }'],
		['kinds of literal', '{ f(x: "1") }', '{ f(x: 1) }'],
		['literals and variables', '{ f(x: "a") }', 'query ($a: String) { f(x: $a) }'],
		['types of variables', 'query ($a: ID) { f(x: $a) }', 'query ($a: ID!) { f(x: $a) }'],
		['orders by name', '{ f(orderBy: A_ASC) }', '{ f(orderBy: B_ASC) }'],
		['conditions', '{ f @include(if: true) }', '{ f @include(if: false) }'],
		['fragments', '{ ...A } fragment A on Query { f }', '{ ...A } fragment A on Query { g }'],
		['null and a value', '{ f(x: null) }', '{ f(x: "null") }'],
	])('changes with other %s', (_, left, right) => {
		expect(hashOf(left)).not.toBe(hashOf(right));
	});

	it.prop([fc.string(), fc.string()])(
		'is the same for any text in the document, and contains none of it',
		(left, right) => {
			const document = (text: string) =>
				parse(
					`mutation { createNote(input: { title: ${JSON.stringify(text.replaceAll(/[^ -~]/g, '?'))} }) { note { id } } }`,
				);
			expect(deriveDocumentHash(document(left))).toBe(deriveDocumentHash(document(right)));
			expect(deriveDocumentHash(document(left))).toMatch(/^[0-9a-f]{64}$/);
		},
	);

	it('leaves the document unchanged', () => {
		const document = parse('query A { note(id: "a") { id } }');
		const before = JSON.stringify(document);
		const first = deriveDocumentHash(document);
		expect(JSON.stringify(document)).toBe(before);
		expect(deriveDocumentHash(document)).toBe(first);
	});
});
