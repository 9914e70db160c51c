import { Client, type ClientOptions, type CombinedError } from '@urql/core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/person.ts';
import { CreateNoteDocument, NoteDocument, NotesDocument, UpdateNoteDocument } from './operations.generated.ts';
import { makeScene, type Scene } from './scene.ts';
import { optionsOf } from './urql-client.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const clientOf = (token: Person, options: Partial<ClientOptions> = {}) =>
	new Client({ ...optionsOf(`${scene.api.url}/graphql`, () => `${token}`), ...options });

const codesOf = (error: CombinedError | undefined) => error?.graphQLErrors.map(({ extensions }) => extensions.code);

describe('urql', () => {
	it('writes, reads and changes a note', async () => {
		const client = clientOf(scene.north.member);
		const id = uuidv7();
		const input = { id, title: 'Call', body: 'She accepts.' };
		const created = await client.mutation(CreateNoteDocument, { input });
		const again = await client.mutation(CreateNoteDocument, { input });
		expect(again.data).toEqual(created.data);
		const read = await client.query(NoteDocument, { id });
		expect(read.data?.note).toMatchObject({ id, revision: 1, title: 'Call', body: 'She accepts.' });

		const change = { id, expectedRevision: 1, title: 'Call with Ms Webb' };
		const changed = await client.mutation(UpdateNoteDocument, { input: change });
		expect(changed.data?.updateNote?.note).toMatchObject({ revision: 2, title: 'Call with Ms Webb' });
		const stale = await client.mutation(UpdateNoteDocument, { input: change });
		expect(codesOf(stale.error)).toEqual(['CONFLICT']);
		// urql's cache drops all results that contain the type of a mutation's answer.
		const now = await client.query(NoteDocument, { id });
		expect(now.data?.note?.title).toBe('Call with Ms Webb');
	});

	it('reads a list page by page', async () => {
		const client = clientOf(scene.harbour.member);
		const ids = [];
		for (let n = 0; n < 5; n++) ids.push(await scene.write({ title: `Note ${n}` }, scene.harbour));
		const read: string[] = [];
		for (let after: string | null = null; ; ) {
			const page: { first: number; after: string | null } = { first: 2, after };
			const { data } = await client.query(NotesDocument, page);
			read.push(...(data?.notes.nodes ?? []).map(({ id }) => id));
			if (!data?.notes.pageInfo.hasNextPage) break;
			after = data.notes.pageInfo.endCursor;
		}
		expect(read).toEqual(ids.reverse());
	});

	it('receives partial data with an error', async () => {
		const id = await scene.write({ title: 'damaged', body: 'whole' });
		await scene.admin`update notes set title = set_byte(title, 30, get_byte(title, 30) # 1) where id = ${id}`;
		const { data, error } = await clientOf(scene.north.member).query(NoteDocument, { id });
		expect(data?.note).toMatchObject({ title: null, body: 'whole' });
		expect(codesOf(error)).toEqual(['CIPHERTEXT_INVALID']);
	});

	it('reports in extensions what was withheld', async () => {
		const id = await scene.write({ title: 'sealed' });
		const { data, error, extensions } = await clientOf(scene.operator).query(NoteDocument, { id });
		expect([data?.note?.title, error]).toEqual([null, undefined]);
		expect(extensions?.sealed).toContainEqual({ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 });
	});

	it('receives the code and status of a refused request', async () => {
		const ask = (client: Client) => client.query(NotesDocument, {});
		const unknown = await ask(clientOf('none'));
		expect([unknown.error?.response.status, codesOf(unknown.error)]).toEqual([401, ['UNAUTHENTICATED']]);
		const foreign = await ask(clientOf(scene.auditor));
		expect([foreign.error?.response.status, codesOf(foreign.error)]).toEqual([403, ['FORBIDDEN']]);
	});

	it('is refused a GET query without the preflight header, and needs no header for POST', async () => {
		const read = (options: Partial<ClientOptions>) =>
			clientOf(scene.north.member, { ...options, fetchOptions: signed }).query(NotesDocument, { first: 1 });
		const signed = { headers: { authorization: `Bearer ${scene.north.member}` } };
		const bare = await read({});
		expect([bare.error?.response.status, codesOf(bare.error)]).toEqual([400, ['BAD_USER_INPUT']]);
		const posted = await read({ preferGetMethod: false });
		expect([posted.error, posted.data?.notes.nodes.length]).toEqual([undefined, 1]);
	});
});
