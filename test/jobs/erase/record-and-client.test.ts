import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, filesAt, shareDocument } from '../../support/files.ts';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { ended, readNotes, writeNotes } from '../stage.ts';
import { documentWithFiles, objectsIn, requestAndApprove, twoApprovers } from './scene.ts';

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let harbour: TestFirm;
let people: Awaited<ReturnType<typeof twoApprovers>>;

beforeAll(async () => {
	({ installation, north, harbour } = await makePopulated(embedded));
	api = await installation.serve();
	await installation.startWorker({}, { propagationSeconds: 0 });
	people = await twoApprovers(installation);
});
afterAll(() => installation?.close());

const make = async (type: string, input: object): Promise<string> => {
	const field = type[0]?.toLowerCase() + type.slice(1);
	const { data, text } = await api.ask(
		north.member,
		`mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${field} { id } } }`,
		{ input },
	);
	if (!data?.[`create${type}`]) throw new Error(text);
	return data[`create${type}`][field].id;
};
const count = async (table: string, column: string, id: string): Promise<number> =>
	(
		await installation.admin`select count(*)::int as n from ${installation.admin(table)} where ${installation.admin(column)} = ${id}`
	)[0]?.n;
const done = async (id: string) =>
	expect(await ended(installation, id)).toMatchObject({ state: 'DONE', trouble: null });

describe('an erased record', () => {
	it('is deleted with its parts and its objects, and nothing else is deleted', async () => {
		const [kept, gone] = (await writeNotes(api, north, ['kept', 'gone'])) as [string, string];
		const document = await documentWithFiles(api, north, ['one'], north.clientId);
		await shareDocument(api.ask, north.member, north.clientId, document);
		const comment = await make('Comment', { about: { documentId: document }, text: 'about it' });
		const other = await documentWithFiles(api, north, ['other']);
		const before = objectsIn(installation);
		expect(before).toHaveLength(2);

		const plan = await people.as('one', 'erase', 'record', '--firm', 'north', '--record', document, '--dry-run');
		expect(plan.result.inventory.rows).toEqual({
			comments: 1,
			shares: 1,
			stored_objects: 1,
			document_versions: 1,
			documents: 1,
		});
		expect(await count('documents', 'id', document)).toBe(1);

		await done(await people.erase('record', '--firm', 'north', '--record', document));
		await done(await requestAndApprove(installation, people.ids)(north.id, `Note.${gone}`));
		for (const [table, column, id] of [
			['documents', 'id', document],
			['document_versions', 'document_id', document],
			['shares', 'document_id', document],
			['comments', 'id', comment],
			['stored_objects', 'document_id', document],
			['notes', 'id', gone],
		] as const)
			expect([table, await count(table, column, id)]).toEqual([table, 0]);
		expect(await count('erasure_objects', 'firm_id', north.id)).toBe(0);
		const [left] = await installation.admin`select tag from stored_objects where document_id = ${other}`;
		expect(objectsIn(installation)).toEqual([left?.tag]);
		expect((await filesAt(api.url).get(north.member, contentOf(document))).status).toBe(404);
		expect((await filesAt(api.url).get(north.member, contentOf(other))).bytes.toString()).toBe('other');
		expect((await readNotes(api, north, [kept])).notes[0]).toMatchObject({ body: 'kept' });
	});

	it('cannot be a record of another firm, or unknown', async () => {
		const [theirs] = (await writeNotes(api, harbour, ['theirs'])) as [string];
		const refused = await people.as('one', 'erase', 'record', '--firm', 'north', '--record', theirs);
		expect(refused.error.code).toBe('NOT_FOUND');
		const client = await people.as('one', 'erase', 'record', '--firm', 'north', '--record', north.clientId);
		expect(client.error.code).toBe('BAD_USER_INPUT');
		expect((await readNotes(api, harbour, [theirs])).notes[0]).toMatchObject({ body: 'theirs' });
	});
});

describe('an erasure whose rows the database keeps', () => {
	it('fails instead of repeating forever, and can be requested again', async () => {
		const [note] = (await writeNotes(api, north, ['stays'])) as [string];
		const erase = () => requestAndApprove(installation, people.ids)(north.id, `Note.${note}`);
		await installation.admin`alter policy owner_erases on notes using (false)`;
		expect(await ended(installation, await erase())).toMatchObject({ state: 'FAILED', trouble: 'NOT_ERASED' });
		expect(await count('notes', 'id', note)).toBe(1);
		expect(
			(await installation.admin`select 1 from erasures where subject = ${`Note.${note}`} and erased_at is not null`)
				.length,
		).toBe(0);
		await installation.admin`alter policy owner_erases on notes using (firm_id = (select firm_of_erasure()))`;
		await done(await erase());
		expect(await count('notes', 'id', note)).toBe(0);
	});

	it('fails after ten rounds if the remaining rows are those of deleted objects, and can be requested again', async () => {
		const before = objectsIn(installation);
		const document = await documentWithFiles(api, north, ['stays']);
		const erase = () => requestAndApprove(installation, people.ids)(north.id, `Document.${document}`);
		await installation.admin`alter policy owner_erases on stored_objects using (false)`;
		const job = await ended(installation, await erase());
		expect(job).toMatchObject({ state: 'FAILED', trouble: 'NOT_ERASED', round: 10 });
		expect(await count('stored_objects', 'document_id', document)).toBe(1);
		expect(await count('documents', 'id', document)).toBe(1);
		expect(objectsIn(installation)).toEqual(before);
		await installation.admin`alter policy owner_erases on stored_objects using (firm_id = (select firm_of_erasure()))`;
		await done(await erase());
		for (const table of ['stored_objects', 'document_versions'])
			expect([table, await count(table, 'document_id', document)]).toEqual([table, 0]);
	});
});

describe('an erased client', () => {
	it('is deleted with its own records, and other records stay', async () => {
		const west = await installation.addFirm('west');
		const of = { clientId: west.clientId };
		const as = { ...north, ...west };
		const document = await documentWithFiles(api, as, ['deed'], west.clientId);
		const other = await documentWithFiles(api, as, ['other']);
		const thread = (
			await api.ask(
				west.member,
				'mutation ($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }',
				{ input: of },
			)
		).data.createThread.thread.id;
		const written = await api.ask(
			west.member,
			'mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }',
			{ input: { threadId: thread, subject: 'About', body: 'words' } },
		);
		expect(written.errors).toEqual([]);
		await shareDocument(api.ask, west.member, west.clientId, document);
		expect((await filesAt(api.url).get(west.client, contentOf(document))).status).toBe(200);

		await done(await requestAndApprove(installation, people.ids)(west.id, `Client.${west.clientId}`));
		for (const [table, column, id] of [
			['clients', 'id', west.clientId],
			['documents', 'client_id', west.clientId],
			['threads', 'client_id', west.clientId],
			['messages', 'thread_id', thread],
			['shares', 'client_id', west.clientId],
			['memberships', 'client_id', west.clientId],
			['users', 'email', 'client@west.example'],
		] as const)
			expect([table, await count(table, column, id)]).toEqual([table, 0]);
		expect((await filesAt(api.url).get(west.client, contentOf(document))).status).toBe(401);
		expect((await filesAt(api.url).get(west.member, contentOf(document))).status).toBe(404);
		expect((await filesAt(api.url).get(west.member, contentOf(other))).bytes.toString()).toBe('other');
	});
});

describe('an erasure in a database without a guard trigger', () => {
	it('deletes nothing and keeps trying, and ends once the trigger is back', async () => {
		const { admin, workUntil } = installation;
		const [note] = (await writeNotes(api, north, ['guarded'])) as [string];
		const [trigger] = await admin`
			select pg_get_triggerdef(oid) as definition from pg_trigger where tgrelid = 'notes'::regclass and tgname = 'not_erased'`;
		await admin`drop trigger not_erased on notes`;
		const job = await requestAndApprove(installation, people.ids)(north.id, `Note.${note}`);
		const state = async () => (await admin`select state, trouble from jobs where id = ${job}`)[0];
		// SQLSTATE 55000: erase_rows() refuses.
		await workUntil(async () => (await state())?.trouble === 'DATABASE_ERROR_55000');
		expect(await state()).toMatchObject({ state: 'RUNNING' });
		expect(await count('notes', 'id', note)).toBe(1);
		await admin.unsafe(`${trigger?.definition}`);
		await admin`alter table notes enable always trigger not_erased`;
		await done(job);
		expect(await count('notes', 'id', note)).toBe(0);
	});
});
