import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';
import { FirmsealError } from '../errors.ts';
import { CONTENT_TYPES } from './coordinates.generated.ts';
import { evaluate, type VariableValues, withDefaults } from './evaluate.ts';
import { type InputRow, requirePlain, separateInput, writesContent } from './input-rows.ts';
import { findSlots, fragmentsOf, type InputSlot, withSlotVariables } from './mutation-slots.ts';
import { findOperation, hasOneOperation, isRecord, ownValue, PREFIX } from './nodes.ts';
import type { CustodyOf } from './opener.ts';

/** A mutation whose content is separated from the rest. */
export interface PreparedMutation {
	readonly document: DocumentNode;
	/** Without the content that is to be sealed. Complete once each row of `toSeal` is written. */
	readonly variables: VariableValues;
	/** In the order of the document; an invoice comes before its line items. */
	readonly toSeal: readonly WrittenRow[];
}

/** A row of one field of the mutation. */
interface WrittenRow extends InputRow {
	/** The response key of the field. */
	readonly key: string;
}

const CLASSES = [...new Set(Object.values(CONTENT_TYPES).map((type) => type.class))];

interface Slots {
	readonly operation: OperationDefinitionNode;
	readonly slots: ReadonlyMap<string, InputSlot>;
	/** Documents to send, by the variables of the slots that are replaced. */
	readonly documents: Map<string, DocumentNode>;
}

const known = new WeakMap<DocumentNode, Map<string, Slots | null>>();

/**
 * Takes the content of classes that are not in PLATFORM custody out of a mutation. Gives back the same document and variables if there
 * is none. Whether a field is skipped makes no difference: its content is taken out too.
 * @param newId makes the id of a new row: a UUIDv7.
 * @throws FirmsealError BAD_USER_INPUT for an input that cannot be read, and for a name of an operation that is not in the document.
 */
export function prepareMutation(
	document: DocumentNode,
	variables: VariableValues,
	operationName: string | undefined,
	custodyOf: CustodyOf,
	newId: () => string,
): PreparedMutation {
	const found = slotsOf(document, operationName);
	if (!found) return { document, variables, toSeal: [] };
	const { operation, slots } = found;
	const values = withDefaults(operation, variables);
	if (CLASSES.some((name) => custodyOf(name) !== 'PLATFORM')) requirePlain(variables, 'Variables');
	if (Object.keys(values).some((name) => name.startsWith(PREFIX)))
		throw new FirmsealError('BAD_USER_INPUT', `A variable cannot begin with ${PREFIX}: choose another name.`);
	const toSeal: WrittenRow[] = [];
	const inputs: Record<string, unknown> = {};
	const replaced = [...slots].filter(([, { input, inputType, key, value, variable }]) => {
		const given = evaluate(value, values);
		const custody = custodyOf(ownValue(CONTENT_TYPES, input.type)?.class ?? '');
		if (custody === 'PLATFORM' || given === undefined || given === null) return false;
		if (!isRecord(given)) throw new FirmsealError('BAD_USER_INPUT', `${inputType} must be an object.`);
		requirePlain(given, inputType);
		if (!writesContent(input, given)) return false;
		const { metadata, rows } = separateInput(inputType, given, newId);
		inputs[variable] = metadata;
		toSeal.push(...rows.map((row) => ({ ...row, key })));
		return true;
	});
	if (replaced.length === 0 && hasOneOperation(document)) return { document, variables, toSeal };
	const key = replaced.map(([, { variable }]) => variable).join();
	const sent = found.documents.get(key) ?? withSlotVariables(document, operation, new Map(replaced));
	found.documents.set(key, sent);
	return { document: sent, variables: { ...declaredOnly(sent, variables), ...inputs }, toSeal };
}

/** Whether a document writes content of any class. */
export const writesAnyContent = (document: DocumentNode, operationName: string | undefined): boolean =>
	slotsOf(document, operationName) !== null;

/** null for a document that writes no content of any class. */
function slotsOf(document: DocumentNode, operationName: string | undefined): Slots | null {
	const ofDocument = known.get(document) ?? new Map<string, Slots | null>();
	known.set(document, ofDocument);
	const name = operationName ?? '';
	const before = ofDocument.get(name);
	if (before !== undefined) return before;
	const found = findAllSlots(document, operationName);
	ofDocument.set(name, found);
	return found;
}

function findAllSlots(document: DocumentNode, operationName: string | undefined): Slots | null {
	const fragments = fragmentsOf(document);
	const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
	if (operations.every((operation) => findSlots(operation, fragments).size === 0)) return null;
	const operation = findOperation(document, operationName);
	if (!operation)
		throw new FirmsealError('BAD_USER_INPUT', 'The document has several operations: name the one to execute.');
	return { operation, slots: findSlots(operation, fragments), documents: new Map() };
}

/** A variable that the document no longer has can contain content. */
function declaredOnly(document: DocumentNode, variables: VariableValues): VariableValues {
	const declared = new Set(
		document.definitions.flatMap((definition) =>
			definition.kind === Kind.OPERATION_DEFINITION
				? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
				: [],
		),
	);
	return Object.fromEntries(Object.entries(variables).filter(([name]) => declared.has(name)));
}
