import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addResolversToSchema, makeExecutableSchema } from '@graphql-tools/schema';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firmTagChecks, sealed } from '../../../src/database/sealed.ts';
import { SetupError } from '../../../src/errors.ts';
import type { Caller } from '../../../src/library/index.ts';
import { type Adoption, adopt, openKeyringIn } from '../../../src/wiring/library/index.ts';
import { type ForeignDatabase, foreignDatabases } from '../../library/foreign-database.ts';
import { type Context, SERVERS, type Server } from './graphql-servers.ts';

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
		"A resolver whose driver fails."
		broken: Int
	}
	type Mutation {
		save(title: String, label: String): Card
	}
	type Subscription {
		saved: Card
	}
	type Card implements TeamOwned {
		id: ID! @metadata
		teamId: ID! @metadata
		label: String @metadata
		title: String @encrypted(class: NOTE)
		estimate: Float @encrypted(class: NOTE)
	}
`;

const settings = foreignDatabases.flatMap(({ name, make }) =>
	Object.entries(SERVERS).map(([server, start]) => ({ name: `${server}, ${name}`, make, start })),
);

describe.each(settings)('an API of teams, by $name', ({ make, start }) => {
	const team = randomUUID();
	const as = (role: Caller['role'], firm: string | null = team): Context => ({
		caller: { user: randomUUID(), role, firm },
	});
	let directory: string;
	let foreign: ForeignDatabase;
	let adopted: Adoption<Context>;
	let schema: GraphQLSchema;
	let server: Server;
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
				broken() {
					throw new Error('insert into cards … params: hunter2');
				},
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
		schema = adopted.transformer(makeExecutableSchema({ typeDefs: [adopted.typeDefs, SDL], resolvers }));
		server = await start({ schema, gate: adopted });
	});
	afterAll(async () => {
		await server?.stop();
		await adopted?.close();
		await foreign?.close();
		rmSync(directory, { recursive: true, force: true });
	});

	const ask = (context: Context, query: string) => server.ask(context, query);
	const actions = async () => {
		const rows = await foreign.sql(
			`select leaf::jsonb ->> 'action' as action, leaf::jsonb -> 'coordinates' as coordinates from audit_entries where leaf::jsonb ->> 'action' like 'content.%' order by sequence`,
		);
		return rows.map(({ action, coordinates }) => `${action} ${coordinates}`);
	};

	it('seals a row, stores it, and opens it for those of the team', async () => {
		const saved = await ask(as('MEMBER'), 'mutation { save(title: "Call", label: "red") { id } }');
		expect(saved).toMatchObject({ data: { save: null }, codes: undefined, extensions: undefined });
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
	] as const)('reveals nothing of it to %s (%s)', async (role, reason, firm) => {
		const { data, extensions } = await ask(as(role, firm), '{ cards { label title } }');
		expect(data).toEqual({ cards: [{ label: 'red', title: null }] });
		expect(extensions).toEqual({ sealed: [{ coordinate: 'Card.title', reason, count: 1 }] });
	});

	it('opens nothing of a row without an owner', async () => {
		const { data, codes } = await ask(as('MEMBER'), '{ parts { title } }');
		expect({ data, codes }).toEqual({ data: { parts: [{ title: null }] }, codes: ['INTERNAL'] });
	});

	it('does not seal for a caller who may not write, and then writes no entry', async () => {
		const before = await actions();
		for (const context of [as('CLIENT'), as('OPERATOR', null)])
			expect(await ask(context, 'mutation { save(title: "Call") { id } }')).toMatchObject({ codes: ['FORBIDDEN'] });
		expect(await ask({ caller: null }, 'mutation { save(title: "Call") { id } }')).toMatchObject({
			codes: ['UNAUTHENTICATED'],
		});
		expect(await actions()).toEqual(before);
		expect(await foreign.sql('select from cards')).toHaveLength(1);
	});

	it('returns no row and no value without a log entry', async () => {
		await foreign.sql('alter table audit_entries rename to away');
		const answer = await ask(as('MEMBER'), 'mutation { save(title: "Call") { id } }');
		const read = await ask(as('MEMBER'), '{ cards { label title } }');
		await foreign.sql('alter table away rename to audit_entries');
		for (const { data, codes, text } of [answer, read]) {
			expect({ data, codes }).toEqual({ data: null, codes: ['AUDIT_UNAVAILABLE'] });
			expect(text).not.toMatch(/Call|"red"/);
		}
		expect(await foreign.sql('select from cards')).toHaveLength(1);
	});

	it('selects only readable columns through Drizzle', async () => {
		const columnsFor = (context: Context) => within(context, (of) => Object.keys(adopted.readable(of, cards)));
		expect(await columnsFor(as('CLIENT'))).toEqual(['id', 'teamId', 'label']);
		expect(await columnsFor(as('OPERATOR', null))).toEqual(['id', 'teamId', 'label']);
		expect(await columnsFor(as('MEMBER'))).toEqual(['id', 'teamId', 'label', 'title', 'estimate']);
	});

	/** Runs `work` in the place of a resolver of the operation. */
	async function within<T>(context: Context, work: (context: Context) => T | Promise<T>): Promise<T> {
		let result: Promise<T> | undefined;
		const seeing = await start({
			schema,
			gate: adopted,
			async within(of) {
				result = (async () => await work(of))();
				await result.catch(() => {});
			},
		});
		await seeing.ask(context, '{ __typename }');
		await seeing.stop();
		return result as Promise<T>;
	}

	it('reveals no message of an unexpected error', async () => {
		const { data, text } = await ask(as('MEMBER'), '{ broken }');
		expect(data).toEqual({ broken: null });
		expect(text).not.toContain('hunter2');
	});

	it('does not start without the transformer, and names the field that a later one unwrapped', async () => {
		const resolvers = { Query: { cards: () => [], parts: () => [], broken: () => null } };
		const bare = makeExecutableSchema({ typeDefs: [adopted.typeDefs, SDL], resolvers });
		const { database, keyring, ownership } = { ...adopted, database: foreign.db };
		const fresh = () => adopt<Context>({ database, keyring, ownership, tables: { Card: cards }, callerOf: () => null });
		await expect(start({ schema: bare, gate: fresh() })).rejects.toThrow(
			/^The server's schema did not go through adopt\(\)'s transformer.+give the server the result of transformer\(schema\)/,
		);
		const later = addResolversToSchema({ schema, resolvers: { Card: { title: () => 'in the clear' } } });
		await expect(start({ schema: later, gate: adopted })).rejects.toThrow(
			/^Card\.title is @encrypted but its resolver/,
		);
	});

	it('answers nothing through an unwrapped schema installed later, however often it is queried', async () => {
		const later = addResolversToSchema({ schema, resolvers: { Card: { title: () => 'in the clear' } } });
		const changing = await start({ schema, gate: adopted, later });
		expect((await changing.ask(as('OPERATOR', null), '{ cards { label } }')).codes).toBeUndefined();
		changing.change();
		for (const query of ['{ cards { label title } }', '{ cards { label title } }', '{ cards { title } }']) {
			const { data, codes, text } = await changing.ask(as('OPERATOR', null), query);
			expect(data ?? null).toBe(null);
			expect(codes).toHaveLength(1);
			expect(text).not.toContain('in the clear');
		}
		await changing.stop();
	});

	if (start === SERVERS['GraphQL Yoga'])
		it.each(['{ cards { title } }', 'subscription { saved { title } }'])(
			'answers nothing through a schema that another plugin substitutes: %s',
			async (query) => {
				const row = { title: 'in the clear' };
				async function* subscribe() {
					yield { saved: row };
				}
				const resolvers = { Query: { cards: () => [row] }, Subscription: { saved: { subscribe } } };
				const wrapped = addResolversToSchema({ schema, resolvers });
				const exchanged = addResolversToSchema({ schema: wrapped, resolvers: { Card: { title: () => row.title } } });
				const exchanging = await start({ schema: wrapped, gate: adopted, exchanged });
				const { data, codes, text } = await exchanging.ask(as('MEMBER'), query);
				await exchanging.stop();
				expect(data ?? null).toBe(null);
				expect(codes).toHaveLength(1);
				expect(text).not.toContain(row.title);
			},
		);

	it('does not start without its plugin, and says what to add', async () => {
		const { database, keyring, ownership } = { ...adopted, database: foreign.db };
		const forgetful = adopt<Context>({
			database,
			keyring,
			ownership,
			tables: { Card: cards },
			callerOf: ({ caller }) => caller,
		});
		const resolvers = { Query: { cards: () => foreign.db.select().from(cards) } };
		const ungated = forgetful.transformer(makeExecutableSchema({ typeDefs: [forgetful.typeDefs, SDL], resolvers }));
		await expect(start({ schema: ungated })).rejects.toThrow(
			/No response gate is in place.+add adopt\(\)'s plugin to Apollo Server's plugins, or its envelopPlugin/,
		);
		const { plugin, envelopPlugin } = forgetful;
		const mixedUp = { ...forgetful, plugin: envelopPlugin, envelopPlugin: plugin } as unknown as typeof forgetful;
		await expect(start({ schema: ungated, gate: mixedUp })).rejects.toThrow(
			/got the plugin for the other kind of server/,
		);
		// Taken, and then not given to the server.
		const started = await start({ schema: ungated });
		const { data, codes, text } = await started.ask(as('MEMBER'), '{ cards { label title } }');
		await started.stop();
		expect(data).toEqual({ cards: [{ label: 'red', title: null }] });
		expect(codes).toHaveLength(1);
		expect(text).not.toContain('"Call"');
		// With neither plugin nor transformer, no part of Firmseal knows of the server.
		const bare = await start({ schema: makeExecutableSchema({ typeDefs: [forgetful.typeDefs, SDL], resolvers }) });
		const stored = await bare.ask(as('MEMBER'), '{ cards { label title } }');
		await bare.stop();
		expect(stored.data).toEqual({ cards: [{ label: 'red', title: null }] });
		expect(stored.text).not.toContain('Call');
	});

	it('skips properties that are missing, and stores null', async () => {
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

	it('rejects any other table, and every table before it has the schema', async () => {
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

	it('does not start with a table that could store another team’s values, and seals no row of another team', async () => {
		const parts = { database: foreign.open(), keyring: adopted.keyring, ownership: adopted.ownership };
		const open = (Card: ReturnType<typeof pgTable>) =>
			adopt<Context>({ ...parts, tables: { Card }, callerOf: ({ caller }) => caller });
		expect(() => open(pgTable('bare', columns) as never)).toThrow(/^bare\.title has no CHECK of its firm/);
		const loose = { ...columns, teamId: uuid('team_id') };
		expect(() => open(pgTable('loose', loose, (t) => firmTagChecks('loose', t, t.teamId)) as never)).toThrow(
			/^Card has no NOT NULL teamId: add the column to table/,
		);
		const moved = { ...columns, title: sealed('title', { from: 'label' }) };
		expect(() => open(pgTable('moved', moved, (t) => firmTagChecks('moved', t, t.teamId)) as never)).toThrow(
			/^Card\.title takes over a column of plaintext, which only the server of Firmseal can do: seal the existing values first/,
		);
		const before = await actions();
		const context = as('MEMBER', randomUUID());
		const { codes } = await ask(context, 'mutation { save(title: "Call") { id } }');
		expect([codes, await actions()]).toEqual([['FORBIDDEN'], before]);
	});
});
