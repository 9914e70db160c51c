import { describe, expect, it } from 'vitest';
import { generateRecoveryCode } from '../../../src/custody/index.ts';
import { refusal } from './attacker.ts';
import { ANNA, BERT, CARA, Device, decide, join, NOTE, newRow, someFirm } from './firm.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';
import { HOUR } from './stepped-time.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE });
const BACK = { what: 'CUSTODY', class: 'NOTE', custody: 'BACK' } as const;

const restart = async (device: Device, service: InMemoryApi) => {
	await device.vault.lock();
	await device.unlock();
	await device.sync(service);
};

describe('what another owner agrees to', () => {
	it('is completed only by the device that proposed it, also after a restart', async () => {
		const { service, anna, bert } = await someFirm();
		const [owner, second] = [await anna(), await bert()];
		const made = await second.vault.propose(BACK);
		const approval = await second.vault.agree(made);
		const complete = () => owner.vault.complete({ proposal: made, approval });
		await owner.vault.propose({ ...BACK, class: 'COMMUNICATION' });
		await owner.vault.readProposal(made);
		expect(await refusal(complete())).toBe('proposal-other');
		await owner.vault.propose(BACK);
		await restart(owner, service);
		await owner.send(service, await complete());
		expect((await owner.vault.state()).classes[0]?.custody).toBe('BACK');
	});

	it('is completed once: the same decision has to be proposed again', async () => {
		const { service, anna, bert } = await someFirm();
		const [owner, second] = [await anna(), await bert()];
		await decide(service, owner, second, BACK);
		await decide(service, owner, second, { ...BACK, custody: 'MOVING' });
		await decide(service, owner, second, { ...BACK, custody: 'FIRM' });
		const again = { kind: 'custody.set', body: { class: 'NOTE', custody: 'BACK' } } as const;
		const proposal = { ...(await second.vault.readProposal(again)), shares: [] };
		const approval = await second.vault.agree(proposal);
		expect(await refusal(owner.vault.complete({ proposal, approval }))).toBe('proposal-other');
		await owner.vault.propose(BACK);
		expect(await refusal(owner.vault.complete({ proposal, approval }))).toBe('done');
	});

	it('is not completed once its owner has withdrawn it', async () => {
		const { anna, bert } = await someFirm();
		const [owner, second] = [await anna(), await bert()];
		const proposal = await owner.vault.propose(BACK);
		const approval = await second.vault.agree(proposal);
		await owner.vault.withdraw(proposal);
		expect(await refusal(owner.vault.complete({ proposal, approval }))).toBe('proposal-other');
	});

	it('is remembered for the last 64 proposals', async () => {
		const { anna, bert } = await someFirm();
		const [owner, second] = [await anna(), await bert()];
		const first = await owner.vault.propose(BACK);
		for (let version = 1; version <= 63; version++)
			await owner.vault.propose({ what: 'RETIRE', class: 'NOTE', version });
		const approval = await second.vault.agree(first);
		const complete = () => refusal(owner.vault.complete({ proposal: first, approval }));
		expect(await complete()).toBe('done');
		await owner.vault.propose({ what: 'RETIRE', class: 'NOTE', version: 64 });
		expect(await complete()).toBe('proposal-other');
	});
});

/** Anna alone, with notes that are still the platform’s, and a recovery code that she typed back. */
async function firmOfOne() {
	const { service, time } = await someFirm();
	const firm = new InMemoryApi(time, service.key);
	const solo = await Device.make('solo', ANNA, time);
	await solo.send(firm, await solo.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const { proposal, code } = await solo.vault.setRecovery({ code: true, owners: null });
	await solo.send(firm, await solo.vault.complete({ proposal, approval: null }));
	await solo.vault.confirmRecovery({ code: code as string });
	await solo.send(firm, await solo.vault.generateKey({ class: 'NOTE', above: 0 }));
	return { firm, time, solo, code: code as string };
}

async function announced() {
	const made = await firmOfOne();
	const { firm, solo } = made;
	const proposal = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
	const changes = await solo.vault.announce(proposal);
	await firm.append(changes);
	const notice = firm.entries.length - 1;
	return { ...made, complete: (by = solo) => by.vault.complete({ proposal, approval: { notice } }) };
}

describe('what an owner alone announced', () => {
	it('is completed 72 hours after the device first saw it in the log, whatever the service allows', async () => {
		const { firm, time, solo, complete } = await announced();
		time.step(72 * HOUR);
		await solo.sync(firm);
		expect(await refusal(complete())).toBe('notice-early');
		time.step(72 * HOUR - 1);
		await restart(solo, firm);
		expect(await refusal(complete())).toBe('notice-early');
		time.step(1);
		await solo.sync(firm);
		await solo.send(firm, await complete());
		expect((await solo.vault.state()).classes[0]?.custody).toBe('FIRM');
		expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('done');
	});

	it('counts 72 hours again if the device ended before it kept the time of the notice, and is completed then', async () => {
		const { firm, time, solo, complete } = await announced();
		const before = new Map(solo.store.kept);
		await solo.vault.extend(await firm.served());
		const after = new Map(solo.store.kept);
		await solo.vault.lock();
		// The entries were written, and the process ended before the state was.
		for (const [name, bytes] of before) if (/[/](?:index|state)$/.test(name)) solo.store.kept.set(name, bytes);
		expect(after.get('solo/kept/log/0')).toEqual(solo.store.kept.get('solo/kept/log/0'));
		await solo.unlock();
		expect((await solo.vault.state()).notices).toMatchObject([{ firstSeen: time.now() }]);
		time.step(HOUR);
		await solo.sync(firm);
		expect((await solo.vault.state()).notices).toMatchObject([{ firstSeen: time.now() }]);
		time.step(71 * HOUR);
		await solo.sync(firm);
		expect(await refusal(complete())).toBe('notice-early');
		time.step(HOUR);
		await restart(solo, firm);
		await solo.send(firm, await complete());
		expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('done');
	});

	it('is not completed by another device, which could have been told to', async () => {
		const { firm, time, solo } = await firmOfOne();
		const phone = await Device.make('phone', ANNA, time);
		await join(firm, solo, phone);
		const proposal = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
		await solo.send(firm, await solo.vault.announce(proposal));
		const approval = { notice: firm.entries.length - 1 };
		await phone.sync(firm);
		time.step(72 * HOUR);
		await phone.sync(firm);
		await phone.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
		expect(await refusal(phone.vault.complete({ proposal, approval }))).toBe('proposal-other');
		expect(await refusal(phone.vault.complete({ proposal, approval: { notice: 1 } }))).toBe('proposal-other');
	});

	it('is announced only if this device proposed it', async () => {
		const { solo } = await firmOfOne();
		const body = { class: 'NOTE', custody: 'FIRM' } as const;
		const proposal = await solo.vault.readProposal({ kind: 'custody.set', body });
		expect(await refusal(solo.vault.announce(proposal))).toBe('proposal-other');
	});
});

describe('a recovery code that was not typed back', () => {
	interface Alone {
		readonly firm: InMemoryApi;
		readonly solo: Device;
		readonly code: string;
	}

	/** Ways of recovery that ended leave keys that are stale. */
	const toFirm = async ({ firm, solo, code }: Alone) => {
		await solo.send(firm, await solo.vault.generateKey({ class: 'NOTE', above: 0 }));
		const proposal = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
		return refusal(solo.vault.complete({ proposal, approval: { recoveryCode: code } }));
	};

	/** A second code, which is in the log and was not typed back. */
	async function untyped() {
		const { firm, solo, code: old } = await firmOfOne();
		const { proposal, code } = await solo.vault.setRecovery({ code: true, owners: null });
		await solo.send(firm, await solo.vault.complete({ proposal, approval: { recoveryCode: old } }));
		return { firm, solo, code: code as string };
	}

	it('stays one when another code is made and not used, or cannot be', async () => {
		const { firm, solo, code } = await untyped();
		expect(await toFirm({ firm, solo, code })).toBe('code-unconfirmed');
		const other = await solo.vault.setRecovery({ code: true, owners: null });
		await solo.vault.confirmRecovery({ code: other.code as string });
		expect(await toFirm({ firm, solo, code })).toBe('code-unconfirmed');
		const holders = [BERT, CARA];
		await refusal(solo.vault.setRecovery({ code: false, owners: { holders, k: 2 } }));
		expect(await toFirm({ firm, solo, code })).toBe('code-unconfirmed');
		for (let at = 0; at < 20; at++) await solo.vault.setRecovery({ code: true, owners: null });
		await restart(solo, firm);
		expect(await toFirm({ firm, solo, code })).toBe('code-unconfirmed');
		await solo.vault.confirmRecovery({ code });
		expect(await toFirm({ firm, solo, code })).toBe('done');
	});

	it('is asked for as long as it is the way of recovery, and not after another took its place', async () => {
		const { firm, solo, code } = await untyped();
		const isAsked = async () => (await solo.vault.state()).isCodeToConfirm;
		expect(await isAsked()).toBe(true);
		const next = await solo.vault.setRecovery({ code: true, owners: null });
		const typed = { code: next.code as string };
		expect(await isAsked()).toBe(true);
		await solo.vault.confirmRecovery(typed);
		// The page goes on with the new code, although the one before was never typed.
		expect(await isAsked()).toBe(false);
		await solo.send(firm, await solo.vault.complete({ proposal: next.proposal, approval: { recoveryCode: code } }));
		expect(await isAsked()).toBe(false);
		expect(await refusal(solo.vault.confirmRecovery({ code: await generateRecoveryCode() }))).toBe('code-typed');
		expect(await toFirm({ firm, solo, ...typed })).toBe('done');
	});

	it('is asked for again if another was made, and given up', async () => {
		const { firm, solo, code } = await untyped();
		await solo.vault.setRecovery({ code: true, owners: null });
		await solo.vault.confirmRecovery({ code });
		expect((await solo.vault.state()).isCodeToConfirm).toBe(false);
		expect(await toFirm({ firm, solo, code })).toBe('done');
	});
});
