import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Scene } from './scene.ts';
import { makeWorkspace, shareAll, type Workspace } from './workspace.ts';

let scene: Scene;
let work: Workspace;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	await shareAll(scene, scene.north, work);
});
afterAll(() => scene?.installation.close());

describe('a portal client who writes a message with the id of another record that it sees', () => {
	it.each(['Document', 'Invoice', 'Firm', 'User'])('does not replace a %s', async (type) => {
		const id = {
			Document: work.ids.document,
			Invoice: work.ids.invoice,
			Firm: scene.north.id,
			User: claimsOf(scene.north.member).sub,
		}[type];
		await scene.api.ask(
			scene.north.client,
			'mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }',
			{ input: { id, threadId: work.ids.thread, body: 'mine' } },
		);
		const { data } = await scene.api.ask(scene.north.member, `{ node(id: "${id}") { __typename } }`);
		expect(data.node.__typename).toBe(type);
	});
});

it('the entry of a change that removes all items of an invoice names their content', async () => {
	const answer = await scene.api.ask(
		scene.north.member,
		`mutation { updateInvoice(input: { id: "${work.ids.invoice}", expectedRevision: 1, lineItems: [] }) { invoice { id } } }`,
	);
	expect(answer.errors).toEqual([]);
	const [entry] = await scene.entriesOf(answer);
	expect(entry?.coordinates).toContain('InvoiceLineItem.description');
});
