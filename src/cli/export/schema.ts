import {
	buildASTSchema,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	isObjectType,
	parse,
} from 'graphql';
import { readSdlFiles } from '../../api/sdl-files.ts';
import { BELOW, FILE_OF } from './lists.ts';

export type Field = GraphQLField<unknown, unknown>;

/** The schema of this version of the program. It decides what is exported. The project's own tests validate it. */
export const readSchema = (): GraphQLSchema =>
	buildASTSchema(
		parse(
			readSdlFiles()
				.map(({ text }) => text)
				.join('\n'),
		),
		{ assumeValidSDL: true },
	);

/** @throws Error if there is no object type of this name */
export function fieldsOf(schema: GraphQLSchema, type: string): Readonly<Record<string, Field>> {
	return objectType(schema, type).getFields();
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
	const type = schema.getType(name);
	if (!isObjectType(type)) throw new Error(`The schema has no object type ${name}.`);
	return type;
}

/** @throws Error if the type has no such field */
export function fieldOf(schema: GraphQLSchema, type: string, name: string): Field {
	const field = fieldsOf(schema, type)[name];
	if (!field) throw new Error(`The schema has no ${type}.${name}.`);
	return field;
}

export const typeOf = (field: Field): string => getNamedType(field.type).name;

/** Whether its values are content, which may fail to open. */
export const isContent = ({ astNode }: Field): boolean =>
	astNode?.directives?.some(({ name }) => name.value === 'encrypted') ?? false;

/** Whether a field's objects are records of another file, or the firm itself. */
export const isReference = (type: string): boolean => Object.hasOwn(FILE_OF, type) || type === 'Firm';

/** The type of a connection's nodes, if they are read with their owner; null for any other field. */
export function pagedBelow(field: Field): string | null {
	const node = /^(.+)Connection$/.exec(typeOf(field))?.[1];
	return node !== undefined && Object.hasOwn(BELOW, node) ? node : null;
}
