import { gql } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { AnsweringSteps, JoiningSteps, ProposalSteps, RecoverySteps } from '../../src/client/connection/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { code } from '../firms/people-of-north.ts';
import { idOf } from '../support/claims.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson, deviceOf, joinWith } from './vault-client.ts';

const CREATE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }`;
const NOTE = gql`query ($id: ID!) { note(id: $id) { id title } }`;
const WRITTEN = 'written before the loss';

let scene: Scene;
/** Ada loses her device; Bo, Cy and Di hold shares, of which two are enough. */
let ada: DeviceOfPerson;
let holders: DeviceOfPerson[];
let note: string;
beforeAll(async () => {
	scene = await makeScene();
	const begun = await beginCustody(scene, ['NOTE']);
	ada = begun;
	const { owner } = scene.north;
	const approvals = [{ by: 'CODE', code: begun.code } as const];
	holders = [];
	for (const name of ['Bo', 'Cy', 'Di']) {
		const email = `${name.toLowerCase()}@north.example`;
		const { id, person } = await scene.installation.addMember(owner, { email, role: 'OWNER' });
		await ada.firmseal.connection.append(() => ada.vault.addMember({ person: id, name }));
		const device = { ...(await joinWith(await deviceOf(scene, person), ada, id)), person };
		await decideWith(ada, holders[0], approvals[0], (vault) =>
			vault.propose({ what: 'ROLE', person: id, role: 'OWNER' }),
		);
		holders.push(device);
		await device.firmseal.connection.sync();
	}
	const owners = { holders: holders.map(({ person }) => idOf(person)), k: 2 };
	await decideWith(
		ada,
		holders[0],
		undefined,
		async (vault) => (await vault.setRecovery({ code: false, owners })).proposal,
	);
	note = uuidv7();
	await clientOfDevice(scene, ada).mutate({
		mutation: CREATE,
		variables: { input: { id: note, title: WRITTEN, body: 'x' } },
	});
});

/** With the recovery code as long as there is one owner, then with the other one. */
async function decideWith(
	by: DeviceOfPerson,
	other: DeviceOfPerson | undefined,
	alone: { readonly by: 'CODE'; readonly code: string } | undefined,
	make: Parameters<ProposalSteps['decide']>[0],
) {
	const own = new ProposalSteps(by.firmseal.connection);
	if (other === undefined && alone) return expect(await own.decide(make, alone)).toBe('DONE');
	if (other === undefined) throw new Error('Someone has to agree.');
	expect(await own.decide(make, { by: 'SECOND_OWNER' })).toBe('PROPOSED');
	const [asked] = await own.list();
	if (!asked) throw new Error('The proposal is not listed.');
	await new ProposalSteps(other.firmseal.connection).agree(asked);
	await own.complete(asked);
}

/** Ada’s new device and a holder’s, up to the codes on both screens. */
async function compared(lost: DeviceOfPerson, holder: DeviceOfPerson) {
	const asking = new JoiningSteps(lost.firmseal.connection);
	const answering = new AnsweringSteps(holder.firmseal.connection);
	const id = await asking.ask();
	const request = (await answering.requests()).find((each) => each.id === id);
	if (!request) throw new Error('The request is not listed.');
	await answering.answer(request, idOf(ada.person));
	const code = await asking.reveal();
	expect(code).toBe((await answering.check(id))?.code);
	return { asking, answering, id };
}

async function released(lost: DeviceOfPerson, holder: DeviceOfPerson) {
	const { asking, answering, id } = await compared(lost, holder);
	expect(await asking.share(true)).toBeNull();
	await answering.release(id);
	const share = await asking.share(true);
	if (!share) throw new Error('The share is not there.');
	return { share, asking, answering, id };
}

const release = (by: DeviceOfPerson['person'], input: Record<string, string>) =>
	scene.api.ask(
		by,
		'mutation ($input: ReleaseShareInput!) { releaseShare(input: $input) { request { state share } } }',
		{
			input,
		},
	);
const holder = (at: number) => holders[at] as DeviceOfPerson;

it('takes a release only from the holder who answered, on a device of their own, once it is revealed, in time', async () => {
	const lost = await deviceOf(scene, ada.person);
	const { id } = await compared(lost, holder(0));
	const [own, other] = await Promise.all([0, 1].map(async (at) => (await holder(at).vault.state()).device.id));
	const share = 'AAAA';
	expect(code(await release(holder(1).person, { id, releasedBy: other as string, share }))).toBe('FORBIDDEN');
	expect(code(await release(holder(1).person, { id, releasedBy: own as string, share }))).toBe('FORBIDDEN');
	expect(code(await release(holder(0).person, { id, releasedBy: other as string, share }))).toBe('FORBIDDEN');
	expect(code(await release(ada.person, { id, releasedBy: own as string, share }))).toBe('FORBIDDEN');
	expect(code(await release(scene.harbour.owner, { id, releasedBy: own as string, share }))).toBe('NOT_FOUND');
	await scene.admin`update device_requests set created_at = created_at - interval '15 minutes' where id = ${id}`;
	expect(code(await release(holder(0).person, { id, releasedBy: own as string, share }))).toBe('NOT_FOUND');
	await scene.admin`delete from device_requests`;
	const asking = new JoiningSteps(lost.firmseal.connection);
	const early = await asking.ask();
	const answering = new AnsweringSteps(holder(0).firmseal.connection);
	const [request] = await answering.requests();
	if (!request) throw new Error('The request is not listed.');
	await answering.answer(request, idOf(ada.person));
	expect(code(await release(holder(0).person, { id: early, releasedBy: own as string, share }))).toBe('CONFLICT');
	await expect(answering.release(early)).rejects.toMatchObject({ reason: 'joining-order' });
});

it('releases nothing after someone said that the codes differ', async () => {
	await scene.admin`delete from device_requests`;
	const lost = await deviceOf(scene, ada.person);
	const { asking, answering, id } = await compared(lost, holder(0));
	await answering.refuse(id);
	await expect(answering.release(id)).rejects.toMatchObject({ reason: 'joining-order' });
	await expect(asking.share(true)).rejects.toMatchObject({ code: 'FORBIDDEN' });
	const first = await released(lost, holder(1));
	const second = await released(lost, holder(2));
	await expect(second.asking.share(false)).rejects.toMatchObject({ reason: 'joining-code' });
	const steps = new RecoverySteps(lost.firmseal.connection);
	await expect(steps.byShares([first.share, second.share])).rejects.toMatchObject({ reason: 'uncompared' });
});

it('opens no share that the service mixed up, on either side', async () => {
	await scene.admin`delete from device_requests`;
	const lost = await deviceOf(scene, ada.person);
	const first = await released(lost, holder(0));
	const second = await released(lost, holder(1));
	const steps = new RecoverySteps(lost.firmseal.connection);
	const swapped = { ...first.share, share: second.share.share };
	await expect(steps.byShares([swapped, second.share])).rejects.toMatchObject({ reason: 'shares-other' });
	// For the keys of another new device.
	const other = await deviceOf(scene, ada.person);
	await released(other, holder(0));
	await released(other, holder(1));
	const others = new RecoverySteps(other.firmseal.connection);
	await expect(others.byShares([first.share, second.share])).rejects.toMatchObject({ reason: 'shares-other' });
	// Of another person, of another recovery key, or for another holder.
	const { asking, answering, id } = await compared(lost, holder(2));
	const { id: recipient } = (await holder(2).vault.state()).device;
	const query = `{ recoveryShares(recipient: "${recipient}") { person device recipient share } }`;
	const [held] = (await scene.api.ask(holder(2).person, query)).data.recoveryShares;
	const { vault } = holder(2);
	const elses = idOf(holder(0).person);
	await expect(vault.releaseShare({ ...held, person: elses })).rejects.toMatchObject({ reason: 'joining-order' });
	await expect(vault.releaseShare({ ...held, device: recipient })).rejects.toMatchObject({ reason: 'recovery-none' });
	await scene.admin`update device_requests set person = ${elses} where id = ${id}`;
	await expect(answering.release(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
	await scene.admin`update device_requests set person = ${idOf(ada.person)} where id = ${id}`;
	const query0 = query.replace(recipient, (await holder(0).vault.state()).device.id);
	const [ofOther] = (await scene.api.ask(holder(0).person, query0)).data.recoveryShares;
	await expect(vault.releaseShare({ ...held, share: ofOther.share })).rejects.toMatchObject({
		code: 'CIPHERTEXT_INVALID',
	});
	expect(await asking.share(true)).toBeNull();
});

it('an owner whose device is lost comes back by two of three holders, and reads what was written before', async () => {
	await scene.admin`delete from device_requests`;
	const lost = await deviceOf(scene, ada.person);
	const steps = new RecoverySteps(lost.firmseal.connection);
	const first = await released(lost, holder(0));
	expect(first.share.releasedBy).toBe((await holder(0).vault.state()).device.id);
	await expect(steps.byShares([first.share, first.share])).rejects.toMatchObject({ reason: 'uncompared' });
	const second = await released(lost, holder(2));
	await expect(steps.byShares([first.share])).rejects.toMatchObject({ reason: 'shares-other' });
	await expect(steps.byShares([first.share, first.share])).rejects.toMatchObject({ reason: 'shares-other' });
	// Neither another owner nor the holder sees the share.
	const seen = await scene.api.ask(holder(1).person, '{ deviceRequests { id state releasedBy share } }');
	expect(seen.data.deviceRequests).toContainEqual({ id: first.id, state: 'RELEASED', releasedBy: null, share: null });
	await expect(first.answering.release(first.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
	const shown = await steps.byShares([first.share, second.share]);
	expect(shown.people.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ada', 'Bo', 'Cy', 'Di']));
	await steps.confirm();
	const { data } = await clientOfDevice(scene, lost).query({ query: NOTE, variables: { id: note } });
	expect(data).toMatchObject({ note: { title: WRITTEN } });
});
