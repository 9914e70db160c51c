import { readdirSync, readFileSync } from 'node:fs';
import {
	type DocumentNode,
	type FieldNode,
	type GraphQLInputType,
	getNamedType,
	getNullableType,
	isEnumType,
	isInputObjectType,
	isListType,
	isObjectType,
	isRequiredInputField,
	Kind,
	type OperationDefinitionNode,
	parse,
	type SelectionSetNode,
	TypeInfo,
	typeFromAST,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Operation, RIGHTS } from '../../../src/access/index.ts';
import { createSchema, registerOperations } from '../../../src/api/index.ts';
import { costOf, MAX_FIELDS } from '../../../src/api/limits/cost.ts';
import { joinFragments } from '../../../src/api/operations/operation-files.ts';

const FOLDER = new URL('../../../schema/operations/workspace/', import.meta.url);
const { schema } = createSchema();

const filesIn = (folder: string) =>
	readdirSync(new URL(folder, FOLDER))
		.filter((name) => name.endsWith('.graphql'))
		.map((name) => ({ name: folder + name, text: readFileSync(new URL(folder + name, FOLDER), 'utf8') }));

// Refuses fragments that are missing or unused.
const files = joinFragments(filesIn(''), filesIn('fragments/'));
const documents = files.map(({ name, text }) => {
	const document = parse(text);
	return { name, document, operation: document.definitions[0] as OperationDefinitionNode };
});

/** The smallest value of an input type, as JSON. */
function exampleOf(input: GraphQLInputType): unknown {
	const type = getNullableType(input);
	if (isListType(type)) return [];
	if (isEnumType(type)) return type.getValues()[0]?.name;
	if (isInputObjectType(type)) {
		const fields = Object.values(type.getFields());
		const given = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
		return Object.fromEntries(given.map((field) => [field.name, exampleOf(field.type)]));
	}
	const examples: Record<string, unknown> = {
		ID: '01a20e60-0000-7000-8000-000000000001',
		DateTime: '2026-01-01T00:00:00.000Z',
		Decimal: '1',
		String: 'text',
		Boolean: true,
	};
	return examples[getNamedType(type).name] ?? 1;
}

/** All variables without a default, and the largest page that the document's screen asks for. */
const variablesOf = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
	Object.fromEntries(
		variableDefinitions
			.filter(
				({ type, defaultValue, variable: { name } }) =>
					type.kind === Kind.NON_NULL_TYPE || (name.value === 'first' && !defaultValue),
			)
			.map(({ type, variable }) => {
				const page = variable.name.value === 'first';
				return [
					variable.name.value,
					page ? 200 : exampleOf(typeFromAST(schema, type as never) as unknown as GraphQLInputType),
				];
			}),
	);

describe('the operations of the workspace', () => {
	it('fit the schema and the limits of a document, one in each file that says what it is for', () => {
		expect(() => registerOperations(schema, files)).not.toThrow();
		expect(files.length).toBeGreaterThan(70);
	});

	it.each(documents)('include $name, which someone of a firm may call', ({ operation }) => {
		for (const field of operation.selectionSet.selections) {
			const right = RIGHTS[(field as FieldNode).name.value as Operation] as Readonly<Record<string, string>>;
			expect(['OWNER', 'MEMBER', 'CLIENT'].filter((role) => right[role])).not.toEqual([]);
		}
	});

	it.each(documents)('include $name, which costs less than the limit with 200 rows', ({ document, operation }) => {
		const variables = variablesOf(operation);
		expect(costOf({ schema, document, operation, variables })).toBeLessThanOrEqual(MAX_FIELDS);
	});

	it('include the longest page of leaves of the log', () => {
		const found = documents.filter(({ name }) => name === 'audit-leaves.graphql');
		const [cost] = found.map(({ document, operation }) =>
			costOf({ schema, document, operation, variables: { first: 1_000 } }),
		);
		expect(cost).toBeLessThanOrEqual(MAX_FIELDS);
	});

	it('call everything that someone of a firm may call', () => {
		const called = new Set(
			documents.flatMap(({ operation }) =>
				operation.selectionSet.selections.map((field) => (field as FieldNode).name.value),
			),
		);
		const all = Object.entries<Readonly<Record<string, string>>>(RIGHTS).filter(
			([, right]) => right.OWNER || right.MEMBER || right.CLIENT,
		);
		expect(
			all
				.map(([name]) => name)
				.filter((name) => !called.has(name))
				.sort(),
			// Only a client that holds keys calls the operations of the key log, and the pages hold none yet.
		).toEqual([
			'addKeyWraps',
			'agreeToProposal',
			'appendKeyLog',
			'challengeDevice',
			'deviceRequests',
			'endDevice',
			'endProposal',
			'firm',
			'firms',
			'keyWraps',
			'ownerProposals',
			'proposeToOwners',
			'recordsToReseal',
			'recoveryShares',
			'releaseShare',
			'requestDevice',
			'resealRecords',
			'resealing',
			'returnRecords',
			'revealDevice',
		]);
	});

	it.each(documents)(
		'include $name, which selects the id of each object, so that a cache keeps one copy',
		({ document }) => {
			const info = new TypeInfo(schema);
			const missing: string[] = [];
			visit(
				document,
				visitWithTypeInfo(info, {
					Field({ selectionSet }) {
						const type = getNamedType(info.getType());
						if (
							selectionSet &&
							isObjectType(type) &&
							type.getFields().id &&
							!namesIn(document, selectionSet).includes('id')
						)
							missing.push(type.name);
					},
				}),
			);
			expect(missing).toEqual([]);
		},
	);
});

/** The names of the selected fields, through fragments. */
function namesIn(document: DocumentNode, { selections }: SelectionSetNode): string[] {
	return selections.flatMap((each) => {
		if (each.kind === Kind.FIELD) return [each.name.value];
		if (each.kind === Kind.INLINE_FRAGMENT) return namesIn(document, each.selectionSet);
		const fragment = document.definitions.find(
			(definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === each.name.value,
		);
		return fragment?.kind === Kind.FRAGMENT_DEFINITION ? namesIn(document, fragment.selectionSet) : [];
	});
}
