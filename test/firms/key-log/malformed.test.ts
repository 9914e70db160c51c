import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceKeys } from '../../../src/custody/index.ts';
import { storedRows } from '../../attacks/bad-input/stored-rows.ts';
import { makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { idOf } from '../../support/claims.ts';
import { code } from '../people-of-north.ts';
import { base64Of, FirmDevices, newDevice, type Sent } from './firm-devices.ts';

let scene: Scene;
let firm: FirmDevices;
let owner: Person;
let device: DeviceKeys;
beforeAll(async () => {
	scene = await makeScene();
	firm = new FirmDevices(scene);
	owner = scene.north.owner;
	device = await newDevice();
	await firm.accepted(owner, await firm.beginning(owner, device));
});
afterAll(() => scene?.installation.close());

const HASH = 'ab'.repeat(32);
const RANDOM = `${'A'.repeat(43)}=`;
const BAD = { 'a number': 5, 'an object': { a: 1 }, null: null };
const BAD_HASHES = { ...BAD, empty: '', short: HASH.slice(1), long: `${HASH}a`, 'upper case': HASH.toUpperCase() };
const BAD_RANDOM = {
	...BAD,
	empty: '',
	short: RANDOM.slice(4),
	unpadded: RANDOM.slice(0, 43),
	'loose bits': `${'A'.repeat(42)}B=`,
};
const BAD_IDS = { ...BAD, empty: '', 'no id': 'x', 'version 4': '0190a3c4-0000-4000-8000-000000000001' };
const LONG = 'a'.repeat(2_049);

/** Bad values for each field of an input whose other fields are of the right form. */
const INPUTS: Readonly<
	Record<string, readonly [good: Record<string, unknown>, bad: Record<string, Record<string, unknown>>]>
> = {
	appendKeyLog: [
		{ entries: ['{}'] },
		{
			entries: {
				...BAD,
				'a list of null': [null],
				'too many': Array.from({ length: 17 }, () => '{}'),
				'too long': ['a'.repeat(65_537)],
				'no JSON': ['{'],
				'a nested list': [`${'['.repeat(30_000)}${']'.repeat(30_000)}`],
			},
			wraps: { 'a number': 5, 'too many': Array.from({ length: 2_001 }, () => '{}'), 'too long': [LONG] },
			names: {
				'another id': [{ person: 'x', salt: `${'A'.repeat(22)}==`, name: 'Ada' }],
				'a short salt': [{ person: uuidv7(), salt: 'AAAA', name: 'Ada' }],
				'a hidden character': [{ person: uuidv7(), salt: `${'A'.repeat(22)}==`, name: 'A\u202eda' }],
				'a long name': [{ person: uuidv7(), salt: `${'A'.repeat(22)}==`, name: 'a'.repeat(201) }],
				'too many': Array.from({ length: 17 }, () => ({ person: uuidv7(), salt: `${'A'.repeat(22)}==`, name: 'a' })),
			},
			shares: {
				'no device': [{ device: 'x', recipient: HASH, share: 'AAAA' }],
				'no recipient': [{ device: HASH, recipient: HASH.slice(1), share: 'AAAA' }],
				'no base64': [{ device: HASH, recipient: HASH, share: 'ä' }],
				'too long': [{ device: HASH, recipient: HASH, share: LONG }],
			},
		},
	],
	addKeyWraps: [
		{ wraps: ['{}'] },
		{ wraps: { ...BAD, 'too many': Array.from({ length: 1_001 }, () => '{}'), 'too long': [LONG], 'no JSON': ['{'] } },
	],
	challengeDevice: [
		{ id: uuidv7(), challenge: RANDOM, genesis: HASH, head: HASH },
		{ id: BAD_IDS, challenge: BAD_RANDOM, genesis: BAD_HASHES, head: BAD_HASHES },
	],
	revealDevice: [
		{ id: uuidv7(), reveal: RANDOM, statement: '{}' },
		{ id: BAD_IDS, reveal: BAD_RANDOM, statement: { ...BAD, 'too long': LONG } },
	],
	endDevice: [
		{ id: uuidv7(), reason: 'REFUSED' },
		{ id: BAD_IDS, reason: { ...BAD, 'another reason': 'LOST' } },
	],
	releaseShare: [
		{ id: uuidv7(), releasedBy: HASH, share: 'AAAA' },
		{ id: BAD_IDS, releasedBy: BAD_HASHES, share: { ...BAD, 'no base64': 'ä', 'too long': LONG } },
	],
	proposeToOwners: [
		{ kind: 'key.retire', body: '{"class":"NOTE","version":1}' },
		{
			kind: { ...BAD, 'an entry of one owner': 'member.add', 'no kind': 'x.y' },
			body: {
				...BAD,
				'too long': `${'x'.repeat(8_193)}`,
				'other keys': '{"class":"NOTE"}',
				'not canonical': '{"version":1,"class":"NOTE"}',
			},
		},
	],
	agreeToProposal: [
		{ id: uuidv7(), agreement: '{}' },
		{ id: BAD_IDS, agreement: { ...BAD, 'too long': LONG } },
	],
	endProposal: [{ id: uuidv7() }, { id: BAD_IDS }],
};

it.each(Object.entries(INPUTS))(
	'%s refuses each malformed value, stores nothing and repeats nothing',
	async (mutation, [good, bad]) => {
		const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
		const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
		// Signed by the worker in its own time.
		const { key_log_checkpoints: _before, ...before } = await storedRows(scene.admin);
		const wrong: string[] = [];
		for (const [field, values] of Object.entries(bad))
			for (const [what, value] of Object.entries(values)) {
				const answer = await scene.api.ask(owner, document, { input: { ...good, [field]: value } });
				if (code(answer) !== 'BAD_USER_INPUT' || answer.text.includes(LONG.slice(0, 20)))
					wrong.push(`${field}: ${what}`);
			}
		expect(wrong).toEqual([]);
		const { key_log_checkpoints: _after, ...after } = await storedRows(scene.admin);
		expect(after).toEqual(before);
	},
);

it('an entry is refused with characters that the log does not store', async () => {
	for (const policy of ['Zeugen für alle', 'nothing\u0000']) {
		const sent = await firm.entry(device, 'witness.policy', { policy });
		expect(code(await firm.send(owner, sent))).toBe('BAD_USER_INPUT');
	}
});

describe('shares of a recovery key', () => {
	it('are stored for devices of the holders only, and shown with the device', async () => {
		const [recovery, code1, ...theirs] = await Promise.all([newDevice(), newDevice(), newDevice(), newDevice()]);
		await firm.accepted(owner, await firm.code(device, idOf(owner), code1));
		const holders: { person: Person; id: string; device: DeviceKeys }[] = [];
		for (const [at, its] of theirs.entries()) {
			const { id, person } = await scene.installation.addMember(owner, {
				email: `holder${at}@north.example`,
				role: 'OWNER',
			});
			await firm.accepted(owner, await firm.member(device, id));
			await firm.accepted(owner, await firm.device(device, its, id));
			const agreedBy = holders[0]?.device ?? code1;
			const body = { devices: [its.id], person: id, role: 'OWNER' as const };
			await firm.accepted(owner, await firm.entry(device, 'member.role', body, agreedBy));
			holders.push({ person, id, device: its });
		}
		const [first, second] = holders as [(typeof holders)[0], (typeof holders)[0]];
		const statement = await firm.statement(recovery, idOf(owner), 'RECOVERY');
		const way = { device: statement, holders: [first.id, second.id].sort(), k: 2, way: 'OWNERS' as const };
		const set = await firm.entry(device, 'recovery.set', { person: idOf(owner), ways: [way] }, first.device);
		const sealed = holders.map((holder, at) => ({
			device: recovery.id,
			recipient: holder.device.id,
			share: base64Of(new Uint8Array(113).fill(at)),
		}));
		const wrong = (change: Record<string, string>): Sent => ({
			...set,
			shares: sealed.map((share) => ({ ...share, ...change })),
		});
		expect(code(await firm.send(owner, wrong({ device: code1.id })))).toBe('BAD_USER_INPUT');
		expect(code(await firm.send(owner, wrong({ recipient: device.id })))).toBe('BAD_USER_INPUT');
		await firm.accepted(owner, { ...set, shares: sealed });
		const shown = async () =>
			(
				await scene.api.ask(
					first.person,
					`{ recoveryShares(recipient: "${first.device.id}") { person device recipient share } }`,
				)
			).data.recoveryShares;
		expect(await shown()).toEqual([{ person: idOf(owner), ...sealed[0] }]);
		// Of recovery keys that were replaced: more than an answer has, and before the present one in any order.
		await scene.admin`insert into recovery_shares (firm_id, person, device, recipient, share)
			select ${firm.firm}, person, repeat(digit, 61) || to_char(at, 'FM000'), ${first.device.id}, 'AAAA'
			from generate_series(100, 250) at, unnest('{0,f}'::text[]) digit, unnest(${[idOf(owner), '00000000-0000-7000-8000-000000000000']}::uuid[]) person`;
		expect(await shown()).toEqual([{ person: idOf(owner), ...sealed[0] }]);
		const replaced = await firm.entry(device, 'recovery.set', { person: idOf(owner), ways: [] }, first.device);
		await firm.accepted(owner, replaced);
		expect(await shown()).toEqual([]);
	});
});
