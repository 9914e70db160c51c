import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitToJoining, type DeviceKeys, encodeStatement } from '../../../src/custody/index.ts';
import { makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { idOf } from '../../support/claims.ts';
import { code } from '../people-of-north.ts';
import { base64Of, FirmDevices, newDevice } from './firm-devices.ts';

const FIELDS = 'request { id person commitment challenge genesis head reveal statement state }';
const REVEAL = new Uint8Array(32).fill(3);

let scene: Scene;
let firm: FirmDevices;
let old: DeviceKeys;
let owner: Person;
let bob: Person;
beforeAll(async () => {
	scene = await makeScene();
	firm = new FirmDevices(scene);
	owner = scene.north.owner;
	bob = scene.north.member;
	old = await newDevice();
	await firm.accepted(owner, await firm.beginning(owner, old));
	await firm.accepted(owner, await firm.member(old, idOf(bob)));
});
afterAll(() => scene?.installation.close());

const step = (by: Person, mutation: string, input: Record<string, unknown>) => {
	const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
	return scene.api.ask(by, `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${FIELDS} } }`, { input });
};
const commitmentOf = (person: Person, device: DeviceKeys) =>
	commitToJoining({ firm: firm.firm, person: idOf(person), device: device.id }, REVEAL);
const begin = async (by: Person, device: DeviceKeys) => {
	const { data } = await step(by, 'requestDevice', { commitment: await commitmentOf(by, device) });
	return data.requestDevice.request.id as string;
};
const answerOf = (id: string) => ({
	id,
	challenge: base64Of(new Uint8Array(32).fill(5)),
	genesis: firm.known.genesis,
	head: firm.known.head,
});
const revealOf = async (id: string, by: Person, device: DeviceKeys) => ({
	id,
	reveal: base64Of(REVEAL),
	statement: encodeStatement(await firm.statement(device, idOf(by))),
});
const seen = async (by: Person): Promise<{ id: string; state: string }[]> =>
	(await scene.api.ask(by, '{ deviceRequests { id state } }')).data.deviceRequests;

describe('a device that joins', () => {
	it('takes each step once, in their order', async () => {
		const device = await newDevice();
		const id = await begin(bob, device);
		const reveal = await revealOf(id, bob, device);
		expect(code(await step(bob, 'revealDevice', reveal))).toBe('CONFLICT');
		expect(code(await step(bob, 'endDevice', { id, reason: 'ADDED' }))).toBe('CONFLICT');
		const other = { ...answerOf(id), genesis: 'ab'.repeat(32) };
		expect(code(await step(owner, 'challengeDevice', other))).toBe('BAD_USER_INPUT');
		expect(code(await step(owner, 'challengeDevice', { ...answerOf(id), head: 'ab'.repeat(32) }))).toBe(
			'BAD_USER_INPUT',
		);
		const answers = await Promise.all([1, 2].map(() => step(owner, 'challengeDevice', answerOf(id))));
		expect(answers.map(code).sort()).toEqual(['CONFLICT', 'OK']);
		expect(code(await step(owner, 'revealDevice', reveal))).toBe('FORBIDDEN');
		const stranger = await newDevice();
		expect(code(await step(bob, 'revealDevice', await revealOf(id, bob, stranger)))).toBe('BAD_USER_INPUT');
		expect(code(await step(bob, 'revealDevice', { ...reveal, reveal: base64Of(new Uint8Array(32)) }))).toBe(
			'BAD_USER_INPUT',
		);
		const foreign = encodeStatement(await firm.statement(device, idOf(owner)));
		expect(code(await step(bob, 'revealDevice', { ...reveal, statement: foreign }))).toBe('BAD_USER_INPUT');
		const revealed = await step(bob, 'revealDevice', reveal);
		expect(revealed.data.revealDevice.request).toEqual({
			...answerOf(id),
			...reveal,
			person: idOf(bob),
			commitment: await commitmentOf(bob, device),
			state: 'REVEALED',
		});
		expect(code(await step(bob, 'revealDevice', reveal))).toBe('CONFLICT');
		expect(code(await step(owner, 'endDevice', { id, reason: 'ADDED' }))).toBe('BAD_USER_INPUT');
		await firm.accepted(owner, await firm.device(old, device, idOf(bob)));
		expect((await step(owner, 'endDevice', { id, reason: 'ADDED' })).data.endDevice.request.state).toBe('ADDED');
		expect(code(await step(owner, 'endDevice', { id, reason: 'REFUSED' }))).toBe('NOT_FOUND');
	});

	it('is seen and answered by its person and by owners', async () => {
		const ofOwner = await begin(owner, await newDevice());
		const ofBob = await begin(bob, await newDevice());
		expect((await seen(bob)).map(({ id }) => id)).toContain(ofBob);
		expect((await seen(bob)).map(({ id }) => id)).not.toContain(ofOwner);
		expect((await seen(owner)).map(({ id }) => id)).toEqual(expect.arrayContaining([ofOwner, ofBob]));
		const refused = await step(bob, 'challengeDevice', answerOf(ofOwner));
		expect(code(refused)).toBe('FORBIDDEN');
		expect((await scene.entriesOf(refused)).map(({ action, coordinates }) => [action, coordinates])).toEqual([
			['request.deny', ['Mutation.challengeDevice']],
		]);
		expect(code(await step(bob, 'endDevice', { id: ofOwner, reason: 'REFUSED' }))).toBe('FORBIDDEN');
		for (const [by, id] of [
			[bob, ofBob],
			[owner, ofOwner],
		] as const)
			expect((await step(by, 'endDevice', { id, reason: 'REFUSED' })).data.endDevice.request.state).toBe('REFUSED');
	});

	it('is not seen in another firm', async () => {
		const id = await begin(bob, await newDevice());
		const stranger = scene.harbour.owner;
		expect(await seen(stranger)).toEqual([]);
		expect(code(await step(stranger, 'endDevice', { id, reason: 'REFUSED' }))).toBe('NOT_FOUND');
		expect(code(await step(stranger, 'challengeDevice', answerOf(id)))).toBe('BAD_USER_INPUT');
		await step(bob, 'endDevice', { id, reason: 'REFUSED' });
	});

	it('has 15 minutes', async () => {
		const id = await begin(bob, await newDevice());
		await scene.admin`update device_requests set created_at = created_at - interval '15 minutes' where id = ${id}`;
		expect(code(await step(owner, 'challengeDevice', answerOf(id)))).toBe('NOT_FOUND');
		expect((await seen(bob)).map((each) => each.id)).not.toContain(id);
	});

	it('waits with at most four others of its person, and 29 others of the firm in a minute', async () => {
		await scene.admin`update device_requests set created_at = created_at - interval '1 hour'`;
		const commitment = 'ab'.repeat(32);
		const some = await Promise.all(Array.from({ length: 7 }, () => step(bob, 'requestDevice', { commitment })));
		expect(some.map(code).sort()).toEqual(['OK', 'OK', 'OK', 'OK', 'OK', 'RATE_LIMITED', 'RATE_LIMITED']);
		expect(code(await step(owner, 'requestDevice', { commitment }))).toBe('OK');
		await scene.admin`alter table device_requests disable trigger bound`;
		await scene.admin`insert into device_requests (firm_id, id, person, commitment)
			select ${firm.firm}, gen_random_uuid(), gen_random_uuid(), ${commitment} from generate_series(1, 24)`;
		await scene.admin`alter table device_requests enable always trigger bound`;
		expect(code(await step(owner, 'requestDevice', { commitment }))).toBe('RATE_LIMITED');
		expect(code(await step(scene.harbour.owner, 'requestDevice', { commitment }))).toBe('OK');
	});
});
