import { collectSubFields } from '@graphql-tools/utils';
import { type FieldNode, type GraphQLObjectType, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { denialOfField, mayReleaseField, visibilityOf } from '../../access/index.ts';
import type { ContentField } from '../../content/index.ts';
import { type Row, type Selection, selectRowsByIds, selectTableOfId } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../firms/index.ts';
import type { ConnectionArgs } from '../connection.ts';
import { clientOf, firmOf, type RequestContext } from '../context.ts';
import { isWorkspaceType, tableOf } from './relations.ts';
import { releasedFields, sealedNamesOf } from './sealed-fields.ts';

/** A resolver whose parent and arguments the schema has checked. */
export type FieldResolver<Answer> = (
	parent: never,
	args: ConnectionArgs & { readonly [name: string]: unknown },
	context: RequestContext,
	info: GraphQLResolveInfo,
) => Answer;

export const lookUpResolver =
	(type: WorkspaceTypeName): FieldResolver<unknown> =>
	(_parent, { id }, context, info) =>
		loadRow(context, type, id as string, info);

/** The object with this id; null if it does not exist or the caller may not see it. */
export const loadRow = async (
	context: RequestContext,
	type: WorkspaceTypeName,
	id: string,
	info: GraphQLResolveInfo,
): Promise<Row | null> =>
	visibilityOf(context.principal, type) === null
		? null
		: rowLoader(context, type, selectionAt(context, info, type, [[]])).load(id);

/** An object of the workspace by its id alone. One statement finds its type, whatever the number of types. */
export async function findInWorkspace(
	context: RequestContext,
	id: string,
	info: GraphQLResolveInfo,
): Promise<object | null> {
	const seen = Object.keys(WORKSPACE).filter(
		(name) => visibilityOf(context.principal, name as WorkspaceTypeName) !== null,
	);
	const tables = Object.fromEntries(seen.map((name) => [name, tableOf(name as WorkspaceTypeName)]));
	const type = await context.services.plane.read(firmOf(context), (tx) => selectTableOfId(tx, tables, id));
	if (type === null || !isWorkspaceType(type)) return null;
	return loadAsNode(context, type, id, info);
}

/** An object of the workspace, for a field that answers several types; null if it does not exist or the caller may not see it. */
export async function loadAsNode(
	context: RequestContext,
	type: WorkspaceTypeName,
	id: string,
	info: GraphQLResolveInfo,
): Promise<object | null> {
	const row = await rowLoader(context, type, selectionAt(context, info, type, [[]], type)).load(id);
	return row && { ...row, __typename: type };
}

/** Loads rows of a type by id, together with all other fields that read the same columns. */
export function rowLoader(context: RequestContext, type: WorkspaceTypeName, selection: Selection) {
	const { loaders, services } = context;
	return loaders.byId(`${type}:${keyOf(selection)}`, async (ids) => {
		const rows = await services.plane.read(firmOf(context), (tx) => selectRowsByIds(tx, tableOf(type), ids, selection));
		return new Map(rows.map((row) => [row.id, row]));
	});
}

/** Identifies a selection. Loads of the same columns share a statement. */
export const keyOf = ({ columns }: Selection): string => [...columns].sort().join();

/**
 * The columns selected of the objects at `paths` below the resolved field, and the id columns of its relations. `concrete` names the
 * type if the field's own type is abstract.
 */
export const selectionAt = (
	context: RequestContext,
	info: GraphQLResolveInfo,
	type: WorkspaceTypeName,
	paths: readonly (readonly string[])[],
	concrete?: WorkspaceTypeName,
): Selection => selectionOf(context, type, selectedFields(info, paths, concrete));

function selectionOf(context: RequestContext, type: WorkspaceTypeName, names: Iterable<string>): Selection {
	const { decision } = contentSessionOf(context).authorization;
	const encrypted = context.services.fieldsOf(type);
	// The lease's own transactions read what it opens. The operator's role has no privilege on those columns.
	const isReadHere = decision.allowed && decision.kind === 'membership';
	const columns = new Set<string>();
	for (const name of names) {
		const field = encrypted[name];
		for (const released of releasedFields(name, Object.keys(encrypted)) ?? [])
			if (mayReleaseField(decision, encrypted[released] as ContentField)) columns.add(released).add('stamp');
		// A sealed column is read only if the request may open values of it.
		if (!field) columns.add(name).add(`${name}Id`);
		else if (isReadHere && denialOfField(decision, field) === null) columns.add(name);
	}
	return { columns, client: clientOf(context) };
}

/**
 * Names of the fields that the query selects on the objects at the ends of `paths`, with aliases, fragments and directives applied, and
 * names of sealedNamesOf(). An empty path is the field itself. `type` names the object type if the field's own type is abstract.
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
	// The tools expect variables in the form of GraphQL 17. The flat map of GraphQL 16 would hide the values of @skip and @include.
	const variables = { coerced: info.variableValues, sources: {} };
	const { fields } = collectSubFields(info.schema, info.fragments, variables, type, [...nodes]);
	const selected = [...fields.values()].flat();
	if (step === undefined) return selected.flatMap((node) => [node.name.value, ...sealedNamesOf(info, type, node)]);
	const next = selected.filter(({ name }) => name.value === step);
	const nextType = getNamedType(type.getFields()[step]?.type);
	return next.length > 0 && isObjectType(nextType) ? fieldNamesAt(info, nextType, next, rest) : [];
}
