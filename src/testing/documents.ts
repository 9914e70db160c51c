import {
	type GraphQLField,
	type GraphQLObjectType,
	getNamedType,
	isAbstractType,
	isLeafType,
	isRequiredArgument,
} from 'graphql';
import type { Registry } from '../encryption-directive/index.ts';
import { createCallWriter } from './call-writer.ts';
import { type Form, PLAIN } from './forms.ts';
import type { KitDocument, KitOptions, KitTarget } from './options.ts';
import { type Path, pathName, typesOn } from './paths.ts';
import { ID_KEY, TYPE_KEY } from './returned.ts';

export interface PathQuery {
	readonly path: Path;
	readonly form: Form;
}

/**
 * One document with all queries, each under its own root field, which is named by its index. Null if a field on a path leads to no object.
 */
export async function writeDocument(
	queries: readonly PathQuery[],
	{ registry, argumentsOf }: Pick<KitOptions, 'registry' | 'argumentsOf'>,
	principal: KitTarget['principal'],
): Promise<KitDocument | null> {
	const calls = createCallWriter(argumentsOf);
	const fragments: string[] = [];
	const selections: string[] = [];
	const fragment = (on: string, selection: string) => {
		const name = `F${fragments.length}`;
		fragments.push(`fragment ${name} on ${on} { ${selection} }`);
		return name;
	};
	for (const [index, { path, form }] of queries.entries()) {
		const types = typesOn(path);
		const written: string[] = [];
		for (const [at, step] of path.steps.entries()) {
			const type = (types[at] as GraphQLObjectType).name;
			const call = await calls.writeCall(step.coordinate, step.field, { principal, type, path });
			if (call === null) return null;
			written.push(call);
		}
		let selection = form.content({ type: path.type, name: path.field.fieldName, fragment });
		for (const [at, step] of [...path.steps.entries()].reverse()) {
			const type = types[at] as GraphQLObjectType;
			const beside = form === PLAIN ? metadataSelection(type, registry) : '';
			const inner = `${identitySelection(type)} ${beside} ${form.around?.(type.name, selection) ?? selection}`;
			const alias = at === 0 ? `p${index}: ` : (form.alias?.({ type: step.type, name: step.field.name }) ?? '');
			selection = `${alias}${written[at]} ${selectionSetOf(step.field, type, inner)}`;
		}
		selections.push(selection);
	}
	const kind = (queries[0] as PathQuery).path.steps[0].type.name === 'Mutation' ? 'mutation' : 'query';
	const body = ['{', ...selections, '}', ...fragments].join('\n');
	return { query: `${kind} Kit${calls.variableDefinitions(body)} ${body}`, variables: calls.variables };
}

/** The selection on a field's objects of one type. Selects nothing on objects of other types. */
export const selectionSetOf = (
	field: GraphQLField<unknown, unknown>,
	type: GraphQLObjectType,
	inner: string,
): string =>
	isAbstractType(getNamedType(field.type))
		? `{ ${TYPE_KEY}: __typename ... on ${type.name} { ${inner} } }`
		: `{ ${inner} }`;

/** Selects type and id, so that the answer shows the object of each value. */
export const identitySelection = (type: GraphQLObjectType): string =>
	`${TYPE_KEY}: __typename${type.getFields().id ? ` ${ID_KEY}: id` : ''}`;

/** All fields of a type that are not content and need no arguments, under separate names: they must not contain content. */
export const metadataSelection = (type: GraphQLObjectType, registry: Registry): string =>
	Object.values(type.getFields())
		.filter(
			({ name, type: answers, args }) =>
				isLeafType(getNamedType(answers)) && !args.some(isRequiredArgument) && !registry.get(`${type.name}.${name}`),
		)
		.map(({ name }) => `m_${name}: ${name}`)
		.join(' ');

export const describeQuery = ({ path, form }: PathQuery): string =>
	`${pathName(path)}${form.name === 'plain' ? '' : ` (${form.name})`}`;
