import { expect, it } from 'vitest';
import { commitToJoining, joiningBytes, type KeyLog, makeStatement } from '../../../src/custody/index.ts';
import { FIRM, OTHER_FIRM, someDevice, toBase64 } from '../../custody/some.ts';
import { forgedEntry, refusal, stolenKeys } from './attacker.ts';
import { ANNA, BERT, Device, join, NOTE, someFirm } from './firm.ts';
import { InMemoryApi } from './in-memory-api.ts';

/** Anna's old device, and a new one that begins to join. */
async function twoDevices() {
	const firm = await someFirm();
	const old = await firm.anna();
	const joining = await Device.make('laptop', ANNA, firm.time);
	const { commitment, device } = await joining.vault.joinCommit();
	return { ...firm, old, joining, commitment, device };
}

it('a second device joins by one code on both screens, and opens what the first one opens', async () => {
	const { service, anna } = await someFirm();
	const joining = await Device.make('laptop', ANNA, service.time);
	await join(service, await anna(), joining);
	expect((await joining.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	const state = await joining.vault.state();
	expect(state.device.isActive).toBe(true);
	await joining.vault.lock();
	await joining.unlock();
	await joining.sync(service);
	expect((await joining.vault.state()).log?.genesis).toBe(service.log?.genesis);
});

it('the old device refuses another device than the one that committed itself', async () => {
	const { old, joining, commitment, service } = await twoDevices();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const honest = await joining.vault.joinChallenge(challenge);
	const attacker = await someDevice();
	const statement = await makeStatement(attacker, 'DEVICE', { firm: FIRM, genesis: challenge.genesis, person: ANNA });
	expect(await refusal(old.vault.checkJoin({ reveal: honest.reveal, statement }))).toBe('joining-input');
	expect(await refusal(old.vault.approveJoin())).toBe('joining-order');
	expect(service.entries).toHaveLength((service.log as KeyLog).size);
});

it('the old device refuses other random bytes, another kind, person, firm or log, and an exchange key of small order', async () => {
	const { old } = await twoDevices();
	const attacker = await someDevice();
	const reveal = joiningBytes();
	const commitment = await commitToJoining({ firm: FIRM, person: ANNA, device: attacker.id }, reveal);
	const { genesis } = await old.vault.answerJoin({ person: ANNA, commitment });
	const place = { firm: FIRM, genesis, person: ANNA };
	const weak = { ...attacker, publicKeys: { ...attacker.publicKeys, exchange: new Uint8Array(32) } };
	const good = await makeStatement(attacker, 'DEVICE', place);
	const lies = [
		{ reveal: toBase64(joiningBytes()), statement: good },
		{ reveal: toBase64(new Uint8Array(31)), statement: good },
		{ reveal: '', statement: good },
		{ reveal: toBase64(reveal), statement: await makeStatement(attacker, 'RECOVERY', place) },
		{ reveal: toBase64(reveal), statement: await makeStatement(attacker, 'DEVICE', { ...place, person: BERT }) },
		{ reveal: toBase64(reveal), statement: await makeStatement(attacker, 'DEVICE', { ...place, firm: NOTE }) },
		{
			reveal: toBase64(reveal),
			statement: await makeStatement(attacker, 'DEVICE', { ...place, genesis: '0'.repeat(64) }),
		},
		{ reveal: toBase64(reveal), statement: await makeStatement(weak, 'DEVICE', place) },
	];
	for (const lie of lies) {
		await old.vault.answerJoin({ person: ANNA, commitment });
		expect(await refusal(old.vault.checkJoin(lie))).not.toBe('done');
		expect(await refusal(old.vault.approveJoin())).toBe('joining-order');
		// One attempt for each challenge.
		expect(await refusal(old.vault.checkJoin({ reveal: toBase64(reveal), statement: good }))).toBe('joining-order');
	}
	await old.vault.answerJoin({ person: ANNA, commitment });
	expect(await refusal(old.vault.checkJoin({ reveal: toBase64(reveal), statement: good }))).toBe('done');
});

it('the screens show two codes if the service exchanges the log, the challenge or the new device', async () => {
	const { old, joining, commitment } = await twoDevices();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const revealed = await joining.vault.joinChallenge({ ...challenge, challenge: toBase64(joiningBytes()) });
	const checked = await old.vault.checkJoin(revealed);
	expect(checked.code).not.toBe(revealed.code);
	expect(checked.name).toBe('Anna Berger');
});

it('a new device reveals nothing before it has a challenge, and takes no second one', async () => {
	const { service, old, commitment } = await twoDevices();
	const joining = await Device.make('tablet', ANNA, service.time);
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	expect(await refusal(joining.vault.joinChallenge(challenge))).toBe('joining-order');
	await joining.vault.joinCommit();
	expect(await refusal(joining.vault.joinChallenge({ ...challenge, head: '' }))).toBe('joining-input');
	expect(await refusal(joining.vault.joinChallenge(challenge))).toBe('done');
	const other = { ...challenge, genesis: 'ab'.repeat(32) };
	expect(await refusal(joining.vault.joinChallenge(other))).toBe('joining-order');
	expect(await refusal(joining.vault.joinChallenge(challenge))).toBe('joining-order');
});

it('a new device believes only the log that was compared, and only with itself in it', async () => {
	const { service, old, joining, commitment } = await twoDevices();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const { code, ...revealed } = await joining.vault.joinChallenge(challenge);
	expect((await old.vault.checkJoin(revealed)).code).toBe(code);
	const served = await service.served();
	expect(await refusal(joining.vault.extend(served))).toBe('no-log');
	expect(await refusal(joining.vault.joinFinish(served))).toBe('joining-order');
	await joining.vault.joinCompared({ isSameCode: true });
	expect(await refusal(joining.vault.joinFinish(served))).toBe('log-unjoined');
	const lying = new InMemoryApi(service.time, service.key);
	const eve = await Device.make('eve', NOTE, service.time);
	await eve.send(lying, await eve.vault.beginFirm({ installation: 'vault.example', name: 'Anna Berger' }));
	expect(await refusal(joining.vault.joinFinish(await lying.served()))).toBe('log-unjoined');
	const before = service.copy();
	await before.show(service.entries.slice(0, 4));
	expect(await refusal(joining.vault.joinFinish(await before.served()))).toBe('log-unjoined');
	await old.send(service, await old.vault.approveJoin());
	expect(await refusal(joining.vault.joinFinish(await service.served()))).toBe('done');
});

it('a new device refuses another history of the firm, though its genesis is the same and an owner added the device there', async () => {
	const { service, old, joining, commitment } = await twoDevices();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const { statement } = await joining.vault.joinChallenge(challenge);
	const fork = service.copy();
	await fork.show(service.entries.slice(0, -3));
	const body = { device: statement, person: ANNA };
	fork.entries.push(await forgedEntry(fork.log as KeyLog, await stolenKeys(old), 'device.add', body));
	await joining.vault.joinCompared({ isSameCode: true });
	expect(await refusal(joining.vault.joinFinish(await fork.served()))).toBe('log-unjoined');
	expect((await joining.vault.state()).log).toBeNull();
});

it('a device of one firm refuses the log of another', async () => {
	const { service, time } = await someFirm();
	const device = await Device.make('other', ANNA, time, OTHER_FIRM);
	expect(await refusal(device.vault.extend(await service.served()))).toBe('log-other');
});

it('a new device joins nothing once its person found two codes', async () => {
	const { service, old, joining, commitment } = await twoDevices();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const lie = { ...challenge, genesis: 'ab'.repeat(32) };
	await joining.vault.joinChallenge(lie);
	expect(await refusal(joining.vault.joinCompared({ isSameCode: false }))).toBe('joining-code');
	expect(await refusal(joining.vault.joinFinish(await service.served()))).toBe('joining-order');
});

it('a joining that another entry came before is approved again without another comparison', async () => {
	const { service, old, bert, joining, commitment } = await twoDevices();
	const second = await bert();
	const challenge = await old.vault.answerJoin({ person: ANNA, commitment });
	const { code: _, ...revealed } = await joining.vault.joinChallenge(challenge);
	await old.vault.checkJoin(revealed);
	const late = await old.vault.approveJoin();
	await second.send(service, await second.vault.renameMember({ person: BERT, name: 'Bert C.' }));
	await expect(service.append(late)).rejects.toMatchObject({ code: 'CONFLICT' });
	await old.sync(service);
	await old.send(service, await old.vault.approveJoin());
	await joining.vault.joinCompared({ isSameCode: true });
	expect(await refusal(joining.vault.joinFinish(await service.served()))).toBe('done');
	expect(await refusal(old.vault.approveJoin())).toContain('has had before');
	await old.vault.refuseJoin();
	expect(await refusal(old.vault.approveJoin())).toBe('joining-order');
});

it('a joining survives a restart of the new device once its code was shown', async () => {
	const { service, old, joining, commitment } = await twoDevices();
	const { code: _, ...revealed } = await joining.vault.joinChallenge(
		await old.vault.answerJoin({ person: ANNA, commitment }),
	);
	await old.vault.checkJoin(revealed);
	await joining.vault.lock();
	await joining.unlock();
	await old.send(service, await old.vault.approveJoin());
	await joining.vault.joinCompared({ isSameCode: true });
	expect(await refusal(joining.vault.joinFinish(await service.served()))).toBe('done');
});

it('an owner adds no device to another owner, and no one to someone who is not in the firm', async () => {
	const { service, anna } = await someFirm();
	const old = await anna();
	const joining = await Device.make('stranger', BERT, service.time);
	expect(await refusal(join(service, old, joining))).toContain('only a device of the same person signs');
	const { commitment } = await joining.vault.joinCommit();
	expect(await refusal(old.vault.answerJoin({ person: NOTE, commitment }))).toBe('person-unknown');
	expect(await refusal(old.vault.answerJoin({ person: ANNA, commitment: 'x' }))).toBe('joining-input');
});

it('a device that knows its firm neither joins, recovers nor begins another', async () => {
	const { service, anna, codes } = await someFirm();
	const { vault } = await anna();
	expect(await refusal(vault.joinCommit())).toBe('log-known');
	expect(await refusal(vault.beginFirm({ installation: 'vault.example', name: 'x' }))).toBe('log-known');
	const log = await service.served();
	expect(await refusal(vault.recover({ code: codes.anna, log, wraps: [] }))).toBe('log-known');
});

it('the safety number is the same on both sides, and changes with people and devices', async () => {
	const { service, anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const one = await first.vault.safetyNumber({ person: BERT });
	const other = await second.vault.safetyNumber({ person: ANNA });
	expect(one.number).toBe(other.number);
	expect(one).toMatchObject({ comparedAt: null, isCompared: false });
	await first.vault.markCompared({ person: BERT, number: one.number });
	expect(await refusal(first.vault.markCompared({ person: BERT, number: '' }))).toBe('number-other');
	await first.vault.lock();
	await first.unlock();
	await first.sync(service);
	const now = service.time.now();
	expect(await first.vault.safetyNumber({ person: BERT })).toMatchObject({ comparedAt: now, isCompared: true });
	await first.send(service, await first.vault.generateKey({ class: 'NOTE', above: 0 }));
	expect(await first.vault.safetyNumber({ person: BERT })).toMatchObject({ number: one.number, isCompared: true });
	await first.send(service, await first.vault.renameMember({ person: BERT, name: 'Bert C. Conrad' }));
	expect(await first.vault.safetyNumber({ person: BERT })).toMatchObject({ comparedAt: now, isCompared: false });
	expect(await refusal(first.vault.safetyNumber({ person: NOTE }))).toBe('person-unknown');
	const entry = await forgedEntry(service.log as KeyLog, await stolenKeys(first), 'member.add', {
		name: 'ab'.repeat(32),
		person: NOTE,
	});
	await second.sync(service);
	const before = await second.vault.safetyNumber({ person: ANNA });
	await service.append({ entries: [entry], wraps: [], names: [], shares: [] });
	await second.sync(service);
	expect((await second.vault.safetyNumber({ person: ANNA })).number).not.toBe(before.number);
});
