import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { leasesOver } from '../leases/by-api.ts';
import { filesAt, someBytes } from '../support/files.ts';
import { CustodyFirm, type GivenSealed, noteValues } from '../support/firm-custody.ts';
import type { Person } from '../support/person.ts';
import { codesOf, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let custody: CustodyFirm;
let owner: Writer;
/** A note of north, whose notes, messages and documents are in its own custody. */
let note: string;
let sealed: GivenSealed;
let message: string;
let thread: string;
beforeAll(async () => {
	scene = await makeScene();
	const { installation, north } = scene;
	owner = writerOf(scene, north.owner);
	custody = await CustodyFirm.begin(installation, north);
	for (const each of ['NOTE', 'COMMUNICATION', 'DOCUMENT']) await custody.take(each);
	note = uuidv7();
	sealed = await custody.seal({ class: 'NOTE', table: 'notes', row: note, values: noteValues('title', null) });
	await owner.create('Note', { id: note, sealed }, 'id');
	thread = (await owner.create('Thread', { id: uuidv7(), clientId: north.clientId }, 'id')).data.createThread.thread.id;
	await scene.admin`insert into shares (id, firm_id, client_id, thread_id, author_id)
		select ${uuidv7()}, firm_id, client_id, id, author_id from threads where id = ${thread}`;
	message = uuidv7();
	const values = { subject: { column: 'subject', value: null }, body: { column: 'body', value: 'hello', pad: 256 } };
	const content = await custody.seal({ class: 'COMMUNICATION', table: 'messages', row: message, thread, values });
	const written = await owner.create('Message', { id: message, threadId: thread, sealed: content }, 'id');
	if (written.errors.length > 0) throw new Error(written.text);
});
afterAll(() => scene?.installation.close());

const ask = (by: Person, query: string) => scene.api.ask(by, query);
const NOTE = () => `{ note(id: "${note}") { title body sealedFields { name envelope stamp } } }`;

describe('reading a record in the firm’s own custody', () => {
	it('answers null with FIRM_CUSTODY, and on record only what was handed out', async () => {
		const answer = await ask(scene.north.member, NOTE());
		expect(answer.data.note).toEqual({
			title: null,
			body: null,
			sealedFields: sealed.fields.map((field) => ({ ...field, stamp: sealed.stamp })),
		});
		expect(answer.sealed).toEqual([
			{ coordinate: 'Note.title', reason: 'FIRM_CUSTODY', count: 1 },
			{ coordinate: 'Note.body', reason: 'FIRM_CUSTODY', count: 1 },
		]);
		const entries = await scene.entriesOf(answer);
		expect(entries.map(({ action, coordinates, records, keys }) => [action, coordinates, records, keys])).toEqual([
			['content.release', ['Note.title'], [note], []],
		]);
	});

	it('hands out only the fields that are named, under aliases and in lists, and asks the database for no others', async () => {
		const fields = 'a: sealedFields(names: ["title"]) { name } b: sealedFields(names: ["title", "title"]) { stamp }';
		const answer = await ask(scene.north.member, `{ notes(first: 5) { nodes { ${fields} } } }`);
		expect(answer.data.notes.nodes).toEqual([{ a: [{ name: 'title' }], b: [{ stamp: sealed.stamp }] }]);
		const none = await ask(scene.north.member, `{ note(id: "${note}") { sealedFields(names: []) { name } } }`);
		expect(none.data.note.sealedFields).toEqual([]);
		for (const names of ['["author"]', '["stamp"]', '["__proto__"]', `[${'"title",'.repeat(9)}]`]) {
			const refused = await ask(
				scene.north.member,
				`{ note(id: "${note}") { sealedFields(names: ${names}) { name } } }`,
			);
			expect(codesOf(refused)).toEqual(['BAD_USER_INPUT']);
		}
	});

	it('gives operators, portal clients and other firms nothing', async () => {
		const operator = await ask(scene.operator, NOTE());
		expect(operator.data.note).toEqual({ title: null, body: null, sealedFields: [] });
		expect(new Set(operator.sealed.map(({ reason }) => reason))).toEqual(new Set(['NO_LEASE']));
		const alone = await ask(scene.operator, `{ note(id: "${note}") { sealedFields { name envelope } } }`);
		expect([alone.data.note, alone.sealed]).toEqual([{ sealedFields: [] }, []]);
		const client = await ask(
			scene.north.client,
			`{ message(id: "${message}") { body sealedFields { name envelope } } }`,
		);
		expect(client.data.message).toEqual({ body: null, sealedFields: [] });
		expect(client.sealed).toEqual([{ coordinate: 'Message.body', reason: 'FIRM_CUSTODY', count: 1 }]);
		expect(await scene.entriesOf(client)).toEqual([]);
		const stranger = await ask(scene.harbour.owner, NOTE());
		expect(stranger.data.note).toBeNull();
		const plain = await scene.write({ title: 'plain' }, scene.harbour);
		const own = await ask(scene.harbour.owner, `{ note(id: "${plain}") { title sealedFields { name } } }`);
		expect(own.data.note).toEqual({ title: 'plain', sealedFields: [] });
	});

	it('leaves out a value that no device can open, and reports it', async () => {
		const [damaged, plain] = [uuidv7(), uuidv7()];
		const [of] = await scene.admin`select author_id from notes where id = ${note}`;
		await scene.admin.begin(async (tx) => {
			await tx`alter table notes disable trigger in_custody_on_insert`;
			const bytes = Buffer.from(sealed.fields[0]?.envelope ?? '', 'base64');
			await tx`insert into notes (firm_id, id, author_id, title, stamp) values (${scene.north.id}, ${damaged}, ${of?.author_id}, ${Buffer.concat([Buffer.from('f501', 'hex'), bytes.subarray(2)])}, '{}')`;
			await tx`insert into notes (firm_id, id, author_id) values (${scene.north.id}, ${plain}, ${of?.author_id})`;
			await tx`alter table notes enable always trigger in_custody_on_insert`;
		});
		for (const id of [damaged, plain]) {
			const answer = await ask(
				scene.north.owner,
				`{ note(id: "${id}") { title sealedFields(names: ["title"]) { name } } }`,
			);
			expect(answer.data.note).toEqual({ title: null, sealedFields: [] });
			expect((await scene.entriesOf(answer)).map(({ action, reason }) => [action, reason])).toEqual([
				['content.fail', 'CIPHERTEXT_INVALID'],
			]);
		}
		await scene.admin`delete from notes where id in (${damaged}, ${plain})`;
	});

	it('is refused while the row that says who holds the keys is not proven', async () => {
		const { admin, north } = scene;
		await admin`update firm_custody set custody = 'BACK' where firm_id = ${north.id} and class = 'NOTE'`;
		expect(codesOf(await ask(north.owner, NOTE()))).toEqual(['FORBIDDEN']);
		await admin`update firm_custody set custody = 'FIRM' where firm_id = ${north.id} and class = 'NOTE'`;
		expect(codesOf(await ask(north.owner, NOTE()))).toEqual([]);
	});
});

describe('while a class moves', () => {
	it('devices’ values are handed out, the platform’s are opened, and writes are sealed by devices', async () => {
		const { harbour, installation } = scene;
		const plain = await scene.write({ title: 'plain', body: 'text' }, harbour);
		const moving = await CustodyFirm.begin(installation, harbour);
		await moving.generate('NOTE');
		await moving.append('custody.set', { class: 'NOTE', custody: 'MOVING' });
		await moving.setCustody('NOTE', 'MOVING');
		const mover = writerOf(scene, harbour.owner);
		const show = 'title body sealedFields { name envelope }';
		const before = await ask(harbour.owner, `{ note(id: "${plain}") { ${show} } }`);
		expect(before.data.note).toEqual({ title: 'plain', body: 'text', sealedFields: [] });
		expect(codesOf(await mover.update('Note', { id: plain, expectedRevision: 1, title: 'b' }, 'id'))).toEqual([
			'BAD_USER_INPUT',
		]);
		const change = await moving.seal({
			class: 'NOTE',
			table: 'notes',
			row: plain,
			revision: 2,
			values: noteValues('x', 'y'),
		});
		const moved = await mover.update('Note', { id: plain, expectedRevision: 1, sealed: change }, show);
		expect(moved.data.updateNote.note).toEqual({ title: null, body: null, sealedFields: change.fields });
		expect(moved.sealed).toEqual([
			{ coordinate: 'Note.title', reason: 'FIRM_CUSTODY', count: 1 },
			{ coordinate: 'Note.body', reason: 'FIRM_CUSTODY', count: 1 },
		]);
	});
});

describe('what the platform cannot do for a class in the firm’s own custody', () => {
	it('refuses leases, sharing, and messages from the portal', async () => {
		const leases = leasesOver(scene.api.ask);
		const { errors } = await leases.request(scene.operator, scene.north.id, { classes: ['BILLING', 'NOTE'] });
		expect(errors.map(({ message: says, extensions }) => [extensions.code, says])).toEqual([
			['BAD_USER_INPUT', expect.stringMatching(/holds the keys of NOTE itself/)],
		]);
		const share = await ask(
			scene.north.owner,
			`mutation { shareWithClient(input: { clientId: "${scene.north.clientId}", subject: { threadId: "${thread}" } }) { client { id } } }`,
		);
		expect(codesOf(share)).toEqual(['BAD_USER_INPUT']);
		const portal = writerOf(scene, scene.north.client);
		expect(codesOf(await portal.create('Message', { threadId: thread, body: 'hi' }, 'id'))).toEqual(['BAD_USER_INPUT']);
		const given = { stamp: '{}', fields: [] };
		expect(codesOf(await portal.create('Message', { threadId: thread, sealed: given }, 'id'))).toEqual(['FORBIDDEN']);
	});

	it('refuses the files of documents', async () => {
		const id = uuidv7();
		const values = { description: { column: 'description', value: 'd', pad: 64 } };
		const others = { bucket: null, object_key: null, sha256: null };
		const content = await custody.seal({ class: 'DOCUMENT', table: 'documents', row: id, values, others });
		const made = await owner.create('Document', { id, name: 'a.txt', mimeType: 'text/plain', sealed: content }, 'id');
		expect(codesOf(made)).toEqual([]);
		const files = filesAt(scene.api.url);
		const put = await files.put(scene.north.owner, id, someBytes(10));
		expect([put.status, put.json.detail]).toEqual([403, expect.stringMatching(/later version/)]);
		const got = await files.get(scene.north.owner, `/documents/${id}/content`);
		expect(got.status).toBeGreaterThanOrEqual(403);
		const link = `mutation { createDownload(input: { documentId: "${id}" }) { path } }`;
		expect(codesOf(await ask(scene.north.owner, link))).toEqual(['FORBIDDEN']);
		expect(await scene.admin`select from stored_objects`).toHaveLength(0);
	});

	it('refuses to rotate the class’s key, and makes none', async () => {
		const rotate = 'mutation { rotateFirmKey(input: { class: NOTE }) { jobId } }';
		const { errors } = await ask(scene.north.owner, rotate);
		expect(errors.map(({ message: says, extensions }) => [extensions.code, says])).toEqual([
			['CONFLICT', expect.stringMatching(/own custody/)],
		]);
		expect(await scene.admin`select from data_keys where firm_id = ${scene.north.id} and class = 'NOTE'`).toHaveLength(
			0,
		);
	});
});
