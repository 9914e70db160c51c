import { filter, firstValueFrom } from 'rxjs';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { codesOf } from './apollo-errors.ts';
import { writeMessage } from './apollo-messages.ts';
import {
	CreateInvoiceDocument,
	CreateNoteDocument,
	InvoiceDocument,
	NoteDocument,
	ThreadDocument,
	UpdateNoteDocument,
} from './operations.generated.ts';
import { beginThreads, clientOf, makeScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

describe('writing a message', () => {
	it('adds it to the end of the displayed list once, even if it is sent again', async () => {
		const [threadId = ''] = await beginThreads(scene, 1);
		const client = clientOf(scene);
		const query = { query: ThreadDocument, variables: { id: threadId, first: 50 } };
		await writeMessage(client, { threadId, subject: 'First' });
		await client.query(query);

		const message = { id: uuidv7(), threadId, subject: 'Second', body: 'The same each time.' };
		const sent = await writeMessage(client, message);
		const again = await writeMessage(client, message);
		expect(again).toEqual(sent);

		const subjects = async (fetchPolicy: 'cache-only' | 'network-only') =>
			(await client.query({ ...query, fetchPolicy })).data?.thread?.messages.edges.map(({ node }) => node.subject);
		expect(await subjects('cache-only')).toEqual(['First', 'Second']);
		expect(await subjects('network-only')).toEqual(['First', 'Second']);
	});

	it('with the id of another message is a CONFLICT, and the list is unchanged', async () => {
		const [threadId = ''] = await beginThreads(scene, 1);
		const client = clientOf(scene);
		const id = uuidv7();
		await writeMessage(client, { id, threadId, subject: 'First' });
		const taken = await writeMessage(client, { id, threadId, subject: 'Other' }).catch(codesOf);
		expect(taken).toEqual(['CONFLICT']);
		const { data } = await client.query({ query: ThreadDocument, variables: { id: threadId } });
		expect(data?.thread?.messages.edges.map(({ node }) => node.subject)).toEqual(['First']);
	});
});

describe('changing a note', () => {
	/** The note as a page displays it, after each change. */
	async function showNote(client: ReturnType<typeof clientOf>, id: string) {
		const watched = client.watchQuery({ query: NoteDocument, variables: { id } });
		const shown: (string | null | undefined)[] = [];
		const watching = watched.subscribe(({ data, dataState }) => {
			if (dataState === 'complete') shown.push(data.note?.title);
		});
		onTestFinished(() => watching.unsubscribe());
		const { data } = await firstValueFrom(watched.pipe(filter(({ dataState }) => dataState === 'complete')));
		const note = data?.note;
		if (!note?.revision) throw new Error('The note is not there.');
		return { shown, revision: note.revision };
	}

	it('at the displayed revision shows the new state', async () => {
		const id = await scene.write({ title: 'Draft', body: 'kept' });
		const client = clientOf(scene);
		const { shown, revision } = await showNote(client, id);
		const { data } = await client.mutate({
			mutation: UpdateNoteDocument,
			variables: { input: { id, expectedRevision: revision, title: 'Final' } },
		});
		expect(data?.updateNote?.note).toMatchObject({ revision: 2, title: 'Final', body: 'kept' });
		await expect.poll(() => shown).toEqual(['Draft', 'Final']);
	});

	it('that another person has changed meanwhile is a CONFLICT, which reverts the optimistic result and refetches', async () => {
		const id = await scene.write({ title: 'Draft', body: null });
		const client = clientOf(scene);
		const { shown, revision } = await showNote(client, id);
		const other = clientOf(scene, { token: () => `${scene.north.owner}` });
		const change = (title: string) => ({
			mutation: UpdateNoteDocument,
			variables: { input: { id, expectedRevision: revision, title } },
			errorPolicy: 'all' as const,
		});
		await other.mutate(change('Theirs'));

		const { error } = await client.mutate({
			...change('Mine'),
			optimisticResponse: {
				updateNote: {
					__typename: 'UpdateNotePayload',
					note: { __typename: 'Note', id, revision: revision + 1, title: 'Mine', body: null },
				},
			},
		});
		expect(codesOf(error)).toEqual(['CONFLICT']);
		await expect.poll(() => shown).toEqual(['Draft', 'Mine', 'Draft']);
		await client.query({ query: NoteDocument, variables: { id }, fetchPolicy: 'network-only' });
		await expect.poll(() => shown).toEqual(['Draft', 'Mine', 'Draft', 'Theirs']);
	});
});

describe('the generated types', () => {
	it('match the responses: times and decimal numbers are strings', async () => {
		const client = clientOf(scene);
		const id = uuidv7();
		const lineItems = [{ description: 'Review', quantity: '1.50', unitAmount: '240.00' }];
		const input = {
			id,
			number: '2026-1',
			currency: 'EUR',
			total: '360.00',
			dueAt: '2026-12-31T00:00:00.000Z',
			lineItems,
		};
		await client.mutate({ mutation: CreateInvoiceDocument, variables: { input } });
		const { data } = await client.query({ query: InvoiceDocument, variables: { id } });
		const due: string | null | undefined = data?.invoice?.dueAt;
		expect(due).toBe(input.dueAt);
		expect(data?.invoice).toMatchObject({ status: 'DRAFT', total: '360.00', lineItems });
	});

	it('contain nothing else, so an unselected field and an unknown variable do not compile', async () => {
		const id = await scene.write({ title: 'typed' });
		const client = clientOf(scene);
		const { data } = await client.query({ query: NoteDocument, variables: { id } });
		// @ts-expect-error the document has no such field
		expect(data?.note?.author).toBeUndefined();
		// @ts-expect-error content may be null
		const title: string | undefined = data?.note?.title;
		expect(title).toBe('typed');
		const wrong = client.mutate({
			mutation: CreateNoteDocument,
			// @ts-expect-error the input has no such field
			variables: { input: { subject: 'typed' } },
		});
		await expect(wrong.catch(codesOf)).resolves.toEqual(['BAD_USER_INPUT']);
	});
});
