import { collectSubFields } from '@graphql-tools/utils';
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';

/**
 * Names of the fields that the query selects on the objects at the ends of `paths`, aliases, fragments and directives
 * applied. An empty path is the field itself; `type` names the object type where the field's own type is abstract.
 */
export function selectedFields(
	info: GraphQLResolveInfo,
	paths: readonly (readonly string[])[],
	type?: string,
): Set<string> {
	const root = type ? info.schema.getType(type) : getNamedType(info.returnType);
	const names = paths.flatMap((path) => (isObjectType(root) ? fieldNamesAt(info, root, info.fieldNodes, path) : []));
	return new Set(names);
}

/** Where the nodes of a connection are selected. */
export const NODES = [['nodes'], ['edges', 'node']] as const;

function fieldNamesAt(
	info: GraphQLResolveInfo,
	type: GraphQLObjectType,
	nodes: readonly FieldNode[],
	[step, ...rest]: readonly string[],
): string[] {
	// The tools take variables as GraphQL 17 has them; a flat map, as GraphQL 16 gives it, would hide the values of @skip and @include.
	const variables = { coerced: info.variableValues, sources: {} };
	const { fields } = collectSubFields(info.schema, info.fragments, variables, type, [...nodes]);
	const selected = [...fields.values()].flat();
	if (step === undefined) return selected.map(({ name }) => name.value);
	const next = selected.filter(({ name }) => name.value === step);
	const nextType = getNamedType(type.getFields()[step]?.type);
	return next.length > 0 && isObjectType(nextType) ? fieldNamesAt(info, nextType, next, rest) : [];
}
