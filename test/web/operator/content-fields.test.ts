import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { FILE_FIELDS } from '../../../src/content/index.ts';
import { COORDINATES, classOf, fieldsOfClass, typeOf } from '../../../web/operator/content/content-fields.ts';
import { denialUnder, sealedUnder } from '../../../web/operator/content/coverage.ts';
import { scopeInWords } from '../../../web/operator/content/scope-in-words.ts';

/** Each @encrypted field of the schema with its class. */
function encryptedInSchema(): Map<string, string> {
	const found = new Map<string, string>();
	for (const name of readdirSync('schema').filter((file) => file.endsWith('.graphql'))) {
		const document: DocumentNode = parse(readFileSync(`schema/${name}`, 'utf8'));
		visit(document, {
			ObjectTypeDefinition(type) {
				for (const field of type.fields ?? []) {
					const mark = field.directives?.find((each) => each.name.value === 'encrypted');
					const of = mark?.arguments?.find((each) => each.name.value === 'class')?.value;
					if (of?.kind === 'EnumValue') found.set(`${type.name.value}.${field.name.value}`, of.value);
				}
			},
		});
	}
	return found;
}

describe('content fields of the console', () => {
	it('are those of the schema and the files, each with its class', () => {
		const expected = encryptedInSchema();
		for (const { coordinate, class: of } of Object.values(FILE_FIELDS)) expected.set(coordinate, of);
		expect(new Map(COORDINATES.map((each) => [each as string, classOf(each) as string]))).toEqual(expected);
	});

	it('of a class belong to no other', () => {
		expect(fieldsOfClass('NOTE')).toEqual(['Note.title', 'Note.body']);
		expect(fieldsOfClass('BILLING').map(typeOf)).not.toContain('Note');
	});
});

describe('the scope of a lease', () => {
	const scope = { classes: ['NOTE'], coordinates: ['Note.title'], recordIds: ['a'] } as const;

	it('says why a field stays sealed, and covers nothing without a lease', () => {
		expect(denialUnder(null, 'Note.title', 'a')).toBe('NO_LEASE');
		expect(denialUnder(scope, 'Invoice.memo', 'a')).toBe('CLASS');
		expect(denialUnder(scope, 'Note.body', 'a')).toBe('COORDINATE');
		expect(denialUnder(scope, 'Note.title', 'b')).toBe('RECORD');
		expect(denialUnder(scope, 'Note.title', 'a')).toBeNull();
		expect(sealedUnder(scope, 'Note.title', 'b')).toEqual([{ coordinate: 'Note.title', reason: 'RECORD', count: 1 }]);
	});

	it('takes an empty list for nothing, never for everything', () => {
		expect(denialUnder({ classes: ['NOTE'], coordinates: [], recordIds: null }, 'Note.title', 'a')).toBe('COORDINATE');
		expect(denialUnder({ classes: ['NOTE'], coordinates: null, recordIds: [] }, 'Note.title', 'a')).toBe('RECORD');
	});

	it('is said in words', () => {
		expect(scopeInWords(scope, 'Northgate')).toEqual([
			'Only the title of notes.',
			'In 1 record of Northgate and no other.',
		]);
		expect(scopeInWords({ classes: ['NOTE', 'BILLING'], coordinates: null, recordIds: null }, 'Northgate')).toEqual([
			'Every field of: Notes and Invoices and time entries.',
			'In every such record of Northgate, also those written until the lease ends.',
		]);
	});
});
