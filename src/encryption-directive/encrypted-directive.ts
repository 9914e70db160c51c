import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { SetupError } from '../errors.ts';
import type { EncryptedField } from './bindings.ts';
import { type Registry, type RegistryOptions, readRegistry } from './registry.ts';
import { surveySchema } from './survey.ts';
import { directiveTypeDefs } from './type-defs.ts';

/** The row that a value is sealed to. */
export interface RowIdentity {
	/** Firm id, lower-case UUID. */
	readonly firm: string;
	/** Row id, lower-case UUID. */
	readonly id: string;
	/** The client that the row is shared with, if a portal's request read it. */
	readonly sharedWith?: string | null | undefined;
}

/** What a wrapper needs from content/. `Access` is what the request may do: a capability, or a denial. */
export interface ValueOpener<Access> {
	/**
	 * Opens one value; synchronous if the key is cached. Returns the decoded value; null if the value is null, or if `access` doesn't
	 * cover the field. It then records the denial, even for an undefined value, whose column wasn't selected.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE or another code; never with a part of the value.
	 */
	openValue(
		access: Access,
		field: EncryptedField,
		row: RowIdentity,
		sealed: Uint8Array | null | undefined,
	): unknown | Promise<unknown>;
}

/** How a wrapper gets from a row and a request to a value. Methods, so that an application may use its own types. */
export interface FieldBinding<Context, Access> {
	readonly content: ValueOpener<Access>;
	/** The decision for the request. Called for each value, so it must only look up. */
	capabilityOf(context: Context): Access;
	/** Firm and id of the parent object's row. */
	rowOf(parent: unknown): RowIdentity;
}

export interface EncryptedDirectiveOptions<Context, Access> extends FieldBinding<Context, Access>, RegistryOptions {}

export interface EncryptedDirective {
	/** The marks, content classes, scalars and interfaces, to add to the schema's own SDL. */
	readonly typeDefs: string;
	/**
	 * Returns a schema in which `content` opens every field marked `@encrypted`; the given schema is not changed. It must have its
	 * resolvers already.
	 * @throws SetupError with one line per violated start-up rule or unwrapped field.
	 */
	transformer(schema: GraphQLSchema): GraphQLSchema;
	/**
	 * The encrypted coordinates of a schema returned by `transformer`.
	 * @throws SetupError for any other schema.
	 */
	registryOf(schema: GraphQLSchema): Registry;
}

/** The two marks, `@encrypted` and `@metadata`, ready to apply to a schema. */
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
				throw new SetupError('This schema has no registry: give registryOf the schema that transformer returned.');
			return registry;
		},
	};
}

function wrapFields<Context, Access>(
	schema: GraphQLSchema,
	registry: Registry,
	binding: FieldBinding<Context, Access>,
): GraphQLSchema {
	return mapSchema(schema, {
		[MapperKind.OBJECT_FIELD]: (config, fieldName, typeName) => {
			const field = registry.get(`${typeName}.${fieldName}`);
			if (!field) return config;
			if (wrappedField(config.resolve)) {
				throw new SetupError(
					`${field.coordinate} is wrapped already: call encryptedDirective's transformer only once per schema.`,
				);
			}
			return { ...config, resolve: wrapResolver(field, config.resolve, binding) };
		},
	});
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

const wrappers = new WeakMap<Resolver, EncryptedField>();

/** The field whose wrapper a resolver is; undefined for any other resolver, including a wrapper of a wrapper. */
const wrappedField = (resolver: Resolver | undefined): EncryptedField | undefined => resolver && wrappers.get(resolver);

/**
 * Creates the only resolver that answers an encrypted field. The stored value (from `source`, or from the property with the field's
 * name) goes to content/ and nowhere else. The resolver is bound to the coordinate when the schema is made, so aliases, fragments and
 * abstract types in the query change nothing. It returns a promise only if `source` or content/ does.
 */
function wrapResolver<Context, Access>(
	field: EncryptedField,
	source: Resolver | undefined,
	binding: FieldBinding<Context, Access>,
): Resolver {
	const { fieldName } = field;
	const reveal = (parent: unknown, context: unknown, stored: unknown): unknown => {
		const access = binding.capabilityOf(context as Context);
		return binding.content.openValue(access, field, binding.rowOf(parent), bytesOf(stored));
	};
	const wrapper: Resolver = (parent, args, context, info) => {
		const stored = source ? source(parent, args, context, info) : ownValue(parent, fieldName);
		return isPromiseLike(stored)
			? stored.then((settled) => reveal(parent, context, settled))
			: reveal(parent, context, stored);
	};
	wrappers.set(wrapper, field);
	return wrapper;
}

/** No key opens it. */
const NO_ENVELOPE = new Uint8Array(0);

/**
 * Fails closed: plaintext left in a column must not pass as a value that needs no opening. content/ refuses these bytes, and reports
 * and records them as a value that doesn't open.
 */
function bytesOf(stored: unknown): Uint8Array | null | undefined {
	if (stored === null || stored === undefined) return stored;
	return stored instanceof Uint8Array ? stored : NO_ENVELOPE;
}

/** Ignores inherited properties: a field may be called `constructor`. */
const ownValue = (parent: unknown, name: string): unknown =>
	Object.hasOwn(parent as object, name) ? (parent as Record<string, unknown>)[name] : undefined;

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/**
 * Checks the schema as it will be executed: each marked field of each object type has the wrapper of its own coordinate, and each
 * coordinate of the registry exists. Call it again on the final schema if anything changes it after the transformer.
 * @throws SetupError with one line per field that has another resolver.
 */
export function assertEveryFieldWrapped(schema: GraphQLSchema, registry: Registry): void {
	const marked = surveySchema(schema, { columns: [] }).sealedFields.map(({ coordinate }) => coordinate);
	const known = registry.fields.map(({ coordinate }) => coordinate);
	const bare = [...new Set([...marked, ...known])].filter((coordinate) => {
		const field = registry.get(coordinate);
		return !field || wrappedField(resolverAt(schema, coordinate)) !== field;
	});
	if (bare.length === 0) return;
	throw new SetupError(
		bare
			.map((coordinate) => `${coordinate} is @encrypted but its resolver isn't the wrapper: ${WRAPPER_FIX}`)
			.join('\n'),
	);
}

const WRAPPER_FIX = "apply encryptedDirective's transformer once, after every other schema transform.";

function resolverAt(schema: GraphQLSchema, coordinate: string) {
	const [typeName = '', fieldName = ''] = coordinate.split('.');
	const type = schema.getType(typeName);
	return isObjectType(type) ? type.getFields()[fieldName]?.resolve : undefined;
}
