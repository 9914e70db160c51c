import {
	buildASTSchema,
	type ConstDirectiveNode,
	type GraphQLField,
	type GraphQLObjectType,
	type GraphQLSchema,
	isObjectType,
	Kind,
	parse,
} from 'graphql';
import { readSdlFiles } from '../../api/sdl-files.ts';

export type Field = GraphQLField<unknown, unknown>;

/** The schema as this version of the program has it: what is exported follows from it. */
export const readSchema = (): GraphQLSchema =>
	// The project's own tests validate it.
	buildASTSchema(
		parse(
			readSdlFiles()
				.map(({ text }) => text)
				.join('\n'),
		),
		{ assumeValidSDL: true },
	);

/** @throws Error for a name that isn't an object type's */
export function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
	const type = schema.getType(name);
	if (!isObjectType(type)) throw new Error(`The schema has no object type ${name}.`);
	return type;
}

/** Whether its values are content, which may not open. */
export const isContent = (field: Field): boolean => directiveOf(field, 'encrypted') !== undefined;

/** How many objects a list holds at most; ten where the schema doesn't say, as the API reckons. */
export function mostItems(field: Field): number {
	const items = directiveOf(field, 'limit')?.arguments?.find(({ name }) => name.value === 'items')?.value;
	return items?.kind === Kind.INT ? Number(items.value) : 10;
}

/** The type of a connection's nodes; null: the type is none. */
export const pagedTypeOf = (name: string): string | null =>
	name.endsWith('Connection') ? name.slice(0, -'Connection'.length) : null;

const directiveOf = ({ astNode }: Field, name: string): ConstDirectiveNode | undefined =>
	astNode?.directives?.find((directive) => directive.name.value === name);
