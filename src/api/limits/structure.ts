import {
	type DefinitionNode,
	type DirectiveNode,
	type DocumentNode,
	type FragmentDefinitionNode,
	type FragmentSpreadNode,
	GraphQLError,
	Kind,
	type SelectionNode,
	type SelectionSetNode,
	type ValidationRule,
	visit,
} from 'graphql';
import { FirmsealError } from '../../errors.ts';

/** The parser stops here. Ten times as many as the introspection query has. */
export const MAX_TOKENS = 2_000;

/** The largest document. Each name appears in a message: "The document has more than 100 aliases: …". */
export const DOCUMENT_LIMITS = {
	/** Nesting of fields. The introspection query has 15. */
	levels: 15,
	/** Fields and fragments of all operations; a fragment counts each time it is used. */
	selections: 1_000,
	/** Of any field, including `__typename`. */
	aliases: 100,
	/** Fields of Query or Mutation in one operation. Each is a statement or a change of its own. */
	rootFields: 50,
	/** At one location. A document can use only two directives. */
	directives: 5,
	/** Characters of any name. The answer repeats an alias for each row, and messages repeat other names for each mistake. */
	nameLength: 128,
} as const;

/** The size of a selection set with its fragments expanded. */
interface SelectionSize {
	readonly levels: number;
	readonly selections: number;
	readonly aliases: number;
	readonly rootFields: number;
}

const EMPTY: SelectionSize = { levels: 0, selections: 0, aliases: 0, rootFields: 0 };

/**
 * Refuses a document that is too large before any other rule reads it, since some rules take time that grows faster than the document.
 * `validate` creates all visitors before it visits, so emptying the document here ends the validation. A visitor cannot stop the
 * others, and an error thrown here or in an Apollo hook would be answered as an internal error.
 */
export const structureRule: ValidationRule = (context) => {
	const document = context.getDocument();
	const error = sizeError(document);
	if (error) {
		context.reportError(new GraphQLError(error.message, { originalError: error }));
		Object.assign(document, { definitions: [] });
	}
	return {};
};

/** Steps of comparing fields with the same name: a limit of graphql-js that it doesn't export. */
const MAX_COMPARISON_STEPS = 500_000;

/** The error for a message of graphql-js or V8 that means a limit was exceeded; null for any other message. */
export function limitError(message: string): FirmsealError | null {
	if (/^Syntax Error: Document contains more that \d+ tokens/.test(message))
		return tooExpensiveError(`has more than ${formatNumber(MAX_TOKENS)} tokens`);
	// The parser recurses for each level, including levels of values.
	if (message === 'Maximum call stack size exceeded')
		return tooExpensiveError(`nests deeper than ${DOCUMENT_LIMITS.levels} levels`);
	if (message === 'Validation aborted.')
		return tooExpensiveError(
			`repeats fields so often that comparing them takes more than ${formatNumber(MAX_COMPARISON_STEPS)} steps`,
		);
	return null;
}

const tooExpensiveError = (excess: string, fix = 'ask for it in several requests'): FirmsealError =>
	new FirmsealError('TOO_EXPENSIVE', `The document ${excess}: ${fix}.`);

const formatNumber = (limit: number): string => limit.toLocaleString('en');

function sizeError(document: DocumentNode): FirmsealError | null {
	if (longestName(document) > DOCUMENT_LIMITS.nameLength)
		return tooExpensiveError(
			`has a name of more than ${DOCUMENT_LIMITS.nameLength} characters`,
			'give it a shorter one',
		);
	const excess = excessOf(document);
	return excess === null ? null : tooExpensiveError(excess);
}

/** The limit that the document exceeds, for the message; null if it exceeds none. No name exempts anything. */
function excessOf({ definitions }: DocumentNode): string | null {
	const meter = new SelectionMeter(definitions);
	const measure = (definition: DefinitionNode) => meter.of(definition);
	const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).map(measure);
	// Validation refuses unused fragments, but it reads them first.
	const all = [...operations, ...definitions.filter((definition) => meter.isUnseen(definition)).map(measure)];
	const sum = (name: 'selections' | 'aliases') => all.reduce((total, size) => total + size[name], 0);
	if (all.some(({ levels }) => levels > DOCUMENT_LIMITS.levels))
		return `nests deeper than ${DOCUMENT_LIMITS.levels} levels`;
	if (sum('selections') > DOCUMENT_LIMITS.selections)
		return `selects more than ${formatNumber(DOCUMENT_LIMITS.selections)} fields and fragments, counted at each use`;
	if (sum('aliases') > DOCUMENT_LIMITS.aliases) return `has more than ${DOCUMENT_LIMITS.aliases} aliases`;
	if (operations.some(({ rootFields }) => rootFields > DOCUMENT_LIMITS.rootFields))
		return `has an operation with more than ${DOCUMENT_LIMITS.rootFields} fields at its root`;
	if (meter.mostDirectives > DOCUMENT_LIMITS.directives)
		return `has more than ${DOCUMENT_LIMITS.directives} directives at one place`;
	return null;
}

/** The longest name of anything, including operations, variables and unknown fields. */
function longestName(document: DocumentNode): number {
	let longest = 0;
	visit(document, {
		Name({ value }) {
			longest = Math.max(longest, value.length);
		},
	});
	return longest;
}

/** Measures each definition once, so that fragments within fragments cost no more than their text. */
class SelectionMeter {
	readonly #fragments = new Map<string, FragmentDefinitionNode>();
	readonly #known = new Map<DefinitionNode, SelectionSize>();
	#mostDirectives = 0;

	constructor(definitions: readonly DefinitionNode[]) {
		for (const definition of definitions)
			if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
	}

	of(definition: DefinitionNode): SelectionSize {
		const before = this.#known.get(definition);
		if (before) return before;
		if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) return EMPTY;
		// Used for a fragment inside itself, which validation refuses.
		this.#known.set(definition, EMPTY);
		this.#countDirectives(definition.directives);
		if (definition.kind === Kind.OPERATION_DEFINITION)
			for (const variable of definition.variableDefinitions ?? []) this.#countDirectives(variable.directives);
		const size = this.#ofSet(definition.selectionSet);
		this.#known.set(definition, size);
		return size;
	}

	isUnseen(definition: DefinitionNode): boolean {
		return !this.#known.has(definition);
	}

	/** The most directives at one location of everything measured. */
	get mostDirectives(): number {
		return this.#mostDirectives;
	}

	#countDirectives(directives: readonly DirectiveNode[] = []): void {
		this.#mostDirectives = Math.max(this.#mostDirectives, directives.length);
	}

	#ofSet(set: SelectionSetNode | undefined): SelectionSize {
		let size = EMPTY;
		for (const selection of set?.selections ?? []) {
			this.#countDirectives(selection.directives);
			const { levels, selections, aliases, rootFields } = this.#ofSelection(selection);
			size = {
				levels: Math.max(size.levels, levels),
				selections: size.selections + selections,
				aliases: size.aliases + aliases,
				rootFields: size.rootFields + rootFields,
			};
		}
		return size;
	}

	#ofSelection(selection: SelectionNode): SelectionSize {
		if (selection.kind === Kind.FIELD) {
			const { levels, selections, aliases } = this.#ofSet(selection.selectionSet);
			const alias = selection.alias ? 1 : 0;
			return { levels: levels + 1, selections: selections + 1, aliases: aliases + alias, rootFields: 1 };
		}
		const inside =
			selection.kind === Kind.INLINE_FRAGMENT ? this.#ofSet(selection.selectionSet) : this.#ofSpread(selection);
		return { ...inside, selections: inside.selections + 1 };
	}

	#ofSpread({ name }: FragmentSpreadNode): SelectionSize {
		const fragment = this.#fragments.get(name.value);
		return fragment ? this.of(fragment) : EMPTY;
	}
}
