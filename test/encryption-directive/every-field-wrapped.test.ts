import { addResolversToSchema } from '@graphql-tools/schema';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { assertEveryFieldWrapped, readRegistry } from '../../src/encryption-directive/index.ts';
import { SetupError } from '../../src/errors.ts';
import { buildSchema, COLUMNS, directiveWith, RecordingContent, WORKSPACE } from './workspace.ts';

const { transformer, registryOf } = directiveWith(new RecordingContent());
const transform = () => {
	const schema = transformer(buildSchema(WORKSPACE));
	return { schema, registry: registryOf(schema) };
};
const fieldOf = (schema: GraphQLSchema, typeName: string, fieldName: string) => {
	const field = (schema.getType(typeName) as GraphQLObjectType).getFields()[fieldName];
	if (!field) throw new Error(`${typeName}.${fieldName} is not in the schema`);
	return field;
};

describe('assertEveryFieldWrapped', () => {
	it('accepts the schema of the transformer, and names every field of an untransformed one', () => {
		const { schema, registry } = transform();
		expect(() => assertEveryFieldWrapped(schema, registry)).not.toThrow();
		const bare = () => assertEveryFieldWrapped(buildSchema(WORKSPACE), registry);
		expect(bare).toThrow(SetupError);
		for (const { coordinate } of registry)
			expect(bare).toThrow(`${coordinate} is @encrypted but its resolver isn't the wrapper`);
	});

	it('leaves the given schema unchanged', () => {
		const given = buildSchema(WORKSPACE);
		transformer(given);
		expect(fieldOf(given, 'Note', 'title').resolve).toBeUndefined();
	});

	it('detects a resolver that was replaced in place', () => {
		const { schema, registry } = transform();
		fieldOf(schema, 'Note', 'body').resolve = defaultFieldResolver;
		expect(() => assertEveryFieldWrapped(schema, registry)).toThrow(
			/^Note\.body is @encrypted[^\n]+after every other schema transform[^\n]+$/,
		);
	});

	it('detects a resolver that was removed', () => {
		const { schema, registry } = transform();
		delete fieldOf(schema, 'Memo', 'title').resolve;
		expect(() => assertEveryFieldWrapped(schema, registry)).toThrow(/^Memo\.title /);
	});

	it('detects resolvers that were added later', () => {
		const { schema, registry } = transform();
		const later = addResolversToSchema({ schema, resolvers: { Note: { tags: () => ['plain'] } } });
		expect(() => assertEveryFieldWrapped(later, registry)).toThrow(/^Note\.tags /);
	});

	it('detects a wrapper around the wrapper', () => {
		const { schema, registry } = transform();
		const field = fieldOf(schema, 'Note', 'title');
		const inner = field.resolve as NonNullable<typeof field.resolve>;
		field.resolve = (...given) => inner(...given);
		expect(() => assertEveryFieldWrapped(schema, registry)).toThrow(/^Note\.title /);
	});

	it('detects another field’s wrapper', () => {
		const { schema, registry } = transform();
		const wrapper = fieldOf(schema, 'Memo', 'title').resolve;
		fieldOf(schema, 'Note', 'title').resolve = wrapper as NonNullable<typeof wrapper>;
		expect(() => assertEveryFieldWrapped(schema, registry)).toThrow(/^Note\.title /);
	});

	it('detects a field that was marked after the registry was created, and one that was removed', () => {
		const { schema, registry } = transform();
		const more = transformerOfMore();
		expect(() => assertEveryFieldWrapped(more, registry)).toThrow(/^Note\.extra /m);
		const fewer = mapSchema(schema, {
			[MapperKind.OBJECT_FIELD]: (config, fieldName) => (fieldName === 'mood' ? null : config),
		});
		expect(() => assertEveryFieldWrapped(fewer, registry)).toThrow(/^Memo\.mood /);
	});

	it('accepts a copy of the schema that keeps the resolvers', () => {
		const { schema, registry } = transform();
		expect(() => assertEveryFieldWrapped(mapSchema(schema, {}), registry)).not.toThrow();
	});

	it('does not accept the wrappers of another registry', () => {
		const { schema } = transform();
		const other = readRegistry(buildSchema(WORKSPACE), { columns: COLUMNS });
		expect(() => assertEveryFieldWrapped(schema, other)).toThrow(SetupError);
	});
});

describe('transformer', () => {
	it('refuses a schema that it has already transformed, which would be opened twice', () => {
		const { schema } = transform();
		expect(() => transformer(schema)).toThrow(/^Note\.title is wrapped already: call/);
	});
});

function transformerOfMore(): GraphQLSchema {
	const columns = [
		...COLUMNS,
		{
			typeName: 'Note',
			fieldName: 'extra',
			table: 'notes',
			column: 'extra',
			bind: { table: 'notes', column: 'extra' },
		},
	];
	const schema = buildSchema([WORKSPACE, 'extend type Note { extra: String @encrypted(class: NOTE) }']);
	return directiveWith(new RecordingContent(), columns).transformer(schema);
}
