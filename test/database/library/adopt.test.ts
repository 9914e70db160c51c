import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firmTagChecks, sealed } from '../../../src/database/sealed.ts';
import { SetupError } from '../../../src/errors.ts';
import { type Adoption, adopt, type Caller, openKeyringIn } from '../../../src/library/index.ts';
import { type ForeignDatabase, foreignDatabases } from './foreign-database.ts';

const columns = {
	id: uuid('id').primaryKey(),
	teamId: uuid('team_id').notNull(),
	label: text('label'),
	title: sealed('title'),
	estimate: sealed('estimate'),
};
const cards = pgTable('cards', columns, (t) => firmTagChecks('cards', t, t.teamId));
const SDL = /* GraphQL */ `
	type Query {
		cards: [Card!]!
		"Rows as a careless resolver answers them."
		parts: [Card!]!
	}
	type Mutation {
		save(title: String, label: String): Card
	}
	type Card implements TeamOwned {
		id: ID! @metadata
		teamId: ID! @metadata
		label: String @metadata
		title: String @encrypted(class: NOTE)
		estimate: Float @encrypted(class: NOTE)
	}
`;

interface Context {
	readonly caller: Caller | null;
}

describe.each(foreignDatabases)('an API of teams, by $name', ({ make }) => {
	const team = randomUUID();
	const as = (role: Caller['role'], firm: string | null = team): Context => ({
		caller: { user: randomUUID(), role, firm },
	});
	let directory: string;
	let foreign: ForeignDatabase;
	let adopted: Adoption<Context>;
	let apollo: ApolloServer<Context>;
	beforeAll(async () => {
		directory = mkdtempSync(join(tmpdir(), 'firmseal-adopt-'));
		foreign = await make();
		await foreign.sql(
			'create table cards (id uuid primary key, team_id uuid not null, label text, title sealed, estimate sealed)',
		);
		const keyring = await openKeyringIn(join(directory, 'keys'));
		await keyring.createKey(team);
		adopted = adopt<Context>({
			database: foreign.open(),
			keyring,
			tables: { Card: cards },
			ownership: { interface: 'TeamOwned', id: 'teamId' },
			callerOf: ({ caller }) => caller,
		});
		const resolvers = {
			Query: {
				cards: (_: unknown, _none: unknown, context: Context) =>
					foreign.db.select(adopted.readable(context, cards)).from(cards),
				parts: () => foreign.db.select({ id: cards.id, title: cards.title }).from(cards),
			},
			Mutation: {
				async save(_: unknown, given: { title?: string | null; label?: string }, context: Context) {
					const row = { ...given, id: randomUUID(), teamId: team, estimate: 2.5 };
					await foreign.db.insert(cards).values(await adopted.seal(context, 'content.create', cards, row));
					return null;
				},
			},
		};
		const schema = adopted.transformer(makeExecutableSchema({ typeDefs: [adopted.typeDefs, SDL], resolvers }));
		apollo = new ApolloServer<Context>({ schema, plugins: [adopted.plugin] });
	});
	afterAll(async () => {
		await apollo?.stop();
		await adopted?.close();
		await foreign?.close();
		rmSync(directory, { recursive: true, force: true });
	});

	async function ask(contextValue: Context, query: string) {
		const { body } = await apollo.executeOperation({ query }, { contextValue: { ...contextValue } });
		if (body.kind !== 'single') throw new Error('An answer in parts.');
		const { data, errors, extensions } = body.singleResult;
		return { data, codes: errors?.map((error) => error.extensions?.code), extensions };
	}
	const actions = async () => {
		const rows = await foreign.sql(
			`select leaf::jsonb ->> 'action' as action, leaf::jsonb -> 'coordinates' as coordinates from audit_entries where leaf::jsonb ->> 'action' like 'content.%' order by sequence`,
		);
		return rows.map(({ action, coordinates }) => `${action} ${coordinates}`);
	};

	it('seals a row, stores it, and opens it for those of the team', async () => {
		const saved = await ask(as('MEMBER'), 'mutation { save(title: "Call", label: "red") { id } }');
		expect(saved).toEqual({ data: { save: null }, codes: undefined, extensions: undefined });
		const [row] = await foreign.sql('select label, title, estimate from cards');
		expect(row?.label).toBe('red');
		for (const value of [row?.title, row?.estimate])
			expect((value as Buffer).subarray(0, 2).toString('hex')).toBe('f501');
		const { data } = await ask(as('OWNER'), '{ cards { label title estimate } }');
		expect(data).toEqual({ cards: [{ label: 'red', title: 'Call', estimate: 2.5 }] });
		expect(await actions()).toEqual([
			'content.create Card.title,Card.estimate',
			'content.open Card.title,Card.estimate',
		]);
	});

	it.each([
		['CLIENT', 'NOT_SHARED', team],
		['OPERATOR', 'NO_LEASE', null],
		['MEMBER', 'NOT_SHARED', randomUUID()],
	] as const)('gives %s nothing of it (%s)', async (role, reason, firm) => {
		const { data, extensions } = await ask(as(role, firm), '{ cards { label title } }');
		expect(data).toEqual({ cards: [{ label: 'red', title: null }] });
		expect(extensions).toEqual({ sealed: [{ coordinate: 'Card.title', reason, count: 1 }] });
	});

	it('opens nothing of a row that does not say whose it is', async () => {
		const { data, codes } = await ask(as('MEMBER'), '{ parts { title } }');
		expect({ data, codes }).toEqual({ data: { parts: [{ title: null }] }, codes: ['INTERNAL'] });
	});

	it('seals for nobody who may not write, and writes no entry then', async () => {
		const before = await actions();
		for (const context of [as('CLIENT'), as('OPERATOR', null)])
			expect(await ask(context, 'mutation { save(title: "Call") { id } }')).toMatchObject({ codes: ['FORBIDDEN'] });
		expect(await ask({ caller: null }, 'mutation { save(title: "Call") { id } }')).toMatchObject({
			codes: ['UNAUTHENTICATED'],
		});
		expect(await actions()).toEqual(before);
		expect(await foreign.sql('select from cards')).toHaveLength(1);
	});

	it('hands out no row that is not on record', async () => {
		await foreign.sql('alter table audit_entries rename to away');
		const answer = await ask(as('MEMBER'), 'mutation { save(title: "Call") { id } }');
		await foreign.sql('alter table away rename to audit_entries');
		expect(answer).toMatchObject({ codes: ['AUDIT_UNAVAILABLE'] });
		expect(await foreign.sql('select from cards')).toHaveLength(1);
	});

	it('asks Drizzle for the columns that may be read', async () => {
		const columnsFor = (context: Context) => within(context, (of) => Object.keys(adopted.readable(of, cards)));
		expect(await columnsFor(as('CLIENT'))).toEqual(['id', 'teamId', 'label']);
		expect(await columnsFor(as('OPERATOR', null))).toEqual(['id', 'teamId', 'label']);
		expect(await columnsFor(as('MEMBER'))).toEqual(['id', 'teamId', 'label', 'title', 'estimate']);
	});

	/** Does something where a resolver of the operation would. */
	async function within<T>(context: Context, work: (context: Context) => T | Promise<T>): Promise<T> {
		let result: Promise<T> | undefined;
		const plugin = {
			requestDidStart: async () => ({
				async responseForOperation({ contextValue }: { contextValue: Context }) {
					result = (async () => await work(contextValue))();
					await result.catch(() => {});
					return null;
				},
			}),
		};
		const typeDefs = 'type Query { nothing: Int }';
		const server = new ApolloServer<Context>({ typeDefs, plugins: [adopted.plugin, plugin] });
		await server.executeOperation({ query: '{ nothing }' }, { contextValue: context });
		await server.stop();
		return result as Promise<T>;
	}

	it('leaves out what is not given, and removes what is null', async () => {
		const before = (await actions()).length;
		const row = { id: randomUUID(), label: 'blue', title: null, estimate: undefined };
		expect(await within(as('MEMBER'), (context) => adopted.seal(context, 'content.update', cards, row))).toEqual(row);
		const metadata = { id: row.id, label: 'green' };
		expect(await within(as('CLIENT'), (context) => adopted.seal(context, 'content.update', cards, metadata))).toEqual(
			metadata,
		);
		expect((await actions()).slice(before)).toEqual(['content.update Card.title']);
	});

	it('records further acts of the request', async () => {
		const id = randomUUID();
		await within(as('MEMBER'), (context) => adopted.record(context, { action: 'content.delete', records: [id] }));
		expect((await actions()).at(-1)).toBe('content.delete ');
	});

	it('knows no other table, and none before it knows the schema', async () => {
		const { ownership, keyring } = adopted;
		const early = adopt<Context>({
			database: foreign.db,
			keyring,
			ownership,
			tables: { Card: cards },
			callerOf: () => null,
		});
		const others = pgTable('cards', { id: uuid('id') });
		await expect(within(as('MEMBER'), (context) => early.readable(context, cards))).rejects.toThrow(SetupError);
		await expect(within(as('MEMBER'), (context) => adopted.readable(context, others))).rejects.toThrow(SetupError);
	});

	it('starts with no table that another team’s values could be stored in, and seals no row of another team', async () => {
		const parts = { database: foreign.open(), keyring: adopted.keyring, ownership: adopted.ownership };
		const open = (Card: ReturnType<typeof pgTable>) =>
			adopt<Context>({ ...parts, tables: { Card }, callerOf: ({ caller }) => caller });
		expect(() => open(pgTable('bare', columns) as never)).toThrow(/^bare\.title has no CHECK of its firm/);
		const loose = { ...columns, teamId: uuid('team_id') };
		expect(() => open(pgTable('loose', loose, (t) => firmTagChecks('loose', t, t.teamId)) as never)).toThrow(
			/^Card has no teamId that is never null: give table/,
		);
		const moved = { ...columns, title: sealed('title', { from: 'label' }) };
		expect(() => open(pgTable('moved', moved, (t) => firmTagChecks('moved', t, t.teamId)) as never)).toThrow(
			/^Card\.title takes over a column of plaintext, which is for the server of Firmseal: seal what is there first/,
		);
		const before = await actions();
		const context = as('MEMBER', randomUUID());
		const { codes } = await ask(context, 'mutation { save(title: "Call") { id } }');
		expect([codes, await actions()]).toEqual([['FORBIDDEN'], before]);
	});
});
