import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Watch, watchStatements } from '../support/watch-statements.ts';
import { makeScene, type Scene } from './scene.ts';
import { makeWorkspace, shareAll } from './workspace.ts';

/** Statements of transactions, the log, the keys and the identity lookup, which run with any request. */
const BESIDE = /^(begin|commit|rollback)|audit_entries|public\.identify|data_keys/;
let watch: Watch;
let scene: Scene;

beforeAll(async () => {
	scene = await makeScene();
	await shareAll(scene, scene.north, await makeWorkspace(scene, scene.north));
	watch = watchStatements();
});
afterAll(() => {
	watch?.end();
	return scene?.installation.close();
});

async function statementsOf(document: string, token = scene.north.member): Promise<string[]> {
	// The first request fills the caches of keys and people.
	expect((await scene.api.ask(token, document)).errors).toEqual([]);
	watch.take();
	expect((await scene.api.ask(token, document)).errors).toEqual([]);
	return watch.take().filter((text) => !BESIDE.test(text));
}

const NESTED = `{
	documents(first: 40) { nodes {
		name description author { name } client { name } sharedWith { name }
		versions { changeSummary author { name } }
		comments(first: 10) { totalCount nodes { text author { name } } }
	} }
	invoices(first: 40) { nodes { memo lineItems { description quantity } comments(first: 5) { nodes { text } } } }
	threads(first: 40) { nodes { messages(last: 10) { nodes { subject body author { name } comments(first: 5) { nodes { text } } } } } }
}`;

describe('a nested list', () => {
	it('takes as many statements for many rows as for one', async () => {
		const few = await statementsOf(NESTED);
		for (let i = 0; i < 7; i++) await shareAll(scene, scene.north, await makeWorkspace(scene, scene.north));
		const many = await statementsOf(NESTED);
		expect(many.length).toBe(few.length);
		// documents, invoices, threads; authors three times, clients twice, shares; versions, items, messages; comments four times, and their number.
		expect(many.length).toBeLessThanOrEqual(18);
	});

	it('takes as many for firms with their members', async () => {
		const document = '{ firms { nodes { slug members { totalCount nodes { name role email } } } } }';
		const one = await statementsOf(document);
		const all = await statementsOf(document, scene.operator);
		expect(all.length).toBe(one.length);
	});
});

describe('columns', () => {
	it('are read only if they are selected', async () => {
		const [statement, ...more] = await statementsOf('{ documents { nodes { name } } }');
		expect(more).toEqual([]);
		expect(statement).toContain('"name"');
		expect(statement).not.toMatch(/description|bucket|object_key|sha256|mime_type|client_id/);
	});

	it('of content are not named at all for a caller who may not open them', async () => {
		const document = `{ documents(firmId: "${scene.north.id}") { nodes { name description bucket versions { changeSummary } } } }`;
		const statements = await statementsOf(document, scene.operator);
		expect(statements).toHaveLength(2);
		expect(statements.join()).not.toMatch(/description|bucket|change_summary/);
	});

	it('are counted only if the count is selected', async () => {
		expect(await statementsOf('{ notes { nodes { id } } }')).toHaveLength(1);
		const counted = await statementsOf('{ notes { totalCount } }');
		expect(counted.filter((text) => text.includes('count(*)'))).toHaveLength(1);
	});
});

describe('one object by its id alone', () => {
	it('is found in two statements, for every type', async () => {
		const { ids } = await makeWorkspace(scene, scene.north);
		for (const id of Object.values(ids))
			expect(await statementsOf(`{ node(id: "${id}") { id ... on Note { title } } }`)).toHaveLength(2);
	});
});

describe('data loaded for one operation of a document', () => {
	it('is loaded again for the next, so that a mutation’s response shows its own changes', async () => {
		const { ids } = await makeWorkspace(scene, scene.north);
		const write = (alias: string) =>
			`${alias}: createMessage(input: { threadId: "${ids.thread}", body: "x" }) { message { thread { messages { totalCount } } } }`;
		const { data } = await scene.api.ask(scene.north.member, `mutation { ${write('a')} ${write('b')} }`);
		const [a, b] = [data.a, data.b].map(({ message }) => message.thread.messages.totalCount);
		expect(b).toBe(a + 1);
	});
});
