import {
	buildASTSchema,
	type GraphQLSchema,
	getNamedType,
	isObjectType,
	parse,
	TypeInfo,
	validate,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema, readTypeDefs } from '../../src/api/index.ts';
import { costOf, MAX_FIELDS } from '../../src/api/limits/cost.ts';
import { structureRule } from '../../src/api/limits/index.ts';
import { BELOW, FILE_OF, LISTS } from '../../src/cli/export/lists.ts';
import { createExportQueries, type PageQuery } from '../../src/cli/export/queries.ts';
import { readmeOf } from '../../src/cli/export/readme.ts';
import { readSchema } from '../../src/cli/export/schema.ts';

const ofSource = (text: string): GraphQLSchema =>
	buildASTSchema(parse([...readTypeDefs(), text].join('\n')), { assumeValidSDL: true });

const BELOW_PAGES = new Set(Object.keys(BELOW).map((type) => `${type}Connection`));

/** Every query that an export sends. */
function questionsOf(schema: GraphQLSchema, toCount = false): PageQuery[] {
	const questions = createExportQueries(schema, toCount);
	const below = Object.values(schema.getTypeMap()).flatMap((type) =>
		isObjectType(type) && Object.hasOwn(FILE_OF, type.name)
			? Object.values(type.getFields())
					.filter(({ type: answered }) => BELOW_PAGES.has(getNamedType(answered).name))
					.map(({ name }) => questions.ofRecord(type.name, name))
			: [],
	);
	return [...LISTS.map(questions.ofList), ...below];
}

/** The coordinates that an export selects. */
function askedOf(schema: GraphQLSchema): Set<string> {
	const asked = new Set<string>();
	for (const { text } of questionsOf(schema)) {
		const info = new TypeInfo(schema);
		visit(
			parse(text),
			visitWithTypeInfo(info, {
				Field({ name }) {
					asked.add(`${info.getParentType()?.name}.${name.value}`);
				},
			}),
		);
	}
	return asked;
}

/** The fields of firm-owned types that no export selects. */
function missingIn(schema: GraphQLSchema): string[] {
	const asked = askedOf(schema);
	return Object.values(schema.getTypeMap())
		.filter((type) => isObjectType(type))
		.filter((type) => type.name === 'User' || type.getInterfaces().some(({ name }) => name === 'FirmOwned'))
		.flatMap((type) => Object.values(type.getFields()).map((field) => `${type.name}.${field.name}`))
		.filter((coordinate) => !asked.has(coordinate));
}

/** Not selected: members.jsonl already names the client of each portal user, and notices belong to the platform. */
const ELSEWHERE = ['Client.members', 'User.notices'];

describe('the queries of an export', () => {
	it('select every field of every firm-owned type', () => {
		expect(
			missingIn(readSchema()).toSorted(),
			'Add a new type to LISTS (or to BELOW) and to FILE_OF of src/cli/export/lists.ts.',
		).toEqual(ELSEWHERE);
	});

	it('fill files that the export’s README.txt describes', () => {
		const page = readmeOf({ name: 'Firm', slug: 'firm' } as Parameters<typeof readmeOf>[0]);
		for (const file of Object.values(FILE_OF))
			expect(page, `Describe ${file} in src/cli/export/readme.ts.`).toContain(`\n  ${file} `);
	});

	it('select all content', () => {
		const asked = askedOf(readSchema());
		const { registry } = createSchema();
		expect(registry.fields.length).toBeGreaterThan(15);
		expect(registry.fields.map(({ coordinate }) => coordinate).filter((coordinate) => !asked.has(coordinate))).toEqual(
			[],
		);
	});

	it('include a new field without a change, and a new type makes this test fail', () => {
		const field = ofSource('extend type Note { outcome: String @encrypted(class: NOTE) }');
		expect([missingIn(field).toSorted(), askedOf(field).has('Note.outcome')]).toEqual([ELSEWHERE, true]);
		const type =
			ofSource(`type Memo implements Node & FirmOwned { id: ID! firmId: ID! text: String @encrypted(class: NOTE) }
			type MemoConnection { nodes: [Memo!]! pageInfo: PageInfo! } extend type Query { memos(first: Int): MemoConnection! }`);
		expect(missingIn(type)).toContain('Memo.text');
		const part = ofSource(
			'type Part { id: ID! text: String @encrypted(class: NOTE) } extend type Note { parts: [Part!]! @limit(items: 3) }',
		);
		expect(askedOf(part).has('Part.text')).toBe(true);
	});

	it.each([false, true])('are valid and within the API’s limits (only to count: %s)', (toCount) => {
		const { schema } = createSchema();
		for (const { text, sizes, path } of questionsOf(readSchema(), toCount)) {
			const document = parse(text);
			expect([path, validate(schema, document), validate(schema, document, [structureRule])]).toEqual([path, [], []]);
			const [operation] = document.definitions as never[];
			const variables = { ...sizes, after: null, id: '01a20e60-0000-7000-8000-000000000001' };
			const cost = costOf({ schema, document, operation: operation as never, variables });
			expect([path, cost <= MAX_FIELDS / 2, (sizes.first ?? 0) >= 5]).toEqual([path, true, true]);
		}
	});

	it('select no content if they only count', () => {
		const { registry } = createSchema();
		const texts = questionsOf(readSchema(), true).map(({ text }) => text);
		const content = new Set(registry.fields.map(({ fieldName }) => fieldName));
		expect(texts.flatMap((text) => text.match(/\w+/g) ?? []).filter((word) => content.has(word))).toEqual([]);
	});
});
