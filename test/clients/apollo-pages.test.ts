import type { FetchPolicy, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { filter, firstValueFrom } from 'rxjs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeMessage } from './apollo-messages.ts';
import {
	MessagesDocument,
	NotesDocument,
	ThreadDocument,
	ThreadNodesDocument,
	type ThreadOrder,
	ThreadsDocument,
	type ThreadsQueryVariables,
} from './operations.generated.ts';
import { beginThreads, clientOf, makeScene, type Scene } from './scene.ts';

let scene: Scene;
let threads: string[];
let messages: string[];
beforeAll(async () => {
	scene = await makeScene();
	threads = await beginThreads(scene, 8);
	messages = Array.from({ length: 7 }, () => uuidv7());
	const client = clientOf(scene);
	for (const id of messages) await writeMessage(client, { id, threadId: threads[0] ?? '', subject: `Subject ${id}` });
});
afterAll(() => scene?.installation.close());

/** Watches a query as a page of an app does, which receives each change of the cache. */
async function show<Data, Variables extends OperationVariables>(
	query: TypedDocumentNode<Data, Variables>,
	variables: Variables,
) {
	const watched = clientOf(scene).watchQuery<Data, OperationVariables>({ query, variables });
	const watching = watched.subscribe({});
	onTestFinished(() => watching.unsubscribe());
	const settled = () => firstValueFrom(watched.pipe(filter(({ loading }) => !loading)));
	await settled();
	return {
		async fetchMore(page: { readonly variables: OperationVariables }) {
			await watched.fetchMore(page);
			await settled();
		},
		get data(): Data {
			return watched.getCurrentResult().data as Data;
		},
	};
}

const idsOf = (list: { readonly edges: readonly { readonly node: { readonly id: string } }[] } | undefined) =>
	list?.edges.map(({ node }) => node.id);

describe('a list read page by page', () => {
	it('contains each row once, in order, if it is read forwards', async () => {
		const list = await show(ThreadsDocument, { first: 3, orderBy: 'CREATED_AT_ASC' });
		const sizes = [];
		while (list.data.threads.pageInfo.hasNextPage) {
			await list.fetchMore({ variables: { after: list.data.threads.pageInfo.endCursor } });
			sizes.push(list.data.threads.edges.length);
		}
		expect(sizes).toEqual([6, 8]);
		expect(idsOf(list.data.threads)).toEqual(threads);
		expect(list.data.threads).toMatchObject({
			totalCount: 8,
			pageInfo: { hasNextPage: false, hasPreviousPage: false },
		});
	});

	it('contains each row once, in the order of the list, if it is read backwards', async () => {
		const list = await show(ThreadsDocument, { last: 3, orderBy: 'CREATED_AT_ASC' });
		expect(idsOf(list.data.threads)).toEqual(threads.slice(5));
		const sizes = [];
		while (list.data.threads.pageInfo.hasPreviousPage) {
			await list.fetchMore({ variables: { before: list.data.threads.pageInfo.startCursor } });
			sizes.push(list.data.threads.edges.length);
		}
		expect(sizes).toEqual([6, 8]);
		expect(idsOf(list.data.threads)).toEqual(threads);
		expect(list.data.threads.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
	});

	it('contains each row once even if rows are added at its front meanwhile', async () => {
		const list = await show(ThreadsDocument, { first: 3, orderBy: 'CREATED_AT_DESC' });
		const seen = [...threads].reverse();
		threads.push(...(await beginThreads(scene, 2)));
		while (list.data.threads.pageInfo.hasNextPage)
			await list.fetchMore({ variables: { after: list.data.threads.pageInfo.endCursor } });
		expect(idsOf(list.data.threads)).toEqual(seen);
	});

	it('has only the last page in its nodes, because the policy merges edges', async () => {
		const list = await show(ThreadNodesDocument, { first: 3 });
		const [first] = list.data.threads.nodes;
		await list.fetchMore({ variables: { after: list.data.threads.pageInfo.endCursor } });
		expect(list.data.threads.nodes).toHaveLength(3);
		expect(list.data.threads.nodes).not.toContainEqual(first);
	});

	it('is kept apart from the same list in another order', async () => {
		const client = clientOf(scene);
		const read = (orderBy: ThreadOrder) => client.query({ query: ThreadsDocument, variables: { first: 3, orderBy } });
		const [up, down] = [await read('CREATED_AT_ASC'), await read('CREATED_AT_DESC')];
		expect(idsOf(up.data?.threads)).toEqual(threads.slice(0, 3));
		expect(idsOf(down.data?.threads)).toEqual([...threads].reverse().slice(0, 3));
	});

	it('is one list in the cache from either end, because the policy ignores first and last', async () => {
		const client = clientOf(scene);
		const read = (end: ThreadsQueryVariables, fetchPolicy: FetchPolicy = 'cache-first') =>
			client.query({ query: ThreadsDocument, variables: { ...end, orderBy: 'CREATED_AT_ASC' }, fetchPolicy });
		await read({ first: 2 });
		expect(idsOf((await read({ last: 2 })).data?.threads)).toEqual(threads.slice(0, 2));
		expect(idsOf((await read({ last: 2 }, 'network-only')).data?.threads)).toEqual(threads.slice(-2));
	});
});

describe('a list within an object', () => {
	const id = () => threads[0] ?? '';

	it('can be read from its middle in both directions', async () => {
		const client = clientOf(scene);
		const { data } = await client.query({ query: ThreadDocument, variables: { id: id(), first: 3 } });
		const middle = await show(ThreadDocument, { id: id(), first: 2, after: data?.thread?.messages.pageInfo.endCursor });
		expect(idsOf(middle.data.thread?.messages)).toEqual(messages.slice(3, 5));
		const pageInfo = () => middle.data.thread?.messages.pageInfo;
		await middle.fetchMore({ variables: { first: null, after: null, last: 2, before: pageInfo()?.startCursor } });
		expect(idsOf(middle.data.thread?.messages)).toEqual(messages.slice(1, 5));
		await middle.fetchMore({ variables: { after: pageInfo()?.endCursor } });
		expect(idsOf(middle.data.thread?.messages)).toEqual(messages.slice(1));
		expect(pageInfo()).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
		await middle.fetchMore({ variables: { first: null, after: null, last: 2, before: pageInfo()?.startCursor } });
		expect(idsOf(middle.data.thread?.messages)).toEqual(messages);
		expect(pageInfo()).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
	});

	it('contains the same objects as the list at the root', async () => {
		const client = clientOf(scene);
		await client.query({ query: MessagesDocument, variables: { threadId: id() } });
		const { data } = await client.query({ query: ThreadDocument, variables: { id: id(), first: 7 } });
		expect(idsOf(data?.thread?.messages)).toEqual(messages);
		const cached = Object.keys(client.cache.extract() as object);
		expect(cached.filter((key) => key.startsWith('Message:'))).toHaveLength(7);
	});
});

describe('a list without a policy', () => {
	it('is cached as a separate list for each page, so its nodes are correct', async () => {
		const ids = [];
		for (let n = 0; n < 4; n++) ids.push(await scene.write({ title: `Note ${n}` }));
		const client = clientOf(scene);
		const first = await client.query({ query: NotesDocument, variables: { first: 3 } });
		const after: string | null = first.data?.notes.pageInfo.endCursor ?? null;
		const second = await client.query({ query: NotesDocument, variables: { first: 3, after } });
		const pages = [first, second].map(({ data }) => data?.notes.nodes.map(({ id }) => id));
		expect(pages).toEqual([ids.toReversed().slice(0, 3), ids.slice(0, 1)]);
	});
});
