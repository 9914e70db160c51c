import {
	type ArgumentNode,
	type ConstDirectiveNode,
	type DirectiveNode,
	type DocumentNode,
	type FieldNode,
	Kind,
	type NameNode,
	type OperationDefinitionNode,
	type SelectionSetNode,
	type ValueNode,
	type VariableNode,
} from 'graphql';

/** Begins the response keys and variables that this library adds to a document. */
export const PREFIX = '_firmseal_';

/** Nodes have no `loc`: urql would send the text that it points to. */
export const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });

export const variableNode = (name: string): VariableNode => ({ kind: Kind.VARIABLE, name: nameNode(name) });

export const selectionSet = (selections: SelectionSetNode['selections']): SelectionSetNode => ({
	kind: Kind.SELECTION_SET,
	selections,
});

export interface FieldParts {
	readonly alias?: string;
	readonly arguments?: readonly ArgumentNode[];
	readonly directives?: readonly DirectiveNode[];
	readonly selections?: readonly FieldNode[];
}

export function fieldNode(name: string, parts: FieldParts = {}): FieldNode {
	return {
		kind: Kind.FIELD,
		name: nameNode(name),
		...(parts.alias !== undefined && { alias: nameNode(parts.alias) }),
		...(parts.arguments && { arguments: parts.arguments }),
		...(parts.directives && { directives: parts.directives }),
		...(parts.selections && { selectionSet: selectionSet(parts.selections) }),
	};
}

export const argumentNode = (name: string, value: ValueNode): ArgumentNode => ({
	kind: Kind.ARGUMENT,
	name: nameNode(name),
	value,
});

/** The selection `sealedFields(names: […]) { … }`. */
export function sealedFieldsNode(
	names: readonly string[],
	selected: readonly string[],
	parts: Pick<FieldParts, 'alias' | 'directives'> = {},
): FieldNode {
	const values = names.map((value) => ({ kind: Kind.STRING as const, value }));
	return fieldNode('sealedFields', {
		...parts,
		arguments: [argumentNode('names', { kind: Kind.LIST, values })],
		selections: selected.map((name) => fieldNode(name)),
	});
}

export const responseKeyOf = (field: FieldNode): string => field.alias?.value ?? field.name.value;

/** The value of an object's own key; never one that every object inherits, whatever the name. */
export const ownValue = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
	Object.hasOwn(record, key) ? record[key] : undefined;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the document has no operation beside another. */
export const hasOneOperation = ({ definitions }: DocumentNode): boolean =>
	definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;

/** The operation that is executed; undefined if the document has several and none has the name. */
export function findOperation(
	document: DocumentNode,
	operationName: string | undefined,
): OperationDefinitionNode | undefined {
	const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
	if (operations.length === 1) return operations[0];
	return operations.find(({ name }) => name !== undefined && name.value === operationName);
}

/** `@include` and `@skip` of a selection. */
export const conditionsOf = (
	directives: readonly (DirectiveNode | ConstDirectiveNode)[] | undefined,
): readonly DirectiveNode[] =>
	(directives ?? []).filter(({ name }) => name.value === 'include' || name.value === 'skip');

/** Equal for values and directives that print equally. */
export const printedForm = (nodes: unknown): string =>
	JSON.stringify(nodes, (key, value: unknown) => (key === 'loc' ? undefined : value));
