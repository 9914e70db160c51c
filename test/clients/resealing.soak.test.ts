import { gql } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson, deviceOf, joinThrough, joinWith } from './vault-client.ts';

const CREATE_NOTE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }`;
const UPDATE_NOTE = gql`mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision body } } }`;
const NOTE = gql`query ($id: ID!) { note(id: $id) { id revision title body } }`;
const CREATE_THREAD = gql`mutation ($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }`;
const CREATE_MESSAGE = gql`mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }`;
const MESSAGE = gql`query ($id: ID!) { message(id: $id) { id subject body } }`;
const CREATE_INVOICE = gql`
	mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id revision lineItems { id } } } }
`;
const UPDATE_INVOICE = gql`mutation ($input: UpdateInvoiceInput!) { updateInvoice(input: $input) { invoice { id } } }`;
const INVOICE = gql`query ($id: ID!) { invoice(id: $id) { id total memo lineItems { description unitAmount } } }`;

const CLASSES = ['NOTE', 'COMMUNICATION', 'BILLING'];
const NOTES = 25;

let scene: Scene;
let owner: DeviceOfPerson & { readonly code: string };
let second: DeviceOfPerson;
let member: DeviceOfPerson;
beforeAll(async () => {
	scene = await makeScene();
	owner = await beginCustody(scene, CLASSES);
	second = {
		...(await joinWith(await deviceOf(scene, scene.north.owner), owner, idOf(scene.north.owner))),
		person: scene.north.owner,
	};
	await owner.firmseal.connection.append(() => owner.vault.addMember({ person: idOf(scene.north.member), name: 'Bo' }));
	member = await joinThrough(scene, owner, scene.north.member);
});

it('after a removal, two devices seal every class again to zero while one writes, and the old keys retire', async () => {
	const [writes, reads, byMember] = [owner, second, member].map((device) => clientOfDevice(scene, device));
	if (!writes || !reads || !byMember) throw new Error('A client is missing.');
	const make = async (client: typeof writes, mutation: typeof CREATE_NOTE, input: object) =>
		client.mutate({ mutation, variables: { input: { id: uuidv7(), ...input } } });
	const notes = Array.from({ length: NOTES }, () => uuidv7());
	for (const [at, id] of notes.entries())
		await make(at % 2 === 0 ? writes : byMember, CREATE_NOTE, { id, title: `title ${at}`, body: `body ${at}` });
	const [thread, message, invoice] = [uuidv7(), uuidv7(), uuidv7()];
	await make(writes, CREATE_THREAD, { id: thread, clientId: scene.north.clientId });
	await make(byMember, CREATE_MESSAGE, { id: message, threadId: thread, subject: 'Hello', body: 'Dear client' });
	const lineItems = [{ description: 'work', quantity: '1', unitAmount: '12.5' }];
	await make(writes, CREATE_INVOICE, {
		id: invoice,
		number: 'R-1',
		currency: 'EUR',
		total: '12.5',
		memo: 'm',
		lineItems,
	});
	// Metadata has no stamp, so that the row has a later revision than its stamp.
	await writes.mutate({
		mutation: UPDATE_INVOICE,
		variables: { input: { id: invoice, expectedRevision: 1, status: 'ISSUED' } },
	});

	const { connection } = owner.firmseal;
	await connection.append(() => owner.vault.removeMember({ person: idOf(scene.north.member) }));
	await second.firmseal.connection.sync();
	const write = async () => {
		const [id] = notes;
		const { data } = await reads.query({
			query: NOTE,
			variables: { id },
			fetchPolicy: 'network-only',
		});
		const input = { id, expectedRevision: (data as { note: { revision: number } }).note.revision, body: 'changed' };
		return reads.mutate({ mutation: UPDATE_NOTE, variables: { input } }).catch(() => null);
	};
	for (const of of CLASSES) {
		const both = [owner, second].map(({ firmseal }) => firmseal.connection.reseal(of));
		const [results] = await Promise.all([Promise.all(both), write()]);
		for (const { refused } of results) expect(refused).toEqual([]);
		expect(await connection.reseal(of)).toEqual({ resealed: 0, refused: [], left: 0 });
	}
	await write();
	for (const [at, id] of notes.entries()) {
		const { data } = await reads.query({ query: NOTE, variables: { id }, fetchPolicy: 'network-only' });
		expect(data).toMatchObject({ note: { title: `title ${at}`, body: at === 0 ? 'changed' : `body ${at}` } });
	}
	const read = async (query: typeof NOTE, id: string) =>
		(await writes.query({ query, variables: { id }, fetchPolicy: 'network-only' })).data;
	expect(await read(MESSAGE, message)).toMatchObject({ message: { subject: 'Hello', body: 'Dear client' } });
	expect(await read(INVOICE, invoice)).toMatchObject({
		invoice: { total: '12.5', memo: 'm', lineItems: [{ description: 'work', unitAmount: '12.5' }] },
	});
	const retire = await owner.vault.propose({ what: 'RETIRE', class: 'NOTE', version: 1 });
	await connection.append(() => owner.vault.complete({ proposal: retire, approval: { recoveryCode: owner.code } }));
	expect(await read(NOTE, notes[1] ?? '')).toMatchObject({ note: { title: 'title 1' } });
});
