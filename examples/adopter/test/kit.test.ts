import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
	assertNoFindings,
	type Exchange,
	type KitDocument,
	type KitOptions,
	runKit,
	watchContent,
} from 'firmseal/testing';
import pg from 'pg';
import { type Api, idOf, logReader, type Role, startApi } from './api.ts';

const MARKER = 'Marker';
const CONTENT = { title: `${MARKER} 1`, body: `${MARKER} 2`, estimate: 2.5, tags: [`${MARKER} 3`] };
const OPENS: Readonly<Record<Role, true | string>> = {
	ADMIN: true,
	EDITOR: true,
	VIEWER: true,
	GUEST: 'NOT_SHARED',
	SUPPORT: 'NO_LEASE',
};
const WRITERS: readonly string[] = ['ADMIN', 'EDITOR'];

describe('the test kit of Firmseal', () => {
	let api: Api;
	let options: KitOptions;
	before(async () => {
		api = await startApi();
		options = await prepare(api);
	});
	after(() => api?.stop());

	it('finds no way to content that the rules do not give', async () => {
		const report = await runKit(options);
		assertNoFindings(report);
		// The omissions are intended: see leads.
		const others = report.leftOut.filter(
			(path) => !/^Mutation\.(createCard > card > remarks|createWorkspace) /.test(path),
		);
		assert.deepEqual(others, []);
		assert.ok(report.walked.length > 20);
	});
});

async function prepare(api: Api): Promise<KitOptions> {
	const { encryption } = await import('../src/encryption.ts');
	const { schema } = await import('../src/schema.ts');
	const { acme, ask, batch } = api;
	const watched = watchContent({ ...encryption.content });
	Object.assign(encryption.content, watched.content);
	const takeStatements = watchStatements();
	const takeEntries = await logReader(api);

	const write = (query: string, input: object) => ask(acme.tokens.ADMIN, query, { input });
	const { data: made } = await write(
		`mutation ($input: CreateCardInput!) { createCard(input: $input) { card { id } } }`,
		{ boardId: acme.board, ...CONTENT },
	);
	const card = made.createCard.card.id as string;
	await write(`mutation ($input: UpdateCardInput!) { updateCard(input: $input) { card { id } } }`, {
		id: card,
		state: 'DOING',
	});
	const { data: said } = await write(
		`mutation ($input: AddRemarkInput!) { addRemark(input: $input) { remark { id } } }`,
		{ cardId: card, body: `${MARKER} 4` },
	);
	const remark = said.addRemark.remark.id as string;
	await takeEntries();

	const argumentsFor: Readonly<Record<string, (type: string) => Readonly<Record<string, unknown>>>> = {
		'Query.board': () => ({ id: acme.board }),
		'Query.card': () => ({ id: card }),
		'Query.item': (type) => ({ id: type === 'Card' ? card : remark }),
		// The cards that the kit creates are TODO, so that they displace no other card on the page.
		'Board.cards': () => ({ first: 100, state: 'DOING' }),
		'Mutation.createCard': () => ({ input: { boardId: acme.board, ...CONTENT } }),
		'Mutation.updateCard': () => ({ input: { id: card, ...CONTENT } }),
		'Mutation.addRemark': () => ({ input: { cardId: card, body: `${MARKER} 5` } }),
	};
	return {
		schema,
		registry: encryption.registryOf(schema),
		columns: encryption.columns,
		ownership: encryption.ownership,
		marker: MARKER,
		batch: 3,
		argumentsOf: (coordinate, { type }) => argumentsFor[coordinate]?.(type) ?? null,
		// A new card has no remarks.
		leads: ({ steps: [root, , then] }) =>
			!(root.coordinate === 'Mutation.createCard' && then?.coordinate === 'Card.remarks'),
		principals: [
			...(Object.keys(OPENS) as Role[]).map((role) => ({
				name: role as string,
				token: acme.tokens[role] as string | null,
				opens: () => OPENS[role],
				reaches: (coordinate: string) => !coordinate.startsWith('Mutation.') || WRITERS.includes(role),
			})),
			// Opens the same fields of other rows.
			{
				name: 'ADMIN elsewhere',
				token: api.globex.tokens.ADMIN,
				opens: () => 'NOT_SHARED',
				mayName: () => true,
				reaches: () => false,
			},
			{ name: 'nobody', token: null, opens: () => 'UNAUTHENTICATED', reaches: () => false },
		].map(({ token, ...principal }) => ({
			...principal,
			async ask(documents: readonly KitDocument[]): Promise<Exchange> {
				takeStatements();
				watched.takeOpened();
				const answers = await batch(token, documents);
				const entries = (await takeEntries()).map((entry) => ({
					...entry,
					records: entry.records.map(idOf),
				}));
				return { answers, entries, opened: watched.takeOpened(), statements: takeStatements() };
			},
		})),
	};
}

/** Records every statement that the process sends to the database. */
function watchStatements(): () => readonly string[] {
	let sent: string[] = [];
	const { query } = pg.Client.prototype;
	pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
		const [first] = given as [string | { text: string }];
		sent.push(typeof first === 'string' ? first : first.text);
		return Reflect.apply(query, this, given);
	} as never;
	return () => {
		const since = sent;
		sent = [];
		return since;
	};
}
