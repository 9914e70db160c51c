import {
	type DefinitionNode,
	type DirectiveNode,
	type DocumentNode,
	type FieldNode,
	Kind,
	type SelectionNode,
	type SelectionSetNode,
} from 'graphql';
import { FirmsealError } from '../errors.ts';
import type { ContentType } from './coordinate-types.ts';
import { ABSTRACT_TYPES, CONTENT_TYPES, OBJECT_FIELDS } from './coordinates.generated.ts';
import { conditionsOf, fieldNode, ownValue, PREFIX, printedForm, responseKeyOf, sealedFieldsNode } from './nodes.ts';
import type { CustodyOf, CustodyOfClass } from './opener.ts';

/** Response keys that this library adds to an object. */
export const ADDED = {
	type: `${PREFIX}type`,
	id: `${PREFIX}id`,
	firm: `${PREFIX}firm`,
	thread: `${PREFIX}thread`,
	/** Not a name of a field, so that no field of the schema can take one of the keys above. */
	field: (name: string): string => `${PREFIX}field_${name}`,
};

/** A document as it is sent. */
export interface PreparedDocument {
	/**
	 * With the sealed values selected beside the fields of classes that are not in PLATFORM custody, and the type where the schema leaves it
	 * open. The same object if there is nothing to add.
	 */
	readonly document: DocumentNode;
	/** The document as the application wrote it. */
	readonly original: DocumentNode;
	/** False if the answer passes as it is. Without content it is read too: it could claim to be an object that has some. */
	readonly opens: boolean;
	/** The classes that are not in PLATFORM custody, as they were when the document was prepared. */
	readonly custody: ReadonlyMap<string, CustodyOfClass>;
}

const CLASSES = [...new Set(Object.values(CONTENT_TYPES).map((type) => type.class))].sort();

const prepared = new WeakMap<DocumentNode, Map<string, PreparedDocument>>();

/**
 * Adds to a document what is needed to open its answer. The result is kept for the document and the custody of all classes.
 * @throws FirmsealError BAD_USER_INPUT for a document with content that uses response keys of this library, or `@defer` or `@stream`.
 */
export function prepareQuery(document: DocumentNode, custodyOf: CustodyOf): PreparedDocument {
	const custodies = CLASSES.map((name) => [name, custodyOf(name)] as const);
	const key = custodies.map(([, custody]) => custody).join();
	const ofDocument = prepared.get(document) ?? new Map<string, PreparedDocument>();
	const known = ofDocument.get(key);
	if (known) return known;
	const custody = new Map(custodies.filter(([, each]) => each !== 'PLATFORM'));
	const changed = custody.size === 0 ? null : withSealedFields(document, (type) => custody.has(type.class));
	const made = { document: changed ?? document, original: document, opens: changed !== null, custody };
	prepared.set(document, ofDocument.set(key, made));
	return made;
}

/** Whether a document selects content of any class. */
export function readsContent(document: DocumentNode): boolean {
	const known = reading.get(document);
	if (known !== undefined) return known;
	const state: Transformation = { isSealed: () => true, opens: false, isChanged: false, problem: null };
	transformDefinitions(document, state);
	reading.set(document, state.opens);
	return state.opens;
}

const reading = new WeakMap<DocumentNode, boolean>();

interface Transformation {
	readonly isSealed: (type: ContentType) => boolean;
	/** True once a content field was met. */
	opens: boolean;
	/** True once a selection was added. */
	isChanged: boolean;
	/** Why the document cannot be prepared, if it has content. */
	problem: string | null;
}

const ROOTS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };

/** Null for a document without content that cannot be changed. */
function withSealedFields(document: DocumentNode, isSealed: Transformation['isSealed']): DocumentNode | null {
	const state: Transformation = { isSealed, opens: false, isChanged: false, problem: null };
	const definitions = transformDefinitions(document, state);
	if (state.problem !== null && !state.opens) return null;
	if (state.problem !== null) throw new FirmsealError('BAD_USER_INPUT', state.problem);
	if (!state.isChanged) return document;
	return { kind: Kind.DOCUMENT, definitions };
}

const transformDefinitions = (document: DocumentNode, state: Transformation): DefinitionNode[] =>
	document.definitions.map((definition) => {
		const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
		if (!isOperation && definition.kind !== Kind.FRAGMENT_DEFINITION) return definition;
		const type = isOperation ? ROOTS[definition.operation] : definition.typeCondition.name.value;
		const { loc: _, ...rest } = definition;
		return { ...rest, selectionSet: transformSet(definition.selectionSet, type, state) };
	});

function transformSet(set: SelectionSetNode, type: string, state: Transformation): SelectionSetNode {
	const content = ownValue(CONTENT_TYPES, type);
	const sealed = content && state.isSealed(content) ? content : undefined;
	const found: FieldNode[] = [];
	const selections = set.selections.map((selection) => {
		checkDirectives(selection, state);
		if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
		if (selection.kind === Kind.INLINE_FRAGMENT) {
			const inner = transformSet(selection.selectionSet, selection.typeCondition?.name.value ?? type, state);
			return { ...selection, selectionSet: inner };
		}
		checkResponseKey(selection, state);
		if (sealed && ownValue(sealed.fields, selection.name.value)) found.push(selection);
		return transformField(selection, type, state);
	});
	if (found.length > 0) {
		state.opens = true;
		state.isChanged = true;
	}
	const added = sealed ? addedFields(sealed, found) : [];
	return { kind: Kind.SELECTION_SET, selections: [...selections, ...added] };
}

function transformField(field: FieldNode, type: string, state: Transformation): FieldNode {
	const to = ownValue(ownValue(OBJECT_FIELDS, type) ?? {}, field.name.value);
	if (to === undefined || !field.selectionSet) return field;
	const { kind, selections } = transformSet(field.selectionSet, to, state);
	const isAbstract = ownValue(ABSTRACT_TYPES, to) !== undefined;
	if (isAbstract) state.isChanged = true;
	const typename = isAbstract ? [fieldNode('__typename', { alias: ADDED.type })] : [];
	return { ...field, selectionSet: { kind, selections: [...selections, ...typename] } };
}

function checkDirectives({ directives = [] }: SelectionNode, state: Transformation): void {
	if (!directives.some(({ name }) => name.value === 'defer' || name.value === 'stream')) return;
	state.problem =
		'A document that selects content of a firm with its own keys cannot use @defer or @stream: remove it.';
}

function checkResponseKey(field: FieldNode, state: Transformation): void {
	const key = responseKeyOf(field);
	if (!key.startsWith(PREFIX) && key !== '__proto__') return;
	state.problem = `A document that selects content cannot use ${PREFIX}… or __proto__ as alias: choose another name.`;
}

/** What is selected beside content fields. Each has the conditions of the field that needs it. */
function addedFields(type: ContentType, found: readonly FieldNode[]): FieldNode[] {
	const added = new Map<string, FieldNode>();
	const always = new Set<string>();
	const add = (alias: string, directives: readonly DirectiveNode[], node: FieldNode) => {
		if (directives.length === 0) always.add(alias);
		added.set(`${alias} ${printedForm(directives)}`, node);
	};
	for (const field of found) {
		const directives = conditionsOf(field.directives);
		const name = field.name.value;
		const as = (alias: string) => ({ alias, directives });
		add(ADDED.id, directives, fieldNode('id', as(ADDED.id)));
		add(ADDED.firm, directives, fieldNode('firmId', as(ADDED.firm)));
		if (type.thread !== undefined) {
			const thread = fieldNode(type.thread, { ...as(ADDED.thread), selections: [fieldNode('id')] });
			add(ADDED.thread, directives, thread);
		}
		const key = ADDED.field(name);
		// The stamp with each: the service leaves a damaged value out, and its stamp with it.
		add(key, directives, sealedFieldsNode([name], ['name', 'envelope', 'stamp'], as(key)));
	}
	return [...added.values()].filter(
		({ alias, directives = [] }) => directives.length === 0 || !always.has(alias?.value ?? ''),
	);
}
