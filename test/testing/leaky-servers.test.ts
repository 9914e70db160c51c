import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { encryptedDirective } from '../../src/encryption-directive/index.ts';
import { type Exchange, type KitOptions, type KitPrincipal, runKit, runRandom } from '../../src/testing/index.ts';

const SDL = /* GraphQL */ `
	type Query { board: Board! card(id: ID!): Card activity: Activity search: String }
	type Mutation { touch: TouchPayload! }
	type TouchPayload { clientMutationId: String card: Card! }
	type Activity { summary: String }
	type Board { name: String cards: [Card!]! }
	type Card implements FirmOwned {
		id: ID! @metadata
		firmId: ID! @metadata
		label: String @metadata
		board: Board! @metadata
		title: String @encrypted(class: NOTE)
		estimate: Float @encrypted(class: NOTE)
		tags: [String!] @encrypted(class: NOTE)
	}
`;
const MARKER = 'Marker';
const ID = '11111111-1111-4111-8111-111111111111';
const VALUES: Readonly<Record<string, unknown>> = { title: `${MARKER} 1`, estimate: 2.5, tags: [`${MARKER} 2`] };
const column = (name: string) => ({
	typeName: 'Card',
	fieldName: name,
	table: 'cards',
	column: name,
	bind: { table: 'cards', column: name },
});
const columns = Object.keys(VALUES).map(column);

interface Access {
	readonly may: boolean;
	readonly opened: { coordinate: string; record: string }[];
	/** The coordinate and the record of each withheld value, once each. */
	readonly denied: Set<string>;
}

type Entries = Exchange['entries'][number][];
interface Leak {
	readonly card?: Readonly<Record<string, unknown>>;
	readonly query?: Readonly<Record<string, unknown>>;
	readonly payload?: Readonly<Record<string, unknown>>;
	/** Replaces the opened value, or null. */
	readonly given?: (field: string, value: unknown) => unknown;
	readonly statements?: readonly string[];
	readonly entries?: (made: Entries, place: number) => Entries;
	readonly answer?: (answer: { data?: Record<string, unknown>; errors?: unknown }) => void;
	readonly opened?: (opened: Access['opened']) => Access['opened'];
	readonly options?: Partial<KitOptions>;
}

/** An API in memory with one fault, and its callers. */
function serve(leak: Leak): KitOptions {
	const directive = encryptedDirective<Access, Access>({
		columns,
		content: {
			openValue(access, { coordinate, fieldName }, row) {
				if (!access.may) access.denied.add(`${coordinate} ${row.id}`);
				else access.opened.push({ coordinate, record: row.id });
				const value = access.may ? VALUES[fieldName] : null;
				return leak.given ? leak.given(fieldName, value) : value;
			},
		},
		capabilityOf: (access) => access,
		rowOf: () => ({ firm: ID, id: ID }),
	});
	const sealed = new Uint8Array(40);
	const card = (): object => ({
		id: ID,
		firmId: ID,
		label: 'x',
		title: sealed,
		estimate: sealed,
		tags: sealed,
		board,
		...leak.card,
	});
	const board = () => ({ name: 'b', cards: () => [card()] });
	const schema = directive.transformer(
		makeExecutableSchema({
			typeDefs: [directive.typeDefs, SDL],
			resolvers: {
				Query: { board, card, activity: () => ({ summary: 's' }), search: () => 's', ...leak.query },
				Mutation: { touch: () => ({ card: card(), clientMutationId: 'p', ...leak.payload }) },
			} as never,
		}),
	);
	const principal = (name: string, opens: true | string): KitPrincipal => ({
		name,
		opens: () => opens,
		async ask(documents) {
			const [answers, entries, opened]: [Exchange['answers'][number][], Entries, Access['opened']] = [[], [], []];
			for (const [place, { query, variables }] of documents.entries()) {
				const access: Access = { may: opens === true, opened: [], denied: new Set() };
				const result = await graphql({ schema, source: query, variableValues: variables, contextValue: access });
				const answer = JSON.parse(JSON.stringify(result));
				const counts = Object.fromEntries(
					[...Map.groupBy(access.denied, (each) => each.split(' ')[0] ?? '')].map(([coordinate, all]) => [
						coordinate,
						all.length,
					]),
				);
				const made: Entries = [];
				const request = `request-${place}`;
				if (access.denied.size > 0) {
					const withheld = Object.entries(counts).map(([coordinate, count]) => ({ coordinate, reason: opens, count }));
					answer.extensions = { sealed: withheld };
					const reason = 'NO_LEASE';
					made.push({ action: 'content.deny', coordinates: Object.keys(counts), records: [], counts, reason, request });
				}
				for (const { coordinate, record } of access.opened)
					made.push({ action: 'content.open', coordinates: [coordinate], records: [record], reason: null, request });
				leak.answer?.(answer);
				answers.push(answer);
				entries.push(...(leak.entries?.(made, place) ?? made));
				opened.push(...access.opened);
			}
			const statements = opens === true ? [] : (leak.statements ?? ['select "id", "label" from "cards"']);
			return { answers, entries, opened: leak.opened?.(opened) ?? opened, statements };
		},
	});
	return {
		schema,
		registry: directive.registryOf(schema),
		columns,
		marker: MARKER,
		batch: 2,
		argumentsOf: () => ({ id: ID }),
		principals: [principal('OWNER', true), principal('OPERATOR', 'NO_LEASE')],
		...leak.options,
	};
}

const LEAKS: Readonly<Record<string, readonly [sentence: string, leak: Leak]>> = {
	'a value for everyone': ['A value is returned without the right', { given: (field) => VALUES[field] }],
	'no value for anyone': ['No principal got a value of Card.title', { given: () => null }],
	'text of another row': [
		'A returned text is not the written one',
		{ given: (field, value) => (value && field === 'title' ? 'other' : value) },
	],
	'a list of another row': [
		'A returned text is not the written one',
		{ given: (field, value) => (value && field === 'tags' ? ['other'] : value) },
	],
	'content in metadata': ['Content is in the wrong place', { card: { label: VALUES.title } }],
	'content in metadata, in upper case': [
		'Content is in the wrong place',
		{ card: { label: `${MARKER} 1`.toUpperCase() } },
	],
	'content in a type without encrypted fields': [
		'Content is in the wrong place',
		{ query: { activity: () => ({ summary: VALUES.title }) } },
	],
	'content at the root': ['Content is in the wrong place', { query: { search: () => VALUES.title } }],
	'content in a payload': ['Content is in the wrong place', { payload: { clientMutationId: VALUES.title } }],
	'content beside the selected fields': [
		'Content is in the wrong place',
		{
			answer: ({ data }) => {
				if (data) data.debug = VALUES.title;
			},
		},
	],
	'content in an error': [
		'in an error or an extension',
		{
			answer: (answer) => {
				answer.errors = [{ message: `bad ${VALUES.title}` }];
			},
		},
	],
	'content in the log': [
		'in the log',
		{ entries: (made) => [...made, { ...(made[0] as Entries[number]), coordinates: [`${MARKER} 1`] }] },
	],
	'content in a statement': ['in a statement', { statements: [`insert into search values ('${MARKER} 1')`] }],
	'no entry for the second operation of a batch': [
		'the log of openings is not what was returned',
		{ entries: (made, place) => (place > 0 ? made.filter(({ action }) => action !== 'content.open') : made) },
	],
	'no entry for a denial': ['the log of denials', { entries: (made) => made.filter((each) => each.reason === null) }],
	'an entry for a value that was not returned': [
		'the log of openings',
		{
			entries: (made) =>
				made.map((each) => (each.reason === null ? { ...each, records: [...each.records, 'other'] } : each)),
		},
	],
	'values that are opened and not returned': [
		'what was opened is not what was returned',
		{ opened: (opened) => [...opened, ...opened] },
	],
	'values that do not open': [
		'A value did not open',
		{ entries: (made) => [...made, { ...(made[0] as Entries[number]), action: 'content.fail' }] },
	],
	'a statement that names the column': [
		'A statement names cards.title',
		{ statements: ['select "title" from "cards"'] },
	],
	'a statement that selects all columns': ['A statement names cards.title', { statements: ['SELECT * FROM cards c'] }],
	'a statement that selects whole rows': [
		'A statement names cards.tags',
		{ statements: ['select to_jsonb(cards) from cards'] },
	],
	'a kit without principals': ['No path to Card.title was walked', { options: { principals: [] } }],
	'a kit without arguments': [
		'No path to Card.title was walked',
		{ options: { argumentsOf: () => null, leads: () => false } },
	],
};

describe('the kit', () => {
	it('finds nothing wrong in an honest server', async () => {
		const report = await runKit(serve({}));
		expect(report.findings).toEqual([]);
		expect(report.walked.length).toBeGreaterThan(10);
		expect(await runRandom(serve({}), { runs: 200 })).toEqual([]);
	});

	it.each(Object.entries(LEAKS))('finds %s', async (_name, [sentence, leak]) => {
		const { findings } = await runKit(serve(leak));
		expect(findings.map((finding) => finding.sentence).join('\n')).toContain(sentence);
	});

	it('reports if no principal is refused', async () => {
		const options = serve({});
		const { findings } = await runKit({ ...options, principals: options.principals.slice(0, 1) });
		expect(findings.map(({ sentence }) => sentence)).toContain(
			'No principal was refused Card.title: add a principal that may not open it.',
		);
	});
});
