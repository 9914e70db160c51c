import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProposalSteps } from '../../../src/client/connection/index.ts';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { beginCustody, type DeviceOfPerson } from '../../clients/vault-client.ts';
import { idOf } from '../../support/claims.ts';
import { joinBy, type Machine, machines } from './people.ts';

/** Milliseconds. Each decision waits until the service has signed the one before. */
const LONGEST = 240_000;
const SECOND = { by: 'SECOND_OWNER' } as const;

let scene: Scene;
const machineOf = machines(() => scene);
/** The device of Ada, in memory. */
let ada: DeviceOfPerson;
/** That of Bo, the other owner, on the command line. */
let bo: Machine;
beforeAll(async () => {
	scene = await makeScene();
	const begun = await beginCustody(scene, ['NOTE']);
	ada = begun;
	const { id, person } = await scene.installation.addMember(scene.north.owner, {
		email: 'bo@north.example',
		role: 'OWNER',
	});
	const { connection } = ada.firmseal;
	await connection.append(() => ada.vault.addMember({ person: id, name: 'Bo' }));
	bo = machineOf(person);
	await joinBy(ada, bo);
	const owner = (vault: VaultOperations) => vault.propose({ what: 'ROLE', person: id, role: 'OWNER' });
	await stepsOfAda().decide(owner, { by: 'CODE', code: begun.code });
}, LONGEST);
afterAll(() => scene?.installation.close());

const stepsOfAda = () => new ProposalSteps(ada.firmseal.connection);
const back = (vault: VaultOperations) => vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'BACK' });
const only = async () => {
	const [open] = await stepsOfAda().list();
	if (!open) throw new Error('Nothing is listed.');
	return open;
};
/** The service shows another decision under the same id. */
const exchange = (kind: string, body: object) =>
	scene.admin`update owner_proposals set kind = ${kind}, body = ${JSON.stringify(body)} where not is_ended`;
const agreements = async () =>
	(await scene.admin`select agreement from owner_proposals where not is_ended`).map(({ agreement }) => agreement);

it(
	'a decision that the service exchanges after --dry-run is refused, and no signature leaves',
	async () => {
		await stepsOfAda().decide(back, SECOND);
		const { result } = await bo.run('agree', '--dry-run');
		expect(result).toMatchObject({ kind: 'custody.set', dryRun: true });
		await exchange('member.role', { person: idOf(bo.person), role: 'MEMBER' });
		const refused = await bo.run('agree', '--hash', result.requestHash);
		expect(refused).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
		expect(await agreements()).toEqual([null]);
		await exchange(result.kind, result.body);
		expect(await bo.run('agree', '--hash', result.requestHash)).toMatchObject({ code: 0 });
		await stepsOfAda().end(await only());
	},
	LONGEST,
);

it(
	'a decision that the service shows as the own one is not completed, though another owner agreed to it',
	async () => {
		expect(await bo.run('propose', '--custody', 'BACK', '--class', 'NOTE')).toMatchObject({ code: 0 });
		await exchange('key.retire', { class: 'NOTE', version: 1 });
		await stepsOfAda().agree(await only());
		const { result } = await bo.run('complete', '--dry-run');
		const refused = await bo.run('complete', '--hash', result.requestHash);
		expect(refused).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
		expect(refused.error.message).toContain('was not proposed on this device');
		await stepsOfAda().end(await only());
	},
	LONGEST,
);

it(
	'who agreed is told how long it holds, and takes it back by an entry of their own: a name',
	async () => {
		await stepsOfAda().decide(back, SECOND);
		const reading = bo.at('agree', '--json');
		const [, hash = ''] = await reading.sees(
			/holds +│ until this device makes another entry[\s\S]*device rename[\s\S]*│ ([0-9a-f]{64})[\s\S]*its hash: /,
		);
		reading.type(hash.slice(0, 8));
		expect(await reading.ended).toMatchObject({ code: 0 });
		const planned = await bo.run('rename', '--name', 'Bo C.', '--dry-run');
		expect(planned).toMatchObject({ code: 0, result: { dryRun: true, person: idOf(bo.person), before: 'Bo' } });
		const renamed = await bo.run('rename', '--name', 'Bo C.');
		expect(renamed).toMatchObject({ code: 0, result: { name: 'Bo C.', state: { people: [{}, { name: 'Bo C.' }] } } });
		await expect(stepsOfAda().complete(await only())).rejects.toThrow('agreement');
		expect(await bo.run('rename', '--person', 'Ada', '--name', 'Ada B.')).toMatchObject({ code: 0 });
		expect(await bo.run('rename', '--person', 'Ada', '--name', 'x')).toMatchObject({ error: { code: 'NOT_FOUND' } });
		expect(await bo.run('rename', '--name', ' ')).toMatchObject({ code: 2 });
	},
	LONGEST,
);
