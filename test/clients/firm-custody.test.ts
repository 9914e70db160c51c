import { gql } from '@apollo/client';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { RecoverySteps } from '../../src/client/connection/index.ts';
import { openFieldsExchange } from '../../src/client/urql-exchange.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson, deviceOf, joinThrough } from './vault-client.ts';

const CREATE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id revision title body } } }`;
const UPDATE = gql`mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision title body } } }`;
const NOTE = gql`query ($id: ID!) { note(id: $id) { id revision title body } }`;
const CANARY = 'canary-custody-4417';

let scene: Scene;
let owner: DeviceOfPerson;
let code: string;
let member: DeviceOfPerson;
beforeAll(async () => {
	scene = await makeScene();
	const begun = await beginCustody(scene, ['NOTE']);
	owner = begun;
	code = begun.code;
	const { vault, firmseal } = begun;
	await firmseal.connection.append(() => vault.addMember({ person: idOf(scene.north.member), name: 'Bo' }));
	member = await joinThrough(scene, owner, scene.north.member);
});

const storedNote = async (id: string) => {
	const [row] = await scene.admin`select title, body, stamp from notes where id = ${id}`;
	return row as { readonly title: Buffer; readonly body: Buffer };
};

it('one device writes, another reads and changes, and the service has only what it cannot open', async () => {
	const id = uuidv7();
	const written = clientOfDevice(scene, owner);
	const { data } = await written.mutate({
		mutation: CREATE,
		variables: { input: { id, title: CANARY, body: 'first' } },
	});
	expect(data).toMatchObject({ createNote: { note: { id, revision: 1, title: CANARY, body: 'first' } } });
	const reading = clientOfDevice(scene, member);
	const read = await reading.query({ query: NOTE, variables: { id } });
	expect(read.data).toMatchObject({ note: { title: CANARY, body: 'first' } });
	await reading.mutate({ mutation: UPDATE, variables: { input: { id, expectedRevision: 1, body: 'second' } } });
	const again = await written.query({ query: NOTE, variables: { id }, fetchPolicy: 'network-only' });
	expect(again.data).toMatchObject({ note: { revision: 2, title: CANARY, body: 'second' } });
	const row = await storedNote(id);
	expect([row.title, row.body].map((value) => value.subarray(0, 2).toString('hex'))).toEqual(['f502', 'f502']);
	expect(Buffer.concat([row.title, row.body]).includes(CANARY)).toBe(false);
});

it('urql reads and writes the same', async () => {
	const { person, firmseal } = member;
	const client = new Client({
		url: `${scene.api.url}/graphql`,
		preferGetMethod: false,
		exchanges: [cacheExchange, openFieldsExchange(firmseal), fetchExchange],
		fetchOptions: () => ({ headers: { authorization: `Bearer ${person}` } }),
	});
	const input = { id: uuidv7(), title: CANARY, body: 'by urql' };
	const created = await client.mutation(CREATE, { input }).toPromise();
	const again = await client.mutation(CREATE, { input }).toPromise();
	expect(again.data).toEqual(created.data);
	const change = { id: input.id, expectedRevision: 1, body: 'changed' };
	await client.mutation(UPDATE, { input: change }).toPromise();
	const stale = await client.mutation(UPDATE, { input: change }).toPromise();
	expect(stale.error?.graphQLErrors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
	const { data } = await clientOfDevice(scene, owner).query({ query: NOTE, variables: { id: input.id } });
	expect(data).toMatchObject({ note: { revision: 2, title: CANARY, body: 'changed' } });
});

it('an owner who lost every device comes back by the recovery code, and no one else does by a wrong one', async () => {
	const id = uuidv7();
	await clientOfDevice(scene, owner).mutate({
		mutation: CREATE,
		variables: { input: { id, title: CANARY, body: 'kept' } },
	});
	const found = await deviceOf(scene, scene.north.owner);
	const { connection } = found.firmseal;
	const recovery = new RecoverySteps(connection);
	const wrong = code.replace(/^./, (first) => (first === '0' ? '1' : '0'));
	await expect(recovery.byCode(wrong)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
	const shown = await recovery.byCode(code);
	expect(shown.people.map(({ role }) => role).sort()).toEqual(['MEMBER', 'OWNER']);
	expect(shown.classes.find(({ class: name }) => name === 'NOTE')?.custody).toBe('FIRM');
	const reading = clientOfDevice(scene, found);
	expect((await reading.query({ query: NOTE, variables: { id } })).data).toMatchObject({ note: { title: CANARY } });
	const change = { mutation: UPDATE, variables: { input: { id, expectedRevision: 1, body: 'changed' } } };
	await expect(reading.mutate(change)).rejects.toThrow('Look first at the people and the custody');
	await recovery.confirm();
	await connection.append(() => found.vault.renewKeys());
	await reading.mutate(change);
	await owner.firmseal.connection.sync();
	expect((await owner.vault.state()).device.isActive).toBe(false);
	await expect(
		clientOfDevice(scene, owner).mutate({
			mutation: CREATE,
			variables: { input: { id: uuidv7(), title: 'x', body: '' } },
		}),
	).rejects.toThrow('This device does not belong to the firm');
});
