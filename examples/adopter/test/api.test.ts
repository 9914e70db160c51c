import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'drizzle-orm';
import { type Api, logReader, type Role, recordOf, startApi } from './api.ts';

const WRITE = `mutation ($input: CreateCardInput!) { createCard(input: $input) { card { id title body estimate tags } } }`;
const READ = `query ($id: ID!) { card(id: $id) { id state title body estimate tags author { name } } }`;
const CONTENT = { title: 'Marker: call Ms Webb', body: 'Marker: she accepts', estimate: 2.5, tags: ['Marker: law'] };
const NOTHING = { title: null, body: null, estimate: null, tags: null };
const COLUMNS = Object.keys(CONTENT);
const COORDINATES = COLUMNS.map((name) => `Card.${name}`);
const CHECK = '23514';

describe('the API of workspaces', () => {
	let api: Api;
	let id: string;
	let entries: () => Promise<Record<string, unknown>[]>;
	const as = (role: Role) => api.acme.tokens[role];
	const read = (role: Role) => api.ask(as(role), READ, { id });
	const codes = (errors: { extensions?: { code?: unknown } }[] = []) =>
		errors.map(({ extensions }) => extensions?.code);

	before(async () => {
		api = await startApi();
		entries = await logReader(api);
		const { data } = await api.ask(as('EDITOR'), WRITE, { input: { boardId: api.acme.board, ...CONTENT } });
		id = data.createCard.card.id;
		assert.deepEqual(data.createCard.card, { id, ...CONTENT });
	});
	after(() => api?.stop());

	it('stores what it is given as envelopes, and nothing of it anywhere else', async () => {
		const [row] = await api.sql(sql`select * from cards where id = ${id}`);
		for (const name of COLUMNS) assert.equal(row[name].subarray(0, 2).toString('hex'), 'f501', name);
		const tables = await api.sql(sql`select tablename as name from pg_tables where schemaname = 'public'`);
		assert.ok(tables.length > 5);
		for (const { name } of tables) {
			const rows = await api.sql(sql`select t::text as text from ${sql.identifier(name)} t`);
			assert.ok(
				!rows.some(({ text }) => text.includes('Marker') || text.includes(Buffer.from('Marker').toString('hex'))),
			);
		}
	});

	it('has told the log of the writing, and of what was read of it at once', async () => {
		const [created, opened, ...others] = await entries();
		assert.deepEqual(others, []);
		assert.equal(created?.action, 'content.create');
		assert.equal(opened?.action, 'content.open');
		for (const entry of [created, opened]) {
			assert.deepEqual(entry?.coordinates, COORDINATES);
			assert.deepEqual(entry?.records, [recordOf(id)]);
			assert.equal(entry?.firm, api.acme.workspace);
		}
	});

	for (const role of ['ADMIN', 'EDITOR', 'VIEWER'] as const)
		it(`answers ${role} with content, and tells the log`, async () => {
			await entries();
			const { data, errors, extensions } = await read(role);
			assert.deepEqual({ errors, extensions }, { errors: undefined, extensions: undefined });
			assert.deepEqual(data.card, { id, state: 'TODO', ...CONTENT, author: { name: 'EDITOR of Acme' } });
			const [entry, ...others] = await entries();
			assert.deepEqual(others, []);
			assert.deepEqual([entry?.action, entry?.records], ['content.open', [recordOf(id)]]);
		});

	for (const [role, reason] of [
		['GUEST', 'NOT_SHARED'],
		['SUPPORT', 'NO_LEASE'],
	] as const)
		it(`answers ${role} with metadata, says what is withheld and why, and tells the log`, async () => {
			await entries();
			const { data, errors, extensions } = await read(role);
			assert.equal(errors, undefined);
			assert.deepEqual(data.card, { id, state: 'TODO', ...NOTHING, author: { name: 'EDITOR of Acme' } });
			assert.deepEqual(
				extensions?.sealed,
				COORDINATES.map((coordinate) => ({ coordinate, reason, count: 1 })),
			);
			const [entry, ...others] = await entries();
			assert.deepEqual(others, []);
			assert.deepEqual([entry?.action, entry?.reason, entry?.coordinates], ['content.deny', reason, COORDINATES]);
		});

	it('answers nobody, and nobody of another workspace', async () => {
		assert.deepEqual(codes((await api.ask(null, READ, { id })).errors as never), ['UNAUTHENTICATED']);
		const { data } = await api.ask(api.globex.tokens.ADMIN, READ, { id });
		assert.deepEqual(data, { card: null });
	});

	for (const role of ['VIEWER', 'GUEST', 'SUPPORT'] as const)
		it(`lets ${role} write nothing`, async () => {
			const { errors } = await api.ask(as(role), WRITE, { input: { boardId: api.acme.board, ...CONTENT } });
			assert.deepEqual(codes(errors as never), ['FORBIDDEN']);
		});

	it('changes what is given, removes what is null, and leaves the rest', async () => {
		const { data: made } = await api.ask(as('ADMIN'), WRITE, { input: { boardId: api.acme.board, ...CONTENT } });
		const card = made.createCard.card.id;
		await entries();
		const { data } = await api.ask(
			as('ADMIN'),
			`mutation ($input: UpdateCardInput!) { updateCard(input: $input) { card { state title body estimate tags } } }`,
			{ input: { id: card, state: 'DONE', title: 'Marker: done', body: null } },
		);
		assert.deepEqual(data.updateCard.card, { ...CONTENT, state: 'DONE', title: 'Marker: done', body: null });
		const [entry] = await entries();
		assert.deepEqual([entry?.action, entry?.coordinates], ['content.update', ['Card.title', 'Card.body']]);
	});

	it('keeps the requests of a batch apart', async () => {
		await entries();
		const ask = (field: string) => ({ query: `query ($id: ID!) { card(id: $id) { ${field} } }`, variables: { id } });
		const answers = await api.batch(as('SUPPORT'), [ask('title'), ask('state'), ask('body')]);
		const told = answers.map(({ extensions }) => extensions?.sealed?.map(({ coordinate }) => coordinate));
		assert.deepEqual(told, [['Card.title'], undefined, ['Card.body']]);
		const requests = (await entries()).map(({ request }) => request);
		assert.equal(new Set(requests).size, 2);
	});

	it('does not open a value in another place, and the database refuses it in another workspace', async () => {
		const { data } = await api.ask(as('ADMIN'), WRITE, { input: { boardId: api.acme.board, title: 'Marker: other' } });
		const other = data.createCard.card.id;
		await api.sql(sql`update cards set title = (select title from cards where id = ${id}) where id = ${other}`);
		const answer = await api.ask(as('ADMIN'), READ, { id: other });
		assert.equal(answer.data.card.title, null);
		assert.deepEqual(codes(answer.errors as never), ['CIPHERTEXT_INVALID']);

		const { board, workspace, tokens } = api.globex;
		const { data: theirs } = await api.ask(tokens.ADMIN, WRITE, { input: { boardId: board, title: 'Marker: theirs' } });
		const move = sql`update cards set title = (select title from cards where id = ${id}) where id = ${theirs.createCard.card.id}`;
		await assert.rejects(api.sql(move), refusedWith(CHECK));
		await assert.rejects(
			api.sql(sql`update cards set workspace_id = ${workspace} where id = ${id}`),
			refusedWith(CHECK),
		);
		await assert.rejects(
			api.sql(sql`update cards set title = 'plain text'::bytea where id = ${id}`),
			refusedWith(CHECK),
		);
	});

	it('answers and writes nothing that cannot be recorded', async () => {
		const count = async () => (await api.sql(sql`select count(*)::int as n from cards`))[0].n;
		const before = await count();
		await api.sql(sql`alter table audit_entries rename to away`);
		try {
			const { data, errors } = await read('ADMIN');
			assert.deepEqual([data, codes(errors as never)], [null, ['AUDIT_UNAVAILABLE']]);
			const written = await api.ask(as('ADMIN'), WRITE, { input: { boardId: api.acme.board, ...CONTENT } });
			assert.deepEqual([written.data, codes(written.errors as never)], [null, ['AUDIT_UNAVAILABLE']]);
		} finally {
			await api.sql(sql`alter table away rename to audit_entries`);
		}
		assert.equal(await count(), before);
		assert.equal((await read('ADMIN')).data.card.title, CONTENT.title);
	});

	it('does not start on a schema that the transformer has not made, and opens nothing without the gate', async () => {
		const { ApolloServer } = await import('@apollo/server');
		const { makeExecutableSchema } = await import('@graphql-tools/schema');
		const { encryption } = await import('../src/encryption.ts');
		const { schema } = await import('../src/schema.ts');
		const sdl = 'type Query { cards: Int }';
		const bare = new ApolloServer({ schema: makeExecutableSchema({ typeDefs: sdl }), plugins: [encryption.plugin] });
		await assert.rejects(bare.start(), /Card\.title is @encrypted but its resolver isn't the wrapper/);
		const ungated = new ApolloServer({ schema });
		const { body } = await ungated.executeOperation(
			{ query: READ, variables: { id } },
			{ contextValue: { person: null } },
		);
		await ungated.stop();
		assert.ok(!JSON.stringify(body).includes('Marker'));
	});
});

const refusedWith = (code: string) => (error: unknown) => (error as { cause?: { code?: string } }).cause?.code === code;
