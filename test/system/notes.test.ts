import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { makePopulated } from '../support/populated.ts';
import { withoutIds } from '../support/without-ids.ts';

const CREATE =
	'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id firmId revision title body author { email role } } } }';
const UPDATE = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision title body } } }';
const DELETE = 'mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }';
const NOTE = 'query ($id: ID!) { note(id: $id) { id title body revision } }';

describe.each(servers)('notes on $name', (server) => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let operator: Person;

	beforeAll(async () => {
		({ installation, north, harbour, operator } = await makePopulated(server));
		api = await installation.serve();
	});
	afterAll(() => installation?.close());

	const create = async (input: Record<string, unknown>) =>
		(await api.ask(north.member, CREATE, { input })).data.createNote.note;

	it('are written and read by members as if nothing were encrypted', async () => {
		const id = uuidv7();
		const created = await api.ask(north.member, CREATE, { input: { id, title: 'Übergabe', body: '' } });
		expect(created.errors).toEqual([]);
		expect(created.data.createNote.note).toEqual({
			id,
			firmId: north.id,
			revision: 1,
			title: 'Übergabe',
			body: '',
			author: { email: 'member@north.example', role: 'MEMBER' },
		});
		const read = await api.ask(north.owner, NOTE, { id });
		expect(read.data.note).toEqual({ id, title: 'Übergabe', body: '', revision: 1 });
		expect(read.sealed).toEqual([]);
	});

	it('are ciphertext in the database', async () => {
		const { id } = await create({ title: 'marker-title', body: null });
		const [row] = await installation.admin`select title, body from notes where id = ${id}`;
		expect(Buffer.from(row?.title).subarray(0, 2).toString('hex')).toBe('f501');
		expect(Buffer.from(row?.title).includes('marker-title')).toBe(false);
		expect(row?.body).toBeNull();
	});

	it('show an operator their metadata and nothing of their content', async () => {
		const { id } = await create({ title: 'withheld-title', body: 'withheld-body' });
		const answer = await api.ask(
			operator,
			'{ notes(firmId: "FIRM") { totalCount nodes { id firmId title body author { name } } } }'.replace(
				'FIRM',
				north.id,
			),
		);
		expect(answer.errors).toEqual([]);
		const { nodes, totalCount } = answer.data.notes;
		expect(nodes.find((note: { id: string }) => note.id === id)).toMatchObject({
			title: null,
			body: null,
			author: { name: 'Member' },
		});
		expect(answer.sealed).toEqual([
			{ coordinate: 'Note.title', reason: 'NO_LEASE', count: totalCount },
			{ coordinate: 'Note.body', reason: 'NO_LEASE', count: totalCount },
		]);
		expect(withoutIds(answer.text)).not.toMatch(/withheld|f501/);
	});

	it('do not exist for another firm', async () => {
		const { id } = await create({ title: 'ours' });
		for (const query of [`{ note(id: "${id}") { id } }`, `{ node(id: "${id}") { id } }`]) {
			const answer = await api.ask(harbour.owner, query);
			expect(answer.errors).toEqual([]);
			expect(Object.values(answer.data)).toEqual([null]);
		}
		const list = await api.ask(harbour.member, `{ notes(firmId: "${north.id}") { totalCount nodes { id } } }`);
		expect(list.data.notes).toEqual({ totalCount: 0, nodes: [] });
		const update = await api.ask(harbour.member, UPDATE, { input: { id, expectedRevision: 1, title: 'theirs' } });
		expect(update.errors[0]?.extensions.code).toBe('NOT_FOUND');
		const taken = await api.ask(harbour.member, CREATE, { input: { id, title: 'ours' } });
		expect(taken.errors[0]?.extensions.code).toBe('CONFLICT');
	});

	it('are created once, even if the client sends the same request again', async () => {
		const input = { id: uuidv7(), title: 'once', body: 'only' };
		const answers = await Promise.all(Array.from({ length: 4 }, () => api.ask(north.member, CREATE, { input })));
		for (const answer of answers) expect(answer.data.createNote.note).toMatchObject(input);
		const [count] = await installation.admin`select count(*)::int as n from notes where id = ${input.id}`;
		expect(count?.n).toBe(1);
		const other = await api.ask(north.member, CREATE, { input: { ...input, body: 'else' } });
		expect(other.errors[0]?.extensions.code).toBe('CONFLICT');
	});

	it('change field by field, and only if the client names the current revision', async () => {
		const { id } = await create({ title: 'first', body: 'stays' });
		const updated = await api.ask(north.owner, UPDATE, { input: { id, expectedRevision: 1, title: 'second' } });
		expect(updated.data.updateNote.note).toEqual({ id, revision: 2, title: 'second', body: 'stays' });
		const stale = await api.ask(north.owner, UPDATE, { input: { id, expectedRevision: 1, title: 'third' } });
		expect(stale.errors[0]?.extensions.code).toBe('CONFLICT');
		const cleared = await api.ask(north.owner, UPDATE, { input: { id, expectedRevision: 2, body: null } });
		expect(cleared.data.updateNote.note).toMatchObject({ title: 'second', body: null });
	});

	it('leave a tombstone without content when deleted', async () => {
		const { id } = await create({ title: 'gone', body: 'gone' });
		const deleted = await api.ask(north.member, DELETE, { input: { id, expectedRevision: 1 } });
		expect(deleted.data.deleteNote).toEqual({ id });
		expect((await api.ask(north.member, NOTE, { id })).data.note).toBeNull();
		const [row] = await installation.admin`select title, body, deleted_at from notes where id = ${id}`;
		expect(row).toMatchObject({ title: null, body: null, deleted_at: expect.any(Date) });
		const again = await api.ask(north.member, CREATE, { input: { id, title: 'gone', body: 'gone' } });
		expect(again.errors[0]?.extensions.code).toBe('CONFLICT');
	});
});
