import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import { addRow } from '../database/firm-owned-tables.ts';
import type { Answer } from '../support/ask.ts';
import { codesOf, outcomesOf, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let work: Workspace;
let member: Writer;
/** The portal user. */
let client: Writer;
let author: string;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	member = writerOf(scene);
	client = writerOf(scene, scene.north.client);
	const [owner] =
		await scene.admin`select user_id from memberships where firm_id = ${scene.north.id} and role = 'OWNER'`;
	author = owner?.user_id;
});
afterAll(() => scene?.installation.close());

const sharing = (verb: 'share' | 'unshare', subject: object, clientId = scene.north.clientId): Promise<Answer> =>
	scene.api.ask(
		scene.north.member,
		`mutation ($input: ${verb === 'share' ? 'Share' : 'Unshare'}WithClientInput!) { ${verb}WithClient(input: $input) { client { id } subject { __typename } } }`,
		{ input: { clientId, subject } },
	);
const added = async (answers: readonly Answer[]) => {
	const entries = await Promise.all(answers.map((answer) => scene.entriesOf(answer)));
	return entries.flat().filter(({ action }) => action === 'share.add');
};

describe('sharing', () => {
	it('an object twenty times at once creates one share and one entry', async () => {
		for (const subject of [
			{ documentId: work.ids.document },
			{ threadId: work.ids.thread },
			{ invoiceId: work.ids.invoice },
		]) {
			const answers = await Promise.all(Array.from({ length: 20 }, () => sharing('share', subject)));
			expect(outcomesOf(answers)).toEqual({ done: 20 });
			expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
			expect(await added(answers)).toHaveLength(1);
			const back = await Promise.all(Array.from({ length: 5 }, () => sharing('unshare', subject)));
			expect(outcomesOf(back)).toEqual({ done: 1, NOT_FOUND: 4 });
		}
		expect(await scene.admin`select 1 from shares`).toHaveLength(0);
	});

	it('an object with more than a hundred clients at once stops at a hundred', async () => {
		const subject = { documentId: work.ids.document };
		const clients: string[] = [];
		for (let n = 0; n < 105; n++) clients.push(await addRow(scene.admin, 'clients', { id: scene.north.id, author }));
		for (let from = 0; from < 90; from += 15)
			await Promise.all(clients.slice(from, from + 15).map((id) => sharing('share', subject, id)));
		const last = await Promise.all(clients.slice(90).map((id) => sharing('share', subject, id)));
		expect(outcomesOf(last)).toEqual({ done: 10, CONFLICT: 5 });
		const { data } = await scene.api.ask(
			scene.north.member,
			`{ document(id: "${work.ids.document}") { sharedWith { id } } }`,
		);
		expect(data.document.sharedWith).toHaveLength(100);
		const [first = ''] = clients;
		expect(codesOf(await sharing('share', subject, first))).toEqual([]);
		expect(codesOf(await sharing('unshare', subject, first))).toEqual([]);
		expect(codesOf(await sharing('share', subject, clients.at(-1)))).toEqual([]);
	});

	it('an object continues when the client is archived', async () => {
		const { id } = await member.make('Document', { name: 'a', mimeType: 'text/plain' });
		await sharing('share', { documentId: id });
		const archived = { id: scene.north.clientId, expectedRevision: 1, status: 'ARCHIVED' };
		shown(await member.update('Client', archived), 'updateClient');
		expect(await client.read('Document', id)).toMatchObject({ id });
		await member.update('Client', { ...archived, expectedRevision: 2, status: 'ACTIVE' });
	});
});

describe('a message from a portal client', () => {
	beforeAll(() => sharing('share', { threadId: work.ids.thread }));

	it('may be sent again, any number of times, while the thread is shared with the client', async () => {
		const input = { id: uuidv7(), threadId: work.ids.thread, subject: 'mine', body: 'my message' };
		const answers = await Promise.all(
			Array.from({ length: 20 }, () => client.create('Message', input, 'id revision subject body author { id }')),
		);
		expect(outcomesOf(answers)).toEqual({ done: 20 });
		expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
		expect(await scene.admin`select 1 from messages where id = ${input.id}`).toHaveLength(1);
		expect(codesOf(await client.create('Message', { ...input, body: 'else' }, 'id'))).toEqual(['CONFLICT']);
		await sharing('unshare', { threadId: work.ids.thread });
		expect(codesOf(await client.create('Message', input, 'id'))).toEqual(['NOT_FOUND']);
		await sharing('share', { threadId: work.ids.thread });
		expect(codesOf(await client.create('Message', input, 'id'))).toEqual([]);
	});

	it('cannot take the id of an invisible record, and reveals nothing of it', async () => {
		const hidden = await member.make('Thread', {});
		const secret = await member.make('Message', { threadId: hidden.id, body: 'hidden-marker' });
		const theirs = await writerOf(scene, scene.harbour.member).make('Thread', {});
		const foreign = await writerOf(scene, scene.harbour.member).make('Message', { threadId: theirs.id, body: 'x' });
		const refused = [];
		for (const id of [secret.id, foreign.id, work.ids.message]) {
			const answer = await client.create('Message', { id, threadId: work.ids.thread, body: 'hidden-marker' }, 'id');
			expect(codesOf(answer)).toEqual(['CONFLICT']);
			refused.push(answer.errors[0]?.message);
		}
		expect(new Set(refused).size).toBe(1);
		expect(await member.read('Message', secret.id)).toEqual(secret);
	});

	it('moves the thread up for the firm, and both sides count the message', async () => {
		const before = await member.read('Thread', work.ids.thread);
		const sent = shown(
			await client.create('Message', { threadId: work.ids.thread, body: 'later' }, 'id createdAt'),
			'createMessage',
		);
		const after = await member.read('Thread', work.ids.thread);
		expect(after.revision).toBe(before.revision);
		expect(Date.parse(after.updatedAt as string)).toBeGreaterThanOrEqual(Date.parse(sent.createdAt as string));
		const count = `{ thread(id: "${work.ids.thread}") { messages { totalCount } } }`;
		const counts = [scene.north.member, scene.north.client].map((token) => scene.api.ask(token, count));
		const [ofFirm, ofClient] = await Promise.all(counts);
		expect(ofFirm?.data).toEqual(ofClient?.data);
	});
});
