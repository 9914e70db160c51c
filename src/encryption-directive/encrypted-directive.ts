import { MapperKind, mapSchema } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import { SetupError } from '../errors.ts';
import { assertEveryFieldWrapped } from './every-field-wrapped.ts';
import { type Registry, type RegistryOptions, readRegistry } from './registry.ts';
import { directiveTypeDefs } from './type-defs.ts';
import { type FieldBinding, wrappedField, wrapResolver } from './wrapper.ts';

export interface EncryptedDirectiveOptions<Context, Access> extends FieldBinding<Context, Access>, RegistryOptions {}

export interface EncryptedDirective {
	/** The marks, content classes, scalars and interfaces, to be put beside the schema's own SDL. */
	readonly typeDefs: string;
	/**
	 * Answers a schema in which every field marked `@encrypted` is opened by `content`; the one given stays as it is.
	 * Resolvers must be in the schema already.
	 * @throws SetupError one sentence a line for everything that breaks a start-up rule, or a field that didn't get its wrapper.
	 */
	transformer(schema: GraphQLSchema): GraphQLSchema;
	/**
	 * The encrypted coordinates of a schema that `transformer` answered.
	 * @throws SetupError for any other schema.
	 */
	registryOf(schema: GraphQLSchema): Registry;
}

/** The two marks, `@encrypted` and `@metadata`, ready to be put on a schema. */
export function encryptedDirective<Context, Access>(
	options: EncryptedDirectiveOptions<Context, Access>,
): EncryptedDirective {
	const registries = new WeakMap<GraphQLSchema, Registry>();
	return {
		typeDefs: directiveTypeDefs(options.ownership),
		transformer(schema) {
			const registry = readRegistry(schema, options);
			const transformed = wrapFields(schema, registry, options);
			assertEveryFieldWrapped(transformed, registry);
			registries.set(transformed, registry);
			return transformed;
		},
		registryOf(schema) {
			const registry = registries.get(schema);
			if (!registry)
				throw new SetupError('This schema has no registry: give registryOf the schema that transformer answered.');
			return registry;
		},
	};
}

function wrapFields<Context, Access>(
	schema: GraphQLSchema,
	registry: Registry,
	opening: FieldBinding<Context, Access>,
): GraphQLSchema {
	return mapSchema(schema, {
		[MapperKind.OBJECT_FIELD]: (config, fieldName, typeName) => {
			const field = registry.get(`${typeName}.${fieldName}`);
			if (!field) return config;
			if (wrappedField(config.resolve)) {
				throw new SetupError(
					`${field.coordinate} is wrapped already: call encryptedDirective's transformer once for a schema.`,
				);
			}
			return { ...config, resolve: wrapResolver(field, config.resolve, opening) };
		},
	});
}
