import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { getDirectiveInExtensions } from '@graphql-tools/utils';
import {
	type DefinitionNode,
	type DocumentNode,
	type FieldNode,
	GraphQLError,
	type GraphQLField,
	type GraphQLSchema,
	getArgumentValues,
	getNamedType,
	getNullableType,
	getVariableValues,
	isCompositeType,
	isListType,
	Kind,
	type OperationDefinitionNode,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { FirmsealError } from '../../errors.ts';
import { assertPageSize, DEFAULT_ROWS } from '../connection.ts';

/**
 * Assumed length of a list of objects without `@limit(items:)`: the keys of an audit entry, which are few, and the lists of
 * introspection.
 */
const ASSUMED_ITEMS = 10;

interface CostedOperation {
	readonly schema: GraphQLSchema;
	readonly document: DocumentNode;
	readonly operation: OperationDefinitionNode;
	readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The largest number of fields that the answer could have, as far as this is known before execution. Every field counts once,
 * including `__typename`, regardless of @skip and @include, plus `@limit(fields:)` of each argument that has a value. The selection of
 * a connection counts once per row of the page, the selection of another list of objects once per item that the list may have. The
 * document must be valid: then no fragment contains itself, and each is measured once, however often it is used.
 * @throws FirmsealError TOO_EXPENSIVE for a page of more than 1,000 rows; GraphQLError for the first mistake in the variables.
 */
export function costOf({ schema, document, operation, variables }: CostedOperation): number {
	const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
	// Execution would report fifty mistakes, each with the whole value: seconds of work for one body.
	if (values.errors) throw variableError(values.errors[0]);
	const { coerced } = values;
	const fragments = new Map<string, DefinitionNode>();
	for (const definition of document.definitions)
		if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
	const known = new Map<string, number>();

	function costOfDefinition(definition: DefinitionNode): number {
		const info = new TypeInfo(schema);
		const times = [1];
		let cost = 0;
		const now = () => times.at(-1) ?? 1;
		const visitor = {
			Field: {
				enter(node: FieldNode) {
					cost += now() * (1 + argumentCostOf(node, info, coerced));
					times.push(now() * multiplierOf(node, info, coerced));
				},
				leave() {
					times.pop();
				},
			},
			FragmentSpread({ name }: { readonly name: { readonly value: string } }) {
				cost += now() * costOfFragment(name.value);
			},
		};
		visit(definition, visitWithTypeInfo(info, visitor));
		return cost;
	}

	function costOfFragment(name: string): number {
		const definition = fragments.get(name);
		const cost = known.get(name) ?? (definition ? costOfDefinition(definition) : 0);
		known.set(name, cost);
		return cost;
	}

	return costOfDefinition(operation);
}

/** The cost of a field's arguments beyond the answer, counted in fields. */
function argumentCostOf(node: FieldNode, info: TypeInfo, variables: Readonly<Record<string, unknown>>): number {
	const field = info.getFieldDef();
	const dear = (field?.args ?? []).flatMap((argument) => {
		const fields: unknown = getDirectiveInExtensions(argument, 'limit')?.[0]?.fields;
		return typeof fields === 'number' ? [{ name: argument.name, fields }] : [];
	});
	if (!field || dear.length === 0) return 0;
	const values = argumentsOf(field, node, variables);
	return dear.reduce((sum, { name, fields }) => sum + (values[name] == null ? 0 : fields), 0);
}

/** How often the selection of a field can occur in the answer, per occurrence of the field. */
function multiplierOf(node: FieldNode, info: TypeInfo, variables: Readonly<Record<string, unknown>>): number {
	const field = info.getFieldDef();
	if (!field) return 1;
	const type = getNamedType(field.type);
	if (isConnection(type.name)) return pageSizeOf(field, node, variables);
	const isList = isListType(getNullableType(field.type));
	// The rows of a connection are counted at the field that answers the connection.
	if (!isList || !isCompositeType(type) || isConnection(info.getParentType()?.name)) return 1;
	return maxItemsOf(field) ?? ASSUMED_ITEMS;
}

/** The most items of a list, from the schema. graphql-tools keeps directives in extensions. */
function maxItemsOf(field: GraphQLField<unknown, unknown>): number | null {
	const [limit] = getDirectiveInExtensions(field, 'limit') ?? [];
	return typeof limit?.items === 'number' ? limit.items : null;
}

const isConnection = (name = ''): boolean => name.endsWith('Connection');

function pageSizeOf(
	field: GraphQLField<unknown, unknown>,
	node: FieldNode,
	variables: Readonly<Record<string, unknown>>,
) {
	const { first, last } = argumentsOf(field, node, variables);
	const sizes = [first, last].filter((size) => typeof size === 'number');
	const rows = sizes.length > 0 ? Math.max(...sizes) : DEFAULT_ROWS;
	assertPageSize(rows);
	// A size below 1 is refused during execution. Until then it must not make the rest cheap.
	return Math.max(rows, 1);
}

/** A field with invalid arguments is not resolved, but its siblings are. */
function argumentsOf(
	field: GraphQLField<unknown, unknown>,
	node: FieldNode,
	variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
	try {
		return getArgumentValues(field, node, variables);
	} catch {
		return {};
	}
}

/** Has the shape of Apollo's errors about variables, which format-error.ts knows. */
function variableError(error: GraphQLError | undefined): GraphQLError {
	return new GraphQLError(error?.message ?? 'The variables are wrong.', {
		...(error?.nodes && { nodes: error.nodes }),
		originalError: error?.originalError ?? error ?? null,
		extensions: { code: 'BAD_USER_INPUT' },
	});
}

/**
 * Fields that one answer may have, about five megabytes and half a second of work: the largest page of 1,000 rows with a hundred
 * fields each, or 50 invoices with all fields of 200 lines each.
 */
export const MAX_FIELDS = 100_000;

/**
 * Checks the cost of each operation after validation and before execution. A validation rule can't: Apollo caches validated documents,
 * and the next request has other variables.
 */
export const costLimit: ApolloServerPlugin<BaseContext> = {
	async requestDidStart() {
		return {
			async didResolveOperation({ schema, document, operation, request }) {
				// Apollo calls this even if operationName names no operation.
				if (!operation) return;
				if (costOf({ schema, document, operation, variables: request.variables ?? {} }) <= MAX_FIELDS) return;
				const limit = MAX_FIELDS.toLocaleString('en');
				throw new FirmsealError(
					'TOO_EXPENSIVE',
					`The answer could have more than ${limit} fields: ask for smaller pages, fewer fields of each row, or fewer filtered lists of the log.`,
				);
			},
		};
	},
};
