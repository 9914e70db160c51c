import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import { SetupError } from '../../errors.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../firms/index.ts';
import type { Resolvers } from '../schema-types.generated.ts';
import { relationResolver } from './fields.ts';
import { listResolver } from './lists.ts';
import { sharingPayload, sharingResolver, writeResolver } from './mutations.ts';
import { isWorkspaceType, pagedType, relationOf } from './relations.ts';
import { type FieldResolver, lookUpResolver } from './rows.ts';
import { SEALED_FIELDS, sealedFieldsResolver } from './sealed-fields.ts';

type FieldResolvers = Record<string, FieldResolver<unknown>>;

/**
 * Derives the resolvers of every workspace type from the schema: lists, look-ups, relations and writes. Fields that `others` resolves
 * are skipped.
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
			if (field.name === SEALED_FIELDS) {
				resolvers[field.name] = sealedFieldsResolver(name as WorkspaceTypeName);
				continue;
			}
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
				throw new SetupError(
					`${type}.${name} has no resolver: name it like the workspace's fields, or add a resolver.`,
				);
	return {
		...types,
		Query: query,
		Mutation: mutation,
		ShareWithClientPayload: sharingPayload,
		UnshareWithClientPayload: sharingPayload,
	} as unknown as Resolvers;
}
