import { type GraphQLField, type GraphQLObjectType, getNamedType, isCompositeType, isRequiredArgument } from 'graphql';
import { createCallWriter } from './call-writer.ts';
import { identitySelection, metadataSelection, selectionSetOf } from './documents.ts';
import type { KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { objectTypesOf } from './paths.ts';

/** Levels below a field of Query. */
const MAX_DEPTH = 3;

/** For each field of Query a document that selects everything except content, to check that content is not in it. */
export async function sweepsOf(options: KitOptions, principal: KitPrincipal): Promise<KitDocument[]> {
	const query = options.schema.getQueryType();
	const documents: KitDocument[] = [];
	for (const root of Object.values(query?.getFields() ?? {})) {
		const named = getNamedType(root.type);
		const types = isCompositeType(named) ? objectTypesOf(options.schema, named) : [null];
		for (const type of types) {
			const document = await sweep(options, principal, root, type);
			if (document) documents.push(document);
		}
	}
	return documents;
}

async function sweep(
	{ schema, registry, argumentsOf }: KitOptions,
	principal: KitPrincipal,
	root: GraphQLField<unknown, unknown>,
	type: GraphQLObjectType | null,
): Promise<KitDocument | null> {
	const calls = createCallWriter(argumentsOf);
	const written = await callOf('Query', root, type);
	if (!written) return null;
	const selection = type ? await objectsOf(root, type, MAX_DEPTH) : '';
	const body = `{ root: ${written} ${selection} }`;
	return { query: `query Kit${calls.variableDefinitions(body)} ${body}`, variables: calls.variables };

	async function callOf(owner: string, field: GraphQLField<unknown, unknown>, of: GraphQLObjectType | null) {
		const target = { principal, type: of?.name ?? '', path: null };
		const call = await calls.writeCall(`${owner}.${field.name}`, field, target);
		return call === field.name && field.args.some(isRequiredArgument) ? null : call;
	}

	async function objectsOf(
		answering: GraphQLField<unknown, unknown>,
		of: GraphQLObjectType,
		depth: number,
	): Promise<string> {
		const inner = [identitySelection(of), metadataSelection(of, registry)];
		for (const field of depth > 0 ? Object.values(of.getFields()) : []) {
			const named = getNamedType(field.type);
			if (!isCompositeType(named)) continue;
			const [first] = objectTypesOf(schema, named);
			const call = first && (await callOf(of.name, field, first));
			if (first && call) inner.push(`${call} ${await objectsOf(field, first, depth - 1)}`);
		}
		return selectionSetOf(answering, of, inner.join(' '));
	}
}
