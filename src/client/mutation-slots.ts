import {
	type ASTNode,
	type DefinitionNode,
	type DocumentNode,
	type FieldNode,
	type FragmentDefinitionNode,
	Kind,
	type OperationDefinitionNode,
	OperationTypeNode,
	type SelectionSetNode,
	type TypeNode,
	type ValueNode,
	type VariableDefinitionNode,
} from 'graphql';
import { CONTENT_INPUTS, CONTENT_MUTATIONS } from './content-inputs.generated.ts';
import type { ContentInput } from './coordinate-types.ts';
import { hasOneOperation, nameNode, ownValue, PREFIX, printedForm, responseKeyOf, variableNode } from './nodes.ts';

/** An argument of a mutation that writes content. */
export interface InputSlot {
	/** The variable that may take the argument's place. */
	readonly variable: string;
	/** The name of the argument. */
	readonly argument: string;
	/** The response key of the field. */
	readonly key: string;
	/** The argument as the document has it. */
	readonly value: ValueNode;
	readonly inputType: string;
	readonly input: ContentInput;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export const fragmentsOf = (document: DocumentNode): Fragments =>
	new Map(
		document.definitions.flatMap((definition) =>
			definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
		),
	);

/**
 * The arguments of an operation that write content, by the response key of their field. Fields with the same response key are the same
 * field, and its argument stays the same in all of them.
 */
export function findSlots(operation: OperationDefinitionNode, fragments: Fragments): ReadonlyMap<string, InputSlot> {
	const slots = new Map<string, InputSlot>();
	if (operation.operation !== OperationTypeNode.MUTATION) return slots;
	for (const field of topFields(operation.selectionSet, fragments, new Set())) {
		const mutation = ownValue(CONTENT_MUTATIONS, field.name.value);
		const input = mutation && ownValue(CONTENT_INPUTS, mutation.input);
		const value = field.arguments?.find(({ name }) => name.value === mutation?.argument)?.value;
		const name = slotKey(field);
		if (!mutation || !input || !value || slots.has(name)) continue;
		const variable = `${PREFIX}input_${slots.size}`;
		const key = responseKeyOf(field);
		slots.set(name, { variable, argument: mutation.argument, key, value, inputType: mutation.input, input });
	}
	return slots;
}

/** Equal for fields that GraphQL merges. */
const slotKey = (field: FieldNode): string =>
	printedForm([responseKeyOf(field), field.name.value, field.arguments ?? []]);

function topFields(set: SelectionSetNode, fragments: Fragments, visited: Set<string>): FieldNode[] {
	return set.selections.flatMap((selection) => {
		if (selection.kind === Kind.FIELD) return [selection];
		if (selection.kind === Kind.INLINE_FRAGMENT) return topFields(selection.selectionSet, fragments, visited);
		const fragment = fragments.get(selection.name.value);
		if (!fragment || visited.has(selection.name.value)) return [];
		visited.add(selection.name.value);
		return topFields(fragment.selectionSet, fragments, visited);
	});
}

/**
 * The document with one operation, in which the arguments of `slots` are variables. Other operations, variables and fragments that
 * nothing uses any more are left out, because they can contain content.
 */
export function withSlotVariables(
	document: DocumentNode,
	operation: OperationDefinitionNode,
	slots: ReadonlyMap<string, InputSlot>,
): DocumentNode {
	const fragments = fragmentsOf(document);
	const changed = new Map(
		[...fragments].map(([name, { loc: _, ...fragment }]) => {
			const isTop = fragment.typeCondition.name.value === 'Mutation';
			return [name, isTop ? { ...fragment, selectionSet: replaced(fragment.selectionSet, slots) } : fragment] as const;
		}),
	);
	const { loc: _, variableDefinitions = [], ...rest } = operation;
	const selectionSet = replaced(operation.selectionSet, slots);
	const used = usesOf([selectionSet, operation.directives ?? []], changed);
	const usedBefore = usesOf([operation.selectionSet, operation.directives ?? []], fragments);
	// A variable that the application's document does not use stays, so that the service can say so.
	const kept = variableDefinitions.filter(
		({ variable: { name } }) => used.variables.has(name.value) || !usedBefore.variables.has(name.value),
	);
	const added = [...slots.values()].map(({ variable, inputType }) => definitionOf(variable, inputType));
	const sent: DefinitionNode = { ...rest, selectionSet, variableDefinitions: [...kept, ...added] };
	const keptFragments = [...changed].filter(([name]) => used.fragments.has(name)).map(([, fragment]) => fragment);
	return { kind: Kind.DOCUMENT, definitions: [sent, ...keptFragments] };
}

const alone = new WeakMap<OperationDefinitionNode, DocumentNode>();

/** The document with what one operation needs, because the others can contain content. The same object if there are no others. */
export function withoutOthers(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
	if (hasOneOperation(document)) return document;
	const known = alone.get(operation) ?? withSlotVariables(document, operation, new Map());
	alone.set(operation, known);
	return known;
}

function definitionOf(variable: string, inputType: string): VariableDefinitionNode {
	const type: TypeNode = {
		kind: Kind.NON_NULL_TYPE,
		type: { kind: Kind.NAMED_TYPE, name: nameNode(inputType) },
	};
	return { kind: Kind.VARIABLE_DEFINITION, variable: variableNode(variable), type };
}

function replaced(set: SelectionSetNode, slots: ReadonlyMap<string, InputSlot>): SelectionSetNode {
	const selections = set.selections.map((selection) => {
		if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
		if (selection.kind === Kind.INLINE_FRAGMENT)
			return { ...selection, selectionSet: replaced(selection.selectionSet, slots) };
		const slot = slots.get(slotKey(selection));
		if (!slot) return selection;
		const args = (selection.arguments ?? []).map((node) =>
			node.name.value === slot.argument ? { ...node, value: variableNode(slot.variable) } : node,
		);
		return { ...selection, arguments: args };
	});
	return { kind: Kind.SELECTION_SET, selections };
}

/** The names of variables and fragments that nodes use, also through fragments. */
function usesOf(nodes: unknown, fragments: ReadonlyMap<string, ASTNode>) {
	const variables = new Set<string>();
	const names = new Set<string>();
	const visit = (node: unknown): void => {
		if (Array.isArray(node)) node.forEach(visit);
		if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
		const { kind, name } = node as { readonly kind?: unknown; readonly name?: { readonly value: string } };
		if (kind === Kind.VARIABLE && name) variables.add(name.value);
		if (kind === Kind.FRAGMENT_SPREAD && name && !names.has(name.value)) {
			names.add(name.value);
			visit(fragments.get(name.value));
		}
		for (const [key, value] of Object.entries(node)) if (key !== 'loc') visit(value);
	};
	visit(nodes);
	return { variables, fragments: names };
}
