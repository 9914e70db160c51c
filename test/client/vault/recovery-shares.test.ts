import { expect, it } from 'vitest';
import { type DeviceKeys, type KeyLog, sealShare } from '../../../src/custody/index.ts';
import { FIRM, toBase64 } from '../../custody/some.ts';
import { answers, refusal, stolenKeys } from './attacker.ts';
import { ANNA, BERT, CARA, Device, decide, join, NOTE, someFirm } from './firm.ts';
import { forRecovery, gather, heldBy, heldFirm, meet, type Released } from './holders.ts';

it('shares recover nothing in a log whose code was not compared', async () => {
	const { service, time } = await someFirm();
	const device = await Device.make('new', ANNA, time);
	const attempt = device.vault.combineShares({ shares: [], ...(await forRecovery(service)) });
	expect(await refusal(attempt)).toBe('uncompared');
});

it('shares recover nothing before the person has said of each holder that the codes are the same', async () => {
	const { service, time, holders } = await heldFirm();
	const [bert, cara] = holders as [Device, Device];
	const device = await Device.make('new', ANNA, time);
	const served = await forRecovery(service);
	await meet(device, bert);
	const one = await bert.vault.releaseShare(await heldBy(service, bert));
	expect(await refusal(device.vault.combineShares({ shares: [one, one], ...served }))).toBe('uncompared');
	await device.vault.joinCompared({ isSameCode: true });
	expect(await refusal(device.vault.joinCompared({ isSameCode: true }))).toBe('joining-order');
	await meet(device, cara);
	const two = await cara.vault.releaseShare(await heldBy(service, cara));
	const attempt = () => device.vault.combineShares({ shares: [one, two], ...served });
	expect(await refusal(attempt())).toBe('uncompared');
	await device.vault.lock();
	await device.unlock();
	await device.vault.joinCompared({ isSameCode: true });
	await device.send(service, (await attempt()).changes);
	expect(await answers(device, service.record(NOTE))).toEqual([{ value: 'Plan' }, { value: 'First draft' }]);
});

it('two codes that differ void every comparison before, and the person compares again with each holder', async () => {
	const { service, time, holders } = await heldFirm();
	const [bert, cara] = holders as [Device, Device];
	const device = await Device.make('new', ANNA, time);
	const served = await forRecovery(service);
	const shares = [await gather(service, device, bert), await gather(service, device, cara)];
	const { commitment } = await device.vault.joinCommit();
	const challenge = await bert.vault.answerJoin({ person: ANNA, commitment });
	await device.vault.joinChallenge({ ...challenge, head: 'ab'.repeat(32) });
	expect(await refusal(device.vault.joinCompared({ isSameCode: false }))).toBe('joining-code');
	expect(await refusal(device.vault.combineShares({ shares, ...served }))).toBe('uncompared');
	await gather(service, device, bert);
	expect(await refusal(device.vault.combineShares({ shares, ...served }))).toBe('uncompared');
	await gather(service, device, cara);
	expect(await refusal(device.vault.combineShares({ shares, ...served }))).toBe('done');
});

it('shares recover nothing in a log without the history that one of the holders has', async () => {
	const { service, time, owner, holders } = await heldFirm();
	const [bert, cara] = holders as [Device, Device];
	const device = await Device.make('new', ANNA, time);
	const first = await gather(service, device, bert);
	const before = await forRecovery(service);
	await owner.send(service, await owner.vault.renameMember({ person: CARA, name: 'Cara D.' }));
	await cara.sync(service);
	const shares = [first, await gather(service, device, cara)];
	expect(await refusal(device.vault.combineShares({ shares, ...before }))).toBe('log-unjoined');
	expect((await device.vault.state()).log).toBeNull();
	const after = await forRecovery(service);
	expect(await refusal(device.vault.combineShares({ shares, ...after }))).toBe('done');
});

/** What a holder who lies releases: well formed, and of no use. */
async function falseShare(keys: DeviceKeys, device: Device, log: KeyLog): Promise<Released> {
	const recovery = log.people.get(ANNA)?.ways[0]?.id as string;
	const place = { firm: FIRM, person: ANNA, genesis: log.genesis, recovery, releasedBy: keys.id };
	const { publicKeys } = await stolenKeys(device);
	return { releasedBy: keys.id, share: toBase64(await sealShare(new Uint8Array(65).fill(7), publicKeys, place)) };
}

it('a false share of a holder who lies spoils no recovery for which there are true ones enough', async () => {
	const { service, time, holders } = await heldFirm(3);
	const [bert, cara, dora] = holders as [Device, Device, Device];
	const device = await Device.make('new', ANNA, time);
	await gather(service, device, bert);
	const lie = await falseShare(await stolenKeys(bert), device, service.log as KeyLog);
	const two = await gather(service, device, cara);
	const served = await forRecovery(service);
	const attempt = (...shares: Released[]) => device.vault.combineShares({ shares, ...served });
	expect(await refusal(attempt(lie, two))).toBe('shares-other');
	const three = await gather(service, device, dora);
	expect(await refusal(attempt(lie, { ...two, share: three.share }, three))).toBe('shares-other');
	expect(await refusal(attempt(lie, { ...two, releasedBy: await device.id() }, three))).toBe('shares-other');
	expect(await refusal(attempt(two, two))).toBe('shares-other');
	const recovered = await attempt(lie, two, three);
	await device.send(service, recovered.changes);
	expect(await answers(device, service.record(NOTE))).toEqual([{ value: 'Plan' }, { value: 'First draft' }]);
});

it('a holder who lies uses up no place of another: a second share of one holder counts for nothing', async () => {
	const { service, time, holders } = await heldFirm(3);
	const [bert, cara, dora] = holders as [Device, Device, Device];
	const device = await Device.make('new', ANNA, time);
	await gather(service, device, bert);
	const log = service.log as KeyLog;
	const lies = await Promise.all(
		Array.from({ length: 20 }, async () => falseShare(await stolenKeys(bert), device, log)),
	);
	const shares = [...lies, await gather(service, device, cara), await gather(service, device, dora)];
	const served = await forRecovery(service);
	expect(await refusal(device.vault.combineShares({ shares, ...served }))).toBe('done');
});

/** Anna, Bert and Cara are owners, and no shares are made. */
async function threeOwners() {
	const { service, time, owner, holders } = await heldFirm();
	const [bert, cara] = holders as [Device, Device];
	const owners = { holders: [BERT, CARA], k: 2 };
	return { service, time, owner, bert, cara, make: () => owner.vault.setRecovery({ code: false, owners }) };
}

it('no share is made for a device that was revoked, nor a way with a holder who has no device', async () => {
	const { service, time, owner, bert, cara, make } = await threeOwners();
	const phone = await Device.make('phone', CARA, time);
	await join(service, cara, phone);
	await cara.send(service, await cara.vault.revokeDevices({ devices: [await cara.id()] }));
	await owner.sync(service);
	const { proposal } = await make();
	const recipients = proposal.shares.map(({ recipient }) => recipient);
	expect(recipients.sort()).toEqual([await bert.id(), await phone.id()].sort());
	await phone.sync(service);
	await decide(service, owner, phone, { what: 'REVOKE', devices: [await bert.id()] });
	expect(await refusal(make())).toBe('holder-device');
});

it('shares are refused if a holder changes device or is no longer an owner before they are in the log', async () => {
	const { service, time, owner, bert, cara, make } = await threeOwners();
	const first = await make();
	const approval = await bert.vault.agree(first.proposal);
	const phone = await Device.make('phone', CARA, time);
	await join(service, cara, phone);
	await owner.sync(service);
	const entries = service.entries.length;
	expect(await refusal(owner.vault.complete({ proposal: first.proposal, approval }))).toBe('holders-changed');
	expect(await refusal(owner.vault.announce(first.proposal))).toBe('holders-changed');
	await bert.sync(service);
	const second = await make();
	await decide(service, owner, bert, { what: 'ROLE', person: CARA, role: 'MEMBER' });
	const late = owner.vault.complete({ proposal: second.proposal, approval });
	expect(await refusal(late)).toBe('holders-changed');
	expect(service.entries.length).toBeGreaterThan(entries);
});
