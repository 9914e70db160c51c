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
 * One document with all queries, each under a root field of its own, named by its place; null if a field on the way
 * leads to no object.
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

/** The selection on a field's objects of one type; of whichever others it answers nothing is asked. */
export const selectionSetOf = (
	field: GraphQLField<unknown, unknown>,
	type: GraphQLObjectType,
	inner: string,
): string =>
	isAbstractType(getNamedType(field.type))
		? `{ ${TYPE_KEY}: __typename ... on ${type.name} { ${inner} } }`
		: `{ ${inner} }`;

/** So that the answer says of what type and which object each value is. */
export const identitySelection = (type: GraphQLObjectType): string =>
	`${TYPE_KEY}: __typename${type.getFields().id ? ` ${ID_KEY}: id` : ''}`;

/** Everything of a type that is no content and needs no arguments, under names of its own: content must not be in it. */
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
