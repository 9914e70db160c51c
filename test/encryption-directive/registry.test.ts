import { readFileSync } from 'node:fs';
import {
	type GraphQLEnumType,
	GraphQLID,
	GraphQLInterfaceType,
	GraphQLNonNull,
	GraphQLObjectType,
	GraphQLSchema,
	GraphQLString,
	parse,
	visit,
} from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { CONTENT_CLASSES } from '../../src/access/index.ts';
import { deriveLock, type Registry, readRegistry } from '../../src/encryption-directive/index.ts';
import { SetupError } from '../../src/errors.ts';
import { buildSchema, COLUMNS, column, directiveWith, RecordingContent, WORKSPACE } from './workspace.ts';

let registry: Registry;
beforeEach(() => {
	registry = readRegistry(buildSchema(WORKSPACE), { columns: COLUMNS });
});

describe('the registry', () => {
	it('contains each coordinate once, with its binding and not with its SQL names', () => {
		expect(registry.get('Note.body')).toEqual({
			coordinate: 'Note.body',
			typeName: 'Note',
			fieldName: 'body',
			class: 'NOTE',
			pad: 256,
			valueType: 'String',
			table: 'notes',
			column: 'body',
		});
		expect(registry.get('Note.title')?.pad).toBe(0);
		expect(registry.ofType('Note').find(({ fieldName }) => fieldName === 'body')).toBe(registry.get('Note.body'));
		expect([...registry]).toEqual(registry.fields);
	});

	it('encodes enums and lists', () => {
		expect(registry.get('Memo.mood')?.valueType).toBe('Enum');
		expect(registry.get('Note.tags')?.valueType).toBe('[String]');
	});

	it('contains object types only', () => {
		expect(registry.get('Titled.title')).toBeUndefined();
		expect(registry.get('Note.id')).toBeUndefined();
		expect(registry.ofType('Titled')).toEqual([]);
		expect(registry.get('toString')).toBeUndefined();
	});

	it('lists tables by their SQL names, each with its one class', () => {
		expect(registry.tables.map(({ table, class: is, fields }) => [table, is, fields.length])).toEqual([
			['notes', 'NOTE', 3],
			['memo_rows', 'NOTE', 2],
		]);
		expect(registry.tables.flatMap(({ fields }) => fields)).toEqual(registry.fields);
	});

	it('is deeply frozen', () => {
		const parts = [registry, registry.fields, registry.tables, registry.ofType('Note'), registry.ofType('Ghost')];
		for (const part of [
			...parts,
			...registry.fields,
			...registry.tables,
			...registry.tables.map(({ fields }) => fields),
		]) {
			expect(Object.isFrozen(part)).toBe(true);
		}
	});

	it('returns the lock, sorted', () => {
		const lock = deriveLock(registry);
		expect(Object.keys(lock)).toEqual(['Memo.mood', 'Memo.title', 'Note.body', 'Note.tags', 'Note.title']);
		expect(lock['Note.body']).toEqual({ table: 'notes', column: 'body', class: 'NOTE' });
	});

	it('binds to the table of the binding, not to its SQL name', () => {
		expect(registry.get('Memo.title')).toMatchObject({ table: 'memos', column: 'title' });
	});

	it('belongs to the schema that the transformer returned', () => {
		const { transformer, registryOf } = directiveWith(new RecordingContent());
		const schema = buildSchema(WORKSPACE);
		expect(registryOf(transformer(schema)).fields).toEqual(registry.fields);
		expect(() => registryOf(schema)).toThrow(SetupError);
	});

	it('reads the marks of a schema that was built in code', () => {
		const metadata = { directives: { metadata: {} } };
		const firmId = { type: new GraphQLNonNull(GraphQLID), extensions: metadata };
		const FirmOwned = new GraphQLInterfaceType({ name: 'FirmOwned', fields: { firmId } });
		const extensions = { directives: { encrypted: { class: 'NOTE' } } };
		const fields = { id: { ...firmId }, firmId, text: { type: GraphQLString, extensions } };
		const Card = new GraphQLObjectType({ name: 'Card', interfaces: [FirmOwned], fields });
		const query = new GraphQLObjectType({ name: 'Query', fields: { card: { type: Card } } });
		const inCode = readRegistry(new GraphQLSchema({ query }), { columns: [column('Card.text', 'cards.text')] });
		expect(inCode.fields.map(({ coordinate }) => coordinate)).toEqual(['Card.text']);
	});
});

describe('directive SDL', () => {
	const file = readFileSync(new URL('../../schema/directives.graphql', import.meta.url), 'utf8');

	it('is identical in the package and in schema/', () => {
		expect(directiveWith(new RecordingContent()).typeDefs).toBe(file);
	});

	it('contains the content classes of the access decision', () => {
		const type = buildSchema('type Query { a: Int }').getType('ContentClass') as GraphQLEnumType;
		expect(type.getValues().map(({ name }) => name)).toEqual(CONTENT_CLASSES);
	});

	it('describes everything', () => {
		const silent: string[] = [];
		visit(parse(file), {
			enter(node) {
				if ('name' in node && node.kind.endsWith('Definition') && !('description' in node && node.description)) {
					silent.push(node.name?.value ?? node.kind);
				}
			},
		});
		expect(silent).toEqual([]);
	});
});
