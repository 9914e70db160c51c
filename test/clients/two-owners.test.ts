import { beforeAll, expect, it } from 'vitest';
import { ProposalSteps } from '../../src/client/connection/index.ts';
import type { VaultOperations } from '../../src/client/vault/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { beginCustody, type DeviceOfPerson, joinThrough } from './vault-client.ts';

const SECOND = { by: 'SECOND_OWNER' } as const;

let scene: Scene;
let ada: DeviceOfPerson;
let bo: DeviceOfPerson;
beforeAll(async () => {
	scene = await makeScene();
	const begun = await beginCustody(scene, []);
	ada = begun;
	const person = idOf(scene.north.member);
	const { vault, firmseal } = ada;
	await firmseal.connection.append(() => vault.addMember({ person, name: 'Bo' }));
	bo = await joinThrough(scene, ada, scene.north.member);
	const promote = await new ProposalSteps(firmseal.connection).decide(
		(own) => own.propose({ what: 'ROLE', person, role: 'OWNER' }),
		{ by: 'CODE', code: begun.code },
	);
	expect(promote).toBe('DONE');
	const role = `mutation { setMemberRole(input: { userId: "${person}", role: OWNER }) { user { id } } }`;
	expect((await scene.api.ask(scene.north.owner, role)).errors).toEqual([]);
	await firmseal.connection.generateKey('NOTE');
	await bo.firmseal.connection.sync();
});

const stepsOf = ({ firmseal }: DeviceOfPerson) => new ProposalSteps(firmseal.connection);
async function only(steps: ProposalSteps) {
	const [open] = await steps.list();
	if (!open) throw new Error('The proposal is not listed.');
	return open;
}
const toFirm = (vault: VaultOperations) => vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
const custodyOf = ({ firmseal }: DeviceOfPerson) =>
	firmseal.connection.state?.classes.find(({ class: name }) => name === 'NOTE')?.custody;

it('ways of recovery that another owner agrees to stand in the log', async () => {
	const [own, other] = [stepsOf(bo), stepsOf(ada)];
	let code = '';
	const made = await own.decide(async (vault) => {
		const recovery = await vault.setRecovery({ code: true, owners: null });
		code = recovery.code ?? '';
		return recovery.proposal;
	}, SECOND);
	expect(made).toBe('PROPOSED');
	const asked = await only(other);
	await other.agree(asked);
	await own.complete(asked);
	await bo.vault.confirmRecovery({ code });
	const { people } = await bo.vault.state();
	expect(people.find(({ person }) => person === idOf(scene.north.member))?.recovery).toEqual(['CODE']);
});

it('one owner proposes, the other reads what it means and agrees, and only then it stands in the log', async () => {
	const [own, other] = [stepsOf(ada), stepsOf(bo)];
	expect(await own.decide(toFirm, SECOND)).toBe('PROPOSED');
	const [mine, theirs] = [await only(own), await only(other)];
	expect(theirs).toMatchObject({ person: idOf(scene.north.owner), isAgreed: false });
	expect(theirs.proposal.summary).toContain('NOTE');
	await expect(own.complete(mine)).rejects.toMatchObject({ code: 'CONFLICT' });
	await expect(own.agree(mine)).rejects.toMatchObject({ code: 'FORBIDDEN' });
	await other.agree(theirs);
	expect((await own.list())[0]?.isAgreed).toBe(true);
	expect(custodyOf(ada) ?? 'PLATFORM').toBe('PLATFORM');
	await own.complete(mine);
	expect(custodyOf(ada)).toBe('FIRM');
	await bo.firmseal.connection.sync();
	expect(custodyOf(bo)).toBe('FIRM');
	expect(await other.list()).toEqual([]);
});

it('an agreement to one decision is none to another, and no one agrees to what the service puts in its place', async () => {
	const [own, other] = [stepsOf(ada), stepsOf(bo)];
	const remove = idOf(scene.north.member);
	await own.decide((vault) => vault.propose({ what: 'REMOVE', person: remove }), SECOND);
	const read = await only(other);
	// The service shows another body for what was read.
	const retire = JSON.stringify({ class: 'NOTE', version: 1 });
	await scene.admin`update owner_proposals set kind = 'key.retire', body = ${retire}`;
	const [swapped] = await other.list();
	expect(swapped?.proposal.summary).not.toBe(read.proposal.summary);
	await other.agree(read);
	await scene.admin`update owner_proposals set kind = 'custody.set', body = '{"class":"NOTE","custody":"BACK"}'`;
	const now = await only(own);
	await expect(own.complete(now)).rejects.toMatchObject({ reason: 'proposal-other' });
	expect(custodyOf(ada)).toBe('FIRM');
	await scene.admin`update owner_proposals set kind = 'member.remove', body = ${'x'.repeat(9)}`;
	expect(await own.list()).toEqual([]);
	await own.end(read);
	await expect(own.end(read)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('a member neither sees nor makes proposals, and no firm more than twenty', async () => {
	const { harbour, north } = scene;
	const list = '{ ownerProposals { id } }';
	expect((await scene.api.ask(harbour.member, list)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
	const body = JSON.stringify(JSON.stringify({ class: 'NOTE', version: 1 }));
	const propose = `mutation { proposeToOwners(input: { kind: "key.retire", body: ${body} }) { proposal { id } } }`;
	await scene.admin`update owner_proposals set is_ended = true`;
	for (let at = 0; at < 20; at++) expect((await scene.api.ask(north.owner, propose)).errors).toEqual([]);
	expect((await scene.api.ask(north.owner, propose)).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
	expect((await scene.api.ask(harbour.owner, list)).data.ownerProposals).toEqual([]);
});
