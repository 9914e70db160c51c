import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
	deriveLock,
	encryptedDirective,
	type Ownership,
	readRegistry,
	type SealedColumn,
	type SealedLock,
} from '../../src/encryption-directive/index.ts';
import { startUpRules } from '../../src/encryption-directive/rules/index.ts';
import { surveySchema } from '../../src/encryption-directive/survey.ts';
import { SetupError } from '../../src/errors.ts';
import { files, flat, read } from './tree.ts';

const PAGE = 'docs/how-to/adopt.md';
const EXAMPLE = 'examples/adopter';
const SDL = read(`${EXAMPLE}/schema.graphql`);
const OWNERSHIP: Ownership = { interface: 'WorkspaceOwned', id: 'workspaceId' };

const column = (typeName: string, fieldName: string, table: string): SealedColumn => ({
	typeName,
	fieldName,
	table,
	column: fieldName,
	bind: { table, column: fieldName },
});
const COLUMNS = [
	...['title', 'body', 'estimate', 'tags'].map((name) => column('Card', name, 'cards')),
	column('Remark', 'body', 'remarks'),
];
const TITLE = 'title: String @encrypted(class: NOTE, pad: 32)';
const TAGS = 'tags: [String!] @encrypted(class: NOTE, pad: 32)';
const CARD = 'type Card implements Node & Post & WorkspaceOwned {\n';
const change = (from: string, to: string) => {
	expect(SDL).toContain(from);
	return SDL.replace(from, to);
};
const inCard = (line: string) => change(CARD, `${CARD}${line}\n`);
const goodLock = (): SealedLock => deriveLock(registryOf({}).fields);

interface Broken {
	readonly sdl?: string;
	readonly columns?: readonly SealedColumn[];
	readonly lock?: SealedLock;
}

/** Mistakes of an adopter, by the rule that reports them. */
const MISTAKES: Readonly<Record<string, readonly (() => Broken)[]>> = {
	firmOwnedHasIds: [() => ({ sdl: `${SDL} type Label implements WorkspaceOwned { workspaceId: ID! @metadata }` })],
	exactlyOneMark: [() => ({ sdl: inCard('notes: String') }), () => ({ sdl: change(TITLE, `${TITLE} @metadata`) })],
	encryptedIsFirmOwned: [
		() => ({
			sdl: change(
				'type Board implements Node {\n',
				'type Board implements Node {\nplan: String @encrypted(class: NOTE)\n',
			),
			columns: [...COLUMNS, column('Board', 'plan', 'boards')],
		}),
	],
	classIsKnown: [() => ({ sdl: change(TITLE, 'title: String @encrypted(class: CARD)') })],
	padIsInRange: [() => ({ sdl: change(TITLE, 'title: String @encrypted(class: NOTE, pad: 0)') })],
	encryptedIsNullable: [() => ({ sdl: change(TITLE, 'title: String! @encrypted(class: NOTE, pad: 32)') })],
	encryptedIsNotAnIdentity: [
		() => ({ sdl: inCard('').replace('workspaceId: ID! @metadata', 'workspaceId: ID! @encrypted(class: NOTE)') }),
	],
	encryptedTakesNoArguments: [
		() => ({ sdl: change(TITLE, 'title(length: Int): String @encrypted(class: NOTE, pad: 32)') }),
	],
	encryptedIsSealable: [
		() => ({ sdl: change('remarks: [Remark!]! @metadata', 'remarks: [Remark!] @encrypted(class: NOTE)') }),
		() => ({ sdl: `scalar Duration\n${change('estimate: Float', 'estimate: Duration')}` }),
	],
	interfacesAgree: [
		() => ({
			sdl: change(
				'interface Post {\n\tauthor: Person!\n\tbody: String @encrypted(class: NOTE, pad: 64)',
				'interface Post {\n\tauthor: Person!\n\tbody: String',
			),
		}),
	],
	marksHaveColumns: [
		() => ({ columns: COLUMNS.slice(1) }),
		() => ({ columns: [...COLUMNS, column('Card', 'title', 'old_cards')] }),
		() => ({ columns: [...COLUMNS, column('Card', 'notes', 'cards')] }),
	],
	movedColumnsFit: [
		() => ({
			columns: COLUMNS.map((each) =>
				each.fieldName === 'title'
					? { ...each, from: { column: 'title_plain', format: 'text' as const, type: null } }
					: each,
			),
		}),
	],
	bindingsAreUnique: [
		() => ({
			columns: COLUMNS.map((each) =>
				each.fieldName === 'tags' ? { ...each, bind: { table: 'cards', column: 'title' } } : each,
			),
		}),
	],
	bindingsAreLocked: [
		() => ({ lock: { ...goodLock(), 'Card.title': { table: 'tickets', column: 'title', class: 'NOTE' } } }),
		() => ({ lock: Object.fromEntries(Object.entries(goodLock()).filter(([name]) => name !== 'Card.tags')) }),
		() => ({ lock: { ...goodLock(), 'Card.notes': { table: 'cards', column: 'notes', class: 'NOTE' } } }),
	],
	oneClassPerTable: [() => ({ sdl: change(TAGS, 'tags: [String!] @encrypted(class: DOCUMENT)') })],
	noFilterOnContent: [
		() => ({ sdl: change('cards(first: Int! = 50,', 'cards(first: Int! = 50, titleContains: String,') }),
	],
	connectionsHoldNoContent: [() => ({ sdl: change('cursor: String!', 'cursor: String!\n\texcerpt: String') })],
};

function schemaOf(sdl: string): GraphQLSchema {
	const opening = { content: { openValue: () => null }, capabilityOf: () => null, rowOf: () => ({ firm: '', id: '' }) };
	const { typeDefs } = encryptedDirective({ columns: COLUMNS, ownership: OWNERSHIP, ...opening });
	// GraphQL refuses a class that the enum lacks, so the enum gets one that Firmseal does not know.
	return makeExecutableSchema({ typeDefs: [typeDefs, sdl, 'extend enum ContentClass { CARD }'] });
}

const registryOf = ({ sdl = SDL, columns = COLUMNS, lock }: Broken) =>
	readRegistry(schemaOf(sdl), { columns, lock, ownership: OWNERSHIP });

/** The start-up error for a mistake: the full text, and the sentences of one rule. */
function refusalOf({ sdl = SDL, columns = COLUMNS, lock }: Broken, name: string) {
	const survey = surveySchema(schemaOf(sdl), { columns, lock, ownership: OWNERSHIP });
	const rule = startUpRules.find((each) => each.name === name);
	let printed = '';
	try {
		registryOf({ sdl, columns, ...(lock && { lock }) });
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		printed = error.message;
	}
	return { printed: printed.split('\n'), sentences: [...(rule?.(survey) ?? [])] };
}

describe(PAGE, () => {
	const page = read(PAGE);
	const refusals = Object.entries(MISTAKES).flatMap(([name, mistakes]) =>
		mistakes.map((make) => refusalOf(make(), name)),
	);
	const sentences = refusals.map(({ sentences: [first = 'nothing'] }) => first);

	it('shows the example’s schema, which is valid', () => {
		expect(registryOf({}).fields.map(({ coordinate }) => coordinate)).toEqual([
			'Card.title',
			'Card.body',
			'Card.estimate',
			'Card.tags',
			'Remark.body',
		]);
	});

	it('shows a mistake for each start-up rule, in their order', () => {
		expect(Object.keys(MISTAKES)).toEqual(startUpRules.map(({ name }) => name));
	});

	it('names for each mistake the rule that start-up reports, and no unrelated rule', () => {
		for (const {
			printed,
			sentences: [first],
		} of refusals) {
			expect(printed).toContain(first);
			expect(printed.length).toBeLessThanOrEqual(4);
		}
	});

	it('shows exactly these sentences, as they are printed', () => {
		const cells = [
			...read('docs/reference/schema-rules.md').matchAll(/^\| [^|]+ \| (`+)([^|]+?)\1 \| [^|]+ \|$/gm),
		].map(([, , cell]) => cell);
		expect(cells).toEqual(sentences);
	});

	it('quotes the error of a server without its gate or transformer', () => {
		const [, shown = ''] = /^\| missing \| error \|\n(.*?)\n\n/ms.exec(page) ?? [];
		const cells = [...shown.matchAll(/^\| [^|]+ \| `([^`]+)` \|$/gm)].map(([, cell = '']) => cell);
		expect(cells).toHaveLength(5);
		const source = [...files('src/encryption-directive'), ...files('src/wiring/library')].map(read).join('\n');
		const [last = '', ...others] = cells.reverse();
		expect(others.filter((cell) => !source.includes(cell))).toEqual([]);
		for (const part of last.replace('Card.title', '').split(': ')) expect(source).toContain(part.trim());
	});

	it('shows only code that the example contains', () => {
		const sources = files(EXAMPLE)
			.filter((path) => /\.(ts|graphql)$/.test(path))
			.map((path) => flat(read(path)));
		const blocks = [...page.matchAll(/^```(?:ts|graphql)\n(.*?)^```$/gms)].map(([, block = '']) => flat(block));
		expect(blocks.length).toBeGreaterThan(6);
		expect(blocks.filter((block) => !sources.some((source) => source.includes(block)))).toEqual([]);
	});
});
