import { expect, it } from 'vitest';
import {
	entitledDevices,
	type KeyLog,
	type KeyLogBody,
	type KeyLogKind,
	makeStatement,
	parseWrap,
} from '../../../src/custody/index.ts';
import { FIRM, someDevice } from '../../custody/some.ts';
import { forgedEntry, refusal } from './attacker.ts';
import { ANNA, BERT, CARA, Device, join, NOTE, newRow, someFirm } from './firm.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE, values: { title: 'New' } });
const HASH = 'ab'.repeat(32);

it('no entry of any kind that a device of the service signed is believed', async () => {
	const { service, cara } = await someFirm();
	const log = service.log as KeyLog;
	const own = await someDevice();
	const place = { firm: FIRM, genesis: log.genesis, person: ANNA };
	const device = await makeStatement(own, 'DEVICE', place);
	const code = await makeStatement(await someDevice(), 'RECOVERY', place);
	const records = [{ class: 'NOTE', row: NOTE, table: 'notes' }];
	const known = [...log.devices.keys()];
	const bodies: { readonly [K in KeyLogKind]: KeyLogBody<K> } = {
		'custody.set': { class: 'NOTE', custody: 'BACK' },
		'device.add': { device, person: ANNA },
		'device.revoke': { devices: known.slice(0, 1) },
		'firm.begin': { device, installation: INSTALLATION, name: HASH, person: ANNA },
		'key.generate': { class: 'NOTE', commitment: btoa('\0'.repeat(32)), version: 2 },
		'key.retire': { class: 'NOTE', version: 1 },
		'lease.grant': { device: HASH, hash: HASH, lease: NOTE, records },
		'member.add': { name: HASH, person: NOTE },
		'member.name': { name: HASH, person: BERT },
		'member.remove': { person: CARA },
		'member.role': { devices: known.slice(-1), person: CARA, role: 'OWNER' },
		notice: { body: { person: BERT }, kind: 'member.remove' },
		'recovery.set': { person: ANNA, ways: [{ device: code, way: 'CODE' }] },
		'release.trust': { manifests: [HASH] },
		'roles.classes': { MEMBER: ['BILLING', 'COMMUNICATION', 'NOTE'] },
		'share.begin': { head: HASH, log: NOTE, records, seq: 0 },
		'share.end': { records, share: NOTE },
		'witness.policy': { policy: 'no witness' },
	};
	const reader = await cara();
	const before = (await reader.vault.state()).log?.head;
	for (const [kind, body] of Object.entries(bodies)) {
		const lying = service.copy();
		lying.entries.push(await forgedEntry(log, own, kind as KeyLogKind, body));
		expect([kind, await refusal(reader.vault.extend(await lying.served()))]).toEqual([
			kind,
			expect.stringMatching(/^log-refused/),
		]);
		expect((await reader.vault.state()).log?.head).toBe(before);
		expect(await refusal(reader.vault.seal([NEW_NOTE]))).toBe('not-fresh');
	}
});

it('a key log that the service begins once more for the same firm is refused', async () => {
	const { service, time, cara } = await someFirm();
	const own = await Device.make('own', ANNA, time);
	const other = new InMemoryApi(time, service.key);
	await own.send(other, await own.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const reader = await cara();
	for (const [from, why] of [
		[0, 'log-forked'],
		[1, 'another number of entries'],
	] as const)
		expect(await refusal(reader.vault.extend(await other.served(from)))).toContain(why);
	expect(await refusal(reader.vault.seal([NEW_NOTE]))).toBe('not-fresh');
	const [opened] = await reader.read(service.record(NOTE));
	expect(opened?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
});

it('two devices that the service keeps apart show two safety numbers, and never believe the log of the other again', async () => {
	const { service, anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const apart = service.copy();
	await first.send(service, await first.vault.removeMember({ person: CARA }));
	await second.send(apart, await second.vault.addMember({ person: NOTE, name: 'Dora' }));
	const { number } = await first.vault.safetyNumber({ person: BERT });
	expect((await second.vault.safetyNumber({ person: ANNA })).number).not.toBe(number);
	expect(await refusal(second.vault.extend(await service.served()))).toBe('log-forked');
	expect(await refusal(first.vault.extend(await apart.served()))).toBe('log-forked');
});

it('a new key is wrapped for the devices of the log only, whatever recipients the service has wraps for', async () => {
	const { service, anna } = await someFirm();
	const owner = await anna();
	const stranger = await someDevice();
	const [known = ''] = service.wraps;
	await owner.vault.addWraps([known.replace(parseWrap(known).recipient, stranger.id)]);
	const { wraps } = await owner.vault.generateKey({ class: 'NOTE', above: 0 });
	const recipients = wraps.map((wrap) => parseWrap(wrap).recipient);
	const entitled = entitledDevices(service.log as KeyLog, 'NOTE').map(({ id }) => id);
	expect(new Set(recipients)).toEqual(new Set(entitled));
});

it('the messages of a joining that the service recorded add no second device', async () => {
	const { service, anna } = await someFirm();
	const owner = await anna();
	const first = await Device.make('first', ANNA, service.time);
	const { commitment } = await first.vault.joinCommit();
	const challenge = await owner.vault.answerJoin({ person: ANNA, commitment });
	const { code, ...revealed } = await first.vault.joinChallenge(challenge);
	await owner.vault.checkJoin(revealed);
	await owner.send(service, await owner.vault.approveJoin());
	// The old device draws another challenge, so its screen shows another code.
	const again = await owner.vault.answerJoin({ person: ANNA, commitment });
	expect(again.challenge).not.toBe(challenge.challenge);
	expect((await owner.vault.checkJoin(revealed)).code).not.toBe(code);
	await owner.vault.refuseJoin();
	const other = await Device.make('other', ANNA, service.time);
	await other.vault.joinCommit();
	const seen = await other.vault.joinChallenge(challenge);
	expect(seen.code).not.toBe(code);
	expect(await refusal(owner.vault.checkJoin(seen))).not.toBe('done');
});

it('a device that joined unseen changes the safety number that others compare', async () => {
	const { service, anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const before = (await second.vault.safetyNumber({ person: ANNA })).number;
	const phone = await Device.make('phone', ANNA, service.time);
	await join(service, first, phone);
	await second.sync(service);
	const after = (await second.vault.safetyNumber({ person: ANNA })).number;
	expect(after).not.toBe(before);
	expect((await first.vault.safetyNumber({ person: BERT })).number).toBe(after);
});
