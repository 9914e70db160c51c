import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { CreateNoteDocument } from '../../clients/operations.generated.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson, joinThrough } from '../../clients/vault-client.ts';
import { idOf } from '../../support/claims.ts';
import { ended } from '../stage.ts';
import { requestAndApprove, rowsOf, twoApprovers } from './scene.ts';

const NAME = 'Bo Canary';
/** What only people and their devices need, beside the entries that stay. */
const BESIDE = ['custody_wraps', 'device_requests', 'key_log_names'];

let scene: Scene;
let owner: DeviceOfPerson;
let erase: ReturnType<typeof requestAndApprove>;
let ids: readonly [string, string];
beforeAll(async () => {
	scene = await makeScene();
	await scene.installation.startWorker({}, { propagationSeconds: 0 });
	owner = await beginCustody(scene, ['NOTE']);
	const { vault, firmseal } = owner;
	await firmseal.connection.append(() => vault.addMember({ person: idOf(scene.north.member), name: NAME }));
	await joinThrough(scene, owner, scene.north.member);
	ids = [uuidv7(), uuidv7()];
	for (const id of ids) {
		const input = { id, title: 'Canary', body: 'of a device' };
		await clientOfDevice(scene, owner).mutate({ mutation: CreateNoteDocument, variables: { input } });
	}
	erase = requestAndApprove(scene.installation, (await twoApprovers(scene.installation)).ids);
});
afterAll(() => scene?.installation.close());

const done = async (job: string) =>
	expect(await ended(scene.installation, job)).toMatchObject({ state: 'DONE', trouble: null });
const notes = async () =>
	(await scene.admin`select id from notes where firm_id = ${scene.north.id}`).map(({ id }) => id);

it('an erased record that devices sealed is gone with its stamp, and the next one is not', async () => {
	const [gone, kept] = ids;
	await done(await erase(scene.north.id, `Note.${gone}`));
	expect(await notes()).toEqual([kept]);
	const { data } = await scene.api.ask(
		scene.north.owner,
		`{ gone: note(id: "${gone}") { id } kept: note(id: "${kept}") { sealedFields { envelope } } }`,
	);
	expect(data).toMatchObject({ gone: null, kept: { sealedFields: [{}, {}] } });
});

it('an erased firm leaves of its key log what names no one: names, wraps and requests to join are gone', async () => {
	const { installation, north } = scene;
	const before = await rowsOf(installation, north.id);
	for (const table of BESIDE) expect([table, before[table]]).not.toEqual([table, undefined]);
	await done(await erase(north.id, null));
	const after = await rowsOf(installation, north.id);
	for (const table of [...BESIDE, 'recovery_shares', 'notes'])
		expect([table, after[table]]).toEqual([table, undefined]);
	expect(after.key_log_entries).toBe(before.key_log_entries);
	const left = await scene.admin`select leaf from key_log_entries where firm_id = ${north.id}`;
	for (const { leaf } of left) for (const name of ['"Ada"', NAME]) expect(leaf).not.toContain(name);
});
