import {
	type GraphQLCompositeType,
	type GraphQLField,
	type GraphQLObjectType,
	getNamedType,
	isAbstractType,
	isCompositeType,
	isRequiredArgument,
} from 'graphql';
import { createCalls } from './calls.ts';
import { identity, metadataOf } from './documents.ts';
import type { KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { objectTypesOf } from './paths.ts';
import { TYPE_KEY } from './returned.ts';

/** Levels below a field of Query. */
const DEPTH = 3;

/**
 * For each field of Query, whatever lies behind it, a document that asks for all that is no content: content must not be
 * there either.
 */
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
	const calls = createCalls(argumentsOf);
	const written = await callOf('Query', root, type);
	if (!written) return null;
	const selection = type ? await objects(getNamedType(root.type) as GraphQLCompositeType, type, DEPTH) : '';
	const body = `{ root: ${written} ${selection} }`;
	return { query: `query Kit${calls.head(body)} ${body}`, variables: calls.variables };

	async function callOf(owner: string, field: GraphQLField<unknown, unknown>, of: GraphQLObjectType | null) {
		const target = { principal, type: of?.name ?? '', path: null };
		const call = await calls.of(`${owner}.${field.name}`, field, target);
		return call === field.name && field.args.some(isRequiredArgument) ? null : call;
	}

	async function objects(answers: GraphQLCompositeType, of: GraphQLObjectType, depth: number): Promise<string> {
		const inner = [identity(of), metadataOf(of, registry)];
		for (const field of depth > 0 ? Object.values(of.getFields()) : []) {
			const named = getNamedType(field.type);
			if (!isCompositeType(named)) continue;
			const [first] = objectTypesOf(schema, named);
			const call = first && (await callOf(of.name, field, first));
			if (first && call) inner.push(`${call} ${await objects(named, first, depth - 1)}`);
		}
		const selection = inner.join(' ');
		return isAbstractType(answers)
			? `{ ${TYPE_KEY}: __typename ... on ${of.name} { ${selection} } }`
			: `{ ${selection} }`;
	}
}
