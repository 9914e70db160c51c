import {
	type GraphQLObjectType,
	type GraphQLResolveInfo,
	type GraphQLSchema,
	getNamedType,
	isObjectType,
} from 'graphql';
import { visibilityOf } from '../../access/index.ts';
import { type Row, selectTableOfId } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../firms/index.ts';
import { firmOf, type RequestContext } from '../context.ts';
import type { Resolvers } from '../schema-types.generated.ts';
import { relationResolver, rowLoader } from './fields.ts';
import { listResolver } from './lists.ts';
import { sharingPayload, sharingResolver, writeResolver } from './mutations.ts';
import { isWorkspaceType, pagedType, relationOf, tableOf } from './relations.ts';
import type { FieldResolver } from './resolver.ts';
import { selectionAt } from './selection.ts';

type FieldResolvers = Record<string, FieldResolver<unknown>>;
/**
 * The resolvers of every type of the workspace, read off the schema: its lists, look-ups, relations and writes. What
 * `others` resolves is left to it.
 * @throws SetupError for a field, an order or a filter that the tables don't have.
 */
export function workspaceResolvers(schema: GraphQLSchema, others: Readonly<Record<string, unknown>>): Resolvers {
	const fieldsOf = (name: string) => {
		const type = schema.getType(name);
		const own = (others[name] ?? {}) as Readonly<Record<string, unknown>>;
		return isObjectType(type) ? Object.values(type.getFields()).filter((field) => !Object.hasOwn(own, field.name)) : [];
	};
	const query: FieldResolvers = {};
	for (const field of fieldsOf('Query')) {
		const answers = getNamedType(field.type).name;
		const paged = pagedType(answers);
		if (paged) query[field.name] = listResolver(field.name, paged, field);
		else if (isWorkspaceType(answers)) query[field.name] = lookUpResolver(answers);
	}
	const mutation: FieldResolvers = {
		shareWithClient: sharingResolver('shareWithClient'),
		unshareWithClient: sharingResolver('unshareWithClient'),
	};
	for (const field of fieldsOf('Mutation')) {
		const resolver = writeResolver(field.name, field);
		if (resolver) mutation[field.name] = resolver;
	}
	const types: Record<string, FieldResolvers> = {};
	for (const name of Object.keys(WORKSPACE)) {
		const resolvers: FieldResolvers = {};
		for (const field of fieldsOf(name)) {
			const type = schema.getType(name) as GraphQLObjectType;
			const relation = relationOf(type, field);
			if (relation) resolvers[field.name] = relationResolver(type, field, relation);
		}
		types[name] = resolvers;
	}
	for (const [type, resolvers] of [
		['Query', query],
		['Mutation', mutation],
	] as const)
		for (const { name } of fieldsOf(type))
			if (!resolvers[name])
				throw new SetupError(`${type}.${name} has no resolver: name it as the workspace's are, or add one.`);
	return {
		...types,
		Query: query,
		Mutation: mutation,
		ShareWithClientPayload: sharingPayload,
		UnshareWithClientPayload: sharingPayload,
	} as unknown as Resolvers;
}
const lookUpResolver =
	(type: WorkspaceTypeName): FieldResolver<unknown> =>
	(_parent, { id }, context, info) =>
		loadRow(context, type, id as string, info);
/** The object that a field answers, by its id; null if there is none that the caller may see. */
export const loadRow = async (
	context: RequestContext,
	type: WorkspaceTypeName,
	id: string,
	info: GraphQLResolveInfo,
): Promise<Row | null> =>
	visibilityOf(context.principal, type) === null
		? null
		: rowLoader(context, type, selectionAt(context, info, type, [[]])).load(id);
/** An object of the workspace by its id alone: which type it is of is one statement, whatever their number. */
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
	const row = await rowLoader(context, type, selectionAt(context, info, type, [[]], type)).load(id);
	return row && { ...row, __typename: type };
}
