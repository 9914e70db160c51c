import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProposalSteps } from '../../../src/client/connection/index.ts';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { beginCustody, type DeviceOfPerson, deviceOf, joinWith } from '../../clients/vault-client.ts';
import { idOf } from '../../support/claims.ts';
import type { Person } from '../../support/person.ts';
import { answeredBy, CODE, joinBy, type Machine, machines, SHOWN } from './people.ts';

let scene: Scene;
const machineOf = machines(() => scene);
/** In memory: Ada’s device, which is lost, and that of Cy, who holds a share. */
let first: DeviceOfPerson;
let cy: DeviceOfPerson;
/** The device of Bo, the other holder, on the command line. */
let bo: Machine;
beforeAll(async () => {
	scene = await makeScene();
	const begun = await beginCustody(scene, []);
	first = begun;
	const { connection } = first.firmseal;
	const own = new ProposalSteps(connection);
	const people: Person[] = [];
	for (const name of ['Cy', 'Bo']) {
		const email = `${name.toLowerCase()}@north.example`;
		const { id, person } = await scene.installation.addMember(scene.north.owner, { email, role: 'OWNER' });
		await connection.append(() => first.vault.addMember({ person: id, name }));
		people.push(person);
	}
	const [ofCy, ofBo] = people as [Person, Person];
	const owner = (person: Person) => (vault: VaultOperations) =>
		vault.propose({ what: 'ROLE', person: idOf(person), role: 'OWNER' });
	cy = { ...(await joinWith(await deviceOf(scene, ofCy), first, idOf(ofCy))), person: ofCy };
	await own.decide(owner(ofCy), { by: 'CODE', code: begun.code });
	bo = machineOf(ofBo);
	await joinBy(first, bo);
	await own.decide(owner(ofBo), { by: 'SECOND_OWNER' });
	await completed(own);
});
afterAll(() => scene?.installation.close());

/** Cy agrees to what Ada proposed, and Ada completes it. */
async function completed(own: ProposalSteps) {
	const [asked] = await own.list();
	if (!asked) throw new Error('The proposal is not listed.');
	await new ProposalSteps(cy.firmseal.connection).agree(asked);
	await own.complete(asked);
}

it('an owner sets holders and a code at a terminal, while another owner agrees', async () => {
	const agreeing = new ProposalSteps(cy.firmseal.connection);
	expect(await bo.run('recovery-owners', '--threshold', '2', '--with-code')).toMatchObject({ code: 2 });
	const setting = bo.at('recovery-owners', '--threshold', '2', '--with-code', '--json');
	setting.type((await setting.sees(SHOWN))[1] as string);
	await setting.sees(/Keep this running/);
	const [asked] = await agreeing.list();
	if (!asked) throw new Error('The proposal is not listed.');
	await agreeing.agree(asked);
	const { code, stdout } = await setting.ended;
	expect(code).toBe(0);
	const own = { person: idOf(bo.person), recovery: ['CODE', 'OWNERS'] };
	expect(JSON.parse(stdout).result.state.people).toContainEqual(expect.objectContaining(own));
});

it('an owner whose device is lost comes back at a terminal, by the shares of two holders', async () => {
	const people = [bo, cy].map(({ person }) => idOf(person));
	const own = new ProposalSteps(first.firmseal.connection);
	const make = async () => (await first.vault.setRecovery({ code: false, owners: { holders: people, k: 2 } })).proposal;
	await own.decide(make, { by: 'SECOND_OWNER' });
	await completed(own);
	const found = machineOf(first.person);
	await found.run('create', '--device', 'new');
	expect(await found.run('recover', '--owners', '--yes')).toMatchObject({ code: 2 });
	const recovering = found.at('recover', '--owners', '--yes', '--json');
	await recovering.sees(/Share 1 of 2/);
	const releasing = bo.at('release-share', '--person', 'Ada', '--json');
	const codes = await Promise.all([recovering, releasing].map(async (each) => (await each.sees(CODE))[1]));
	expect(codes[0]).toBe(codes[1]);
	recovering.type('yes');
	releasing.type('yes');
	expect(await releasing.ended).toMatchObject({ code: 0 });

	await recovering.sees(/Share 2 of 2/);
	const { steps, id } = await answeredBy(cy, first.person);
	await recovering.sees(CODE);
	await steps.check(id);
	recovering.type('yes');
	await steps.release(id);
	const { code, stdout } = await recovering.ended;
	expect(code).toBe(0);
	expect(JSON.parse(stdout).result).toMatchObject({ device: { isActive: true }, isUnconfirmed: false });
});
