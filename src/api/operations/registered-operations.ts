import { hash } from 'node:crypto';
import type { GraphQLRequest } from '@apollo/server';
import {
	type DocumentNode,
	GraphQLError,
	type GraphQLSchema,
	Kind,
	NoSchemaIntrospectionCustomRule,
	parse,
	specifiedRules,
	stripIgnoredCharacters,
	type ValidationRule,
	validate,
} from 'graphql';
import { SetupError } from '../../errors.ts';
import { structureRule } from '../limits/index.ts';
import { fragmentFileOf, OPERATION_FOLDER, type OperationFile, operationFileOf } from './operation-files.ts';

/** The operations that an operator's console may send. */
export interface RegisteredOperations {
	/** The text of the operation that a request names, by its text or its hash; null if it names none. */
	find(request: Pick<GraphQLRequest, 'query' | 'extensions'>): string | null;
}

/** SHA-256, in lower-case hex, of an operation's text without surrounding white space. */
export const deriveOperationHash = (text: string): string => hash('sha256', text.trim());

/**
 * Registers the operations of the files, each with its fragments.
 * @throws SetupError for each file that isn't exactly one operation that fits the schema.
 */
export function registerOperations(schema: GraphQLSchema, files: readonly OperationFile[]): RegisteredOperations {
	// A mistake in a fragment occurs in each operation that uses it.
	const problems = new Set(
		files.flatMap((file) => {
			const problem = operationFileProblem(schema, file);
			return problem ? [`${OPERATION_FOLDER}${problem}`] : [];
		}),
	);
	if (problems.size > 0) throw new SetupError([...problems].join('\n'));
	const texts = files.map(({ text }) => text.trim());
	const byHash = new Map(texts.map((text) => [deriveOperationHash(text), text]));
	const byTokens = new Map(texts.map((text) => [stripIgnoredCharacters(text), text]));
	// Leaves room for any indentation. A longer text isn't compared, since a body may be a megabyte.
	const longest = 4 * Math.max(0, ...texts.map(({ length }) => length));

	return {
		find({ query, extensions }) {
			const persisted: unknown = extensions?.persistedQuery;
			if (!query) return byHash.get(persistedHashOf(persisted) ?? '') ?? null;
			if (persisted !== undefined || query.length > longest) return null;
			return byTokens.get(strippedText(query) ?? '') ?? null;
		},
	};
}

/** The hash in Apollo's form of a persisted query. */
function persistedHashOf(persisted: unknown): string | null {
	if (typeof persisted !== 'object' || persisted === null) return null;
	const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
	return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : null;
}

/** The text without ignored characters; null if it can't be split into tokens. */
function strippedText(text: string): string | null {
	try {
		return stripIgnoredCharacters(text);
	} catch {
		return null;
	}
}

/** Refuses a subscription, which version 1 doesn't have, as a mistake in the document. graphql-js alone would fail only at execution. */
export const operationTypeRule: ValidationRule = (context) => ({
	OperationDefinition(node) {
		if (context.getSchema().getRootType(node.operation)) return;
		context.reportError(
			new GraphQLError(`This API has no ${node.operation} operations: use a query.`, { nodes: node }),
		);
	},
});

const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule, structureRule, operationTypeRule];

/** The file with a mistake, the mistake, and how to fix it; null if there is none. */
function operationFileProblem(schema: GraphQLSchema, { name, text }: OperationFile): string | null {
	if (!text.startsWith('# ')) return `${name} does not say what it is for: begin it with a # comment.`;
	const document = parsed(text);
	if (!document) return `${unparsedIn(text) ?? name} is not a GraphQL document: fix its syntax.`;
	const [operation, ...more] = document.definitions;
	const isAlone = more.every(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
	if (operation?.kind !== Kind.OPERATION_DEFINITION || !operation.name || !isAlone)
		return `${name} must hold exactly one operation, with a name, and nothing else: give each a file of its own.`;
	const file = operationFileOf(operation.name.value);
	if (file !== name) return `${name} holds ${operation.name.value}: rename the file to ${file}.`;
	const [mistake] = validate(schema, document, RULES);
	if (!mistake) return null;
	const where = fragmentWith(document, mistake) ?? name;
	return `${where} does not fit the schema: ${mistake.message.replace(/\.?$/, ':')} change it or remove it.`;
}

function parsed(text: string): DocumentNode | null {
	try {
		return parse(text);
	} catch {
		return null;
	}
}

/** The file of the first fragment that can't be parsed by itself; null if the operation is at fault. */
function unparsedIn(text: string): string | null {
	const wrong = text.split(/^(?=fragment )/m).find((part) => !parsed(part));
	const [, fragment] = /^fragment (\w+)/.exec(wrong ?? '') ?? [];
	return fragment === undefined ? null : fragmentFileOf(fragment);
}

/** The file of the fragment with the mistake; null if the operation has it. */
function fragmentWith({ definitions }: DocumentNode, { positions: [at = 0] = [] }: GraphQLError): string | null {
	const found = definitions.find(({ loc }) => loc && loc.start <= at && at <= loc.end);
	return found?.kind === Kind.FRAGMENT_DEFINITION ? fragmentFileOf(found.name.value) : null;
}
