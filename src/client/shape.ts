import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { ContentType } from './coordinate-types.ts';
import { ABSTRACT_TYPES, CONTENT_TYPES, OBJECT_FIELDS } from './coordinates.generated.ts';
import { ownValue, responseKeyOf } from './nodes.ts';

/** What a response key of an object holds. */
export type Use =
	| { readonly kind: 'PLAIN'; readonly field: string }
	| { readonly kind: 'TYPENAME' }
	| { readonly kind: 'CONTENT'; readonly field: string }
	| { readonly kind: 'OBJECT'; readonly position: Position; readonly field: FieldNode };

/** What a document selects of an object of one type. */
export interface ObjectShape {
	readonly type: string;
	/** null for a type without content. */
	readonly content: ContentType | null;
	readonly uses: ReadonlyMap<string, Use>;
	/** The response keys of each content field. */
	readonly contentKeys: ReadonlyMap<string, readonly string[]>;
	/** The response keys of `__typename`. */
	readonly typenameKeys: readonly string[];
	/** The response keys of the object's own id, and of its firm's. */
	readonly idKeys: readonly string[];
	readonly firmKeys: readonly string[];
}

/**
 * A place of an answer where an object, or a list of objects, is. What is selected there is found for each type when an answer has it,
 * because a document can have exponentially more places than an answer.
 */
export class Position {
	/** As the schema says: an object type, interface or union. */
	readonly type: string;
	/** Interfaces and unions: `ADDED.type` of the object says which. */
	readonly isAbstract: boolean;
	readonly #sets: readonly SelectionSetNode[];
	readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
	readonly #shapes = new Map<string, ObjectShape>();

	constructor(type: string, sets: readonly SelectionSetNode[], fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
		this.type = type;
		this.isAbstract = ownValue(ABSTRACT_TYPES, type) !== undefined;
		this.#sets = sets;
		this.#fragments = fragments;
	}

	/** `typename` is what the service says; it counts only where the schema leaves it open. */
	shapeFor(typename: unknown): ObjectShape {
		const possible = ownValue(ABSTRACT_TYPES, this.type);
		// A type that the map does not know has no content and gets what is selected of every type.
		const type = possible ? (possible.find((name) => name === typename) ?? this.type) : this.type;
		const known = this.#shapes.get(type);
		if (known) return known;
		const shape = this.#makeShape(type);
		this.#shapes.set(type, shape);
		return shape;
	}

	#makeShape(type: string): ObjectShape {
		const fields = new Map<string, FieldNode[]>();
		const visited = new Set<string>();
		for (const set of this.#sets) this.#gather(set, type, fields, visited);
		const content = ownValue(CONTENT_TYPES, type) ?? null;
		const objects = ownValue(OBJECT_FIELDS, type) ?? {};
		const uses = new Map<string, Use>();
		for (const [key, [field, ...others]] of fields) {
			if (!field) continue;
			const name = field.name.value;
			const to = ownValue(objects, name);
			if (name === '__typename') uses.set(key, { kind: 'TYPENAME' });
			else if (content && ownValue(content.fields, name)) uses.set(key, { kind: 'CONTENT', field: name });
			else if (to === undefined) uses.set(key, { kind: 'PLAIN', field: name });
			else {
				const sets = [field, ...others].flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
				uses.set(key, { kind: 'OBJECT', position: new Position(to, sets, this.#fragments), field });
			}
		}
		return { type, content, uses, ...keysOf(uses) };
	}

	#gather(set: SelectionSetNode, type: string, into: Map<string, FieldNode[]>, visited: Set<string>): void {
		for (const selection of set.selections) {
			if (selection.kind === Kind.FIELD) {
				const key = responseKeyOf(selection);
				into.set(key, [...(into.get(key) ?? []), selection]);
			} else if (selection.kind === Kind.INLINE_FRAGMENT) {
				const condition = selection.typeCondition?.name.value;
				if (condition === undefined || applies(condition, type))
					this.#gather(selection.selectionSet, type, into, visited);
			} else if (!visited.has(selection.name.value)) {
				visited.add(selection.name.value);
				const fragment = this.#fragments.get(selection.name.value);
				if (fragment && applies(fragment.typeCondition.name.value, type))
					this.#gather(fragment.selectionSet, type, into, visited);
			}
		}
	}
}

function keysOf(
	uses: ReadonlyMap<string, Use>,
): Pick<ObjectShape, 'contentKeys' | 'typenameKeys' | 'idKeys' | 'firmKeys'> {
	const contentKeys = new Map<string, string[]>();
	const typenameKeys: string[] = [];
	for (const [key, use] of uses) {
		if (use.kind === 'TYPENAME') typenameKeys.push(key);
		if (use.kind === 'CONTENT') contentKeys.set(use.field, [...(contentKeys.get(use.field) ?? []), key]);
	}
	const plain = (field: string) =>
		[...uses].flatMap(([key, use]) => (use.kind === 'PLAIN' && use.field === field ? [key] : []));
	return { contentKeys, typenameKeys, idKeys: plain('id'), firmKeys: plain('firmId') };
}

const applies = (condition: string, type: string): boolean =>
	condition === type || (ownValue(ABSTRACT_TYPES, condition)?.includes(type) ?? false);

const roots = new WeakMap<DocumentNode, Map<SelectionSetNode, Position>>();

/** The top of an operation's answer. Kept for the document. */
export function rootPosition(document: DocumentNode, set: SelectionSetNode, type: 'Query' | 'Mutation'): Position {
	const ofDocument = roots.get(document) ?? new Map<SelectionSetNode, Position>();
	roots.set(document, ofDocument);
	const known = ofDocument.get(set);
	if (known) return known;
	const fragments = new Map(
		document.definitions.flatMap((definition) =>
			definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
		),
	);
	const position = new Position(type, [set], fragments);
	ofDocument.set(set, position);
	return position;
}
