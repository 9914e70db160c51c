import { hash } from 'node:crypto';
import type { GraphQLRequest } from '@apollo/server';
import {
	type DocumentNode,
	type GraphQLError,
	type GraphQLSchema,
	Kind,
	NoSchemaIntrospectionCustomRule,
	parse,
	specifiedRules,
	stripIgnoredCharacters,
	validate,
} from 'graphql';
import { SetupError } from '../../errors.ts';
import { structureRule } from '../limits/index.ts';
import { fragmentFileOf, OPERATION_FOLDER, type OperationFile, operationFileOf } from './operation-files.ts';
import { operationTypeRule } from './operation-type-rule.ts';

/** What an operator's console may ask. */
export interface RegisteredOperations {
	/** The text of the operation that a request names, by the text itself or by its hash; null: it names none. */
	find(request: Pick<GraphQLRequest, 'query' | 'extensions'>): string | null;
}

/** SHA-256, in lower-case hex, of the text of an operation without white space around it. */
const deriveOperationHash = (text: string): string => hash('sha256', text.trim());

/**
 * The operations of some files, each with its fragments.
 * @throws SetupError for each that isn't one operation which fits the schema: its file, and what to do.
 */
export function registerOperations(schema: GraphQLSchema, files: readonly OperationFile[]): RegisteredOperations {
	// A mistake in a fragment is one of each operation that uses it.
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
	// White space of whatever indentation fits in; what is longer isn't read, or a body of a megabyte would be.
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

/** Apollo's own form of a persisted query. */
function persistedHashOf(persisted: unknown): string | null {
	if (typeof persisted !== 'object' || persisted === null) return null;
	const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
	return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : null;
}

/** A text without what GraphQL ignores; null for what isn't made of its tokens. */
function strippedText(text: string): string | null {
	try {
		return stripIgnoredCharacters(text);
	} catch {
		return null;
	}
}

const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule, structureRule, operationTypeRule];

/** The file in which something is wrong, what it is, and how to fix it. */
function operationFileProblem(schema: GraphQLSchema, { name, text }: OperationFile): string | null {
	if (!text.startsWith('# ')) return `${name} does not say what it is for: begin it with a # comment.`;
	const document = parsed(text);
	if (!document) return `${unparsedIn(text) ?? name} is no GraphQL document: fix its syntax.`;
	const [operation, ...more] = document.definitions;
	const isAlone = more.every(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
	if (operation?.kind !== Kind.OPERATION_DEFINITION || !operation.name || !isAlone)
		return `${name} must hold exactly one operation, with a name, and nothing else: give each a file of its own.`;
	const file = operationFileOf(operation.name.value);
	if (file !== name) return `${name} holds ${operation.name.value}: call the file ${file}.`;
	const [mistake] = validate(schema, document, RULES);
	if (!mistake) return null;
	const where = fragmentWith(document, mistake) ?? name;
	return `${where} does not fit the schema: ${mistake.message.replace(/\.?$/, ':')} change it or take it out.`;
}

function parsed(text: string): DocumentNode | null {
	try {
		return parse(text);
	} catch {
		return null;
	}
}

/** The file of the first fragment that can't be parsed by itself; null: it is the operation. */
function unparsedIn(text: string): string | null {
	const wrong = text.split(/^(?=fragment )/m).find((part) => !parsed(part));
	const [, fragment] = /^fragment (\w+)/.exec(wrong ?? '') ?? [];
	return fragment === undefined ? null : fragmentFileOf(fragment);
}

/** The file of the fragment in which a mistake is; null: it is in the operation. */
function fragmentWith({ definitions }: DocumentNode, { positions: [at = 0] = [] }: GraphQLError): string | null {
	const found = definitions.find(({ loc }) => loc && loc.start <= at && at <= loc.end);
	return found?.kind === Kind.FRAGMENT_DEFINITION ? fragmentFileOf(found.name.value) : null;
}
