import {
	type DocumentNode,
	type FieldNode,
	type GraphQLCompositeType,
	type GraphQLObjectType,
	type GraphQLSchema,
	getNamedType,
	isAbstractType,
	isCompositeType,
	isObjectType,
	Kind,
	type SelectionSetNode,
} from 'graphql';
import type { EncryptedField, Registry } from '../encryption-directive/index.ts';

/** Response keys for type and id in the kit's documents. */
export const TYPE_KEY = 'kitType';
export const ID_KEY = 'kitId';

/** One encrypted field on one object of an answer. */
export interface Returned {
	readonly field: EncryptedField;
	/** Id of the object. */
	readonly record: string;
	readonly value: unknown;
	/** The response keys of the path, without list indexes. */
	readonly keys: readonly string[];
}

interface Reader {
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
	readonly document: DocumentNode;
	readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads an answer without the server's code: finds the coordinate of each value from the document alone, with its own handling of aliases,
 * fragments and directives.
 */
export function readAnswer(reader: Reader, data: unknown): readonly Returned[] {
	const content: Returned[] = [];
	const readObject = (
		object: Readonly<Record<string, unknown>>,
		type: GraphQLObjectType,
		sets: readonly SelectionSetNode[],
		keys: readonly string[],
	) => {
		for (const [key, nodes] of fieldsOf(reader, type, sets)) {
			const name = (nodes[0] as FieldNode).name.value;
			const value = object[key];
			const at = [...keys, key];
			const field = reader.registry.get(`${type.name}.${name}`);
			const answers = type.getFields()[name]?.type;
			const named = answers && getNamedType(answers);
			if (field) content.push({ field, record: String(object[ID_KEY]), value, keys: at });
			else if (named && isCompositeType(named)) {
				const inner = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
				for (const each of [value].flat(9))
					if (each !== null && each !== undefined)
						readObject(each as Record<string, unknown>, runtimeType(reader, named, each), inner, at);
			}
		}
	};
	const operation = reader.document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
	const root = operation && reader.schema.getRootType(operation.operation);
	if (operation && root && data !== null && typeof data === 'object')
		readObject(data as Record<string, unknown>, root, [operation.selectionSet], []);
	return content;
}

function runtimeType({ schema }: Reader, type: GraphQLCompositeType, object: object): GraphQLObjectType {
	const named = schema.getType((object as Record<string, string>)[TYPE_KEY] ?? type.name);
	if (!isObjectType(named)) throw new Error(`An object of ${type.name} has no type name under ${TYPE_KEY}.`);
	return named;
}

/** The fields that apply to an object of the type, by response key. */
function fieldsOf(
	reader: Reader,
	type: GraphQLObjectType,
	sets: readonly SelectionSetNode[],
): ReadonlyMap<string, FieldNode[]> {
	const found = new Map<string, FieldNode[]>();
	const collect = ({ selections }: SelectionSetNode): void => {
		for (const node of selections) {
			if (isLeftOut(reader, node)) continue;
			if (node.kind === Kind.FIELD) {
				const key = node.alias?.value ?? node.name.value;
				found.set(key, [...(found.get(key) ?? []), node]);
				continue;
			}
			const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragmentNamed(reader, node.name.value);
			const condition = fragment.typeCondition?.name.value;
			if (condition === undefined || appliesTo(reader, condition, type)) collect(fragment.selectionSet);
		}
	};
	for (const set of sets) collect(set);
	return found;
}

function fragmentNamed({ document }: Reader, name: string) {
	for (const node of document.definitions)
		if (node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) return node;
	throw new Error(`The document has no fragment ${name}.`);
}

function appliesTo({ schema }: Reader, condition: string, type: GraphQLObjectType): boolean {
	const named = schema.getType(condition);
	return named === type || (isAbstractType(named) && schema.isSubType(named, type));
}

function isLeftOut({ variables }: Reader, { directives = [] }: SelectionSetNode['selections'][number]): boolean {
	return directives.some(({ name, arguments: [given] = [] }) => {
		const value = given?.value;
		const on =
			value?.kind === Kind.VARIABLE
				? variables[value.name.value] === true
				: value?.kind === Kind.BOOLEAN && value.value;
		return name.value === 'skip' ? on : name.value === 'include' && !on;
	});
}
