import { expect, it } from 'vitest';
import { generateRecoveryCode, type KeyLog } from '../../../src/custody/index.ts';
import { flipped, respelled } from '../../custody/some.ts';
import { answers, forgedEntry, refusal, stolenKeys } from './attacker.ts';
import { ANNA, CARA, Device, join, NOTE, newRow, someFirm } from './firm.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';
import { HOUR } from './stepped-time.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE });

/** What the service gives to someone who recovers. */
async function forRecovery(service: InMemoryApi, person = ANNA) {
	const recovery = (service.log as KeyLog).people.get(person)?.ways[0]?.id as string;
	return { log: await service.served(), wraps: service.wrapsFor(recovery) };
}

it('with the code, a new device opens everything again, once its person confirms what it shows', async () => {
	const { service, time, codes, bert } = await someFirm();
	const device = await Device.make('new', ANNA, time);
	const recovered = await device.vault.recover({ code: codes.anna.toLowerCase(), ...(await forRecovery(service)) });
	expect(recovered.size).toBe(service.entries.length);
	expect(recovered.people.map(({ name, role }) => [name, role])).toEqual([
		['Anna Berger', 'OWNER'],
		['Bert Conrad', 'OWNER'],
		['Cara Diehl', 'MEMBER'],
	]);
	expect(recovered.classes.map((each) => each.custody)).toEqual(['FIRM', 'FIRM', 'PLATFORM']);
	await device.send(service, recovered.changes);
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	expect((await device.vault.missing()).cannotOpen).toEqual([]);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('unconfirmed');
	expect(await refusal(device.vault.addMember({ person: NOTE, name: 'x' }))).toBe('unconfirmed');
	await device.vault.lock();
	await device.unlock();
	await device.sync(service);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('unconfirmed');
	await device.vault.confirmRecovered();
	// All other devices of the person are revoked, so the keys that they could read are stale.
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('key-stale');
	await device.send(service, await device.vault.renewKeys());
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('done');
	expect((await device.vault.state()).people.find(({ person }) => person === ANNA)?.recovery).toEqual([]);
	const second = await bert();
	const { proposal, code } = await device.vault.setRecovery({ code: true, owners: null });
	const approval = await second.vault.agree(proposal);
	await device.send(service, await device.vault.complete({ proposal, approval }));
	expect((await device.vault.state()).people.find(({ person }) => person === ANNA)?.recovery).toEqual(['CODE']);
	expect(code).not.toBe(codes.anna);
});

it('a recovery that another entry came before is done again, and only on the same log', async () => {
	const { service, time, codes, bert } = await someFirm();
	const second = await bert();
	const device = await Device.make('new', ANNA, time);
	const first = await device.vault.recover({ code: codes.anna, ...(await forRecovery(service)) });
	await second.send(service, await second.vault.renameMember({ person: CARA, name: 'Cara D.' }));
	await expect(service.append(first.changes)).rejects.toMatchObject({ code: 'CONFLICT' });
	await device.vault.lock();
	await device.unlock();
	const fork = service.copy();
	await fork.show(service.entries.slice(0, -2));
	const lie = await forRecovery(fork);
	expect(await refusal(device.vault.recover({ code: codes.anna, ...lie }))).toBe('log-shorter');
	const again = await device.vault.recover({ code: codes.anna, ...(await forRecovery(service)) });
	expect(again.people.map(({ name }) => name)).toContain('Cara D.');
	await device.send(service, again.changes);
	expect(await answers(device, service.record(NOTE))).toEqual([{ value: 'Plan' }, { value: 'First draft' }]);
	expect(await refusal(device.vault.recover({ code: codes.anna, ...(await forRecovery(service)) }))).toBe('log-known');
});

it('a wrong, mistyped or used code, or that of someone else, recovers nothing', async () => {
	const { service, time, codes } = await someFirm();
	const device = await Device.make('new', ANNA, time);
	const served = await forRecovery(service);
	const attempt = (code: string): Promise<string> => refusal(device.vault.recover({ code, ...served }));
	expect(await attempt('')).toContain('0 of 32 characters');
	expect(await attempt(codes.anna.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toContain('mistyped');
	expect(await attempt(codes.bert)).toBe('recovery-none');
	expect(await attempt(await generateRecoveryCode())).toBe('recovery-none');
	expect((await device.vault.state()).log).toBeNull();
	const first = await Device.make('first', ANNA, time);
	await first.send(service, (await first.vault.recover({ code: codes.anna, ...served })).changes);
	expect(await refusal(device.vault.recover({ code: codes.anna, ...(await forRecovery(service)) }))).toBe(
		'recovery-none',
	);
});

it('a log that the service made does not recover a device, with or without the statement of the code', async () => {
	const { service, time, codes } = await someFirm();
	const device = await Device.make('new', ANNA, time);
	const lying = new InMemoryApi(time, service.key);
	const eve = await Device.make('eve', ANNA, time);
	await eve.send(lying, await eve.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const recover = async () => refusal(device.vault.recover({ code: codes.anna, log: await lying.served(), wraps: [] }));
	expect(await recover()).toBe('recovery-none');
	const body = service.entries.map((entry) => JSON.parse(entry)).find(({ kind }) => kind === 'recovery.set').body;
	const stolen = await forgedEntry(lying.log as KeyLog, await stolenKeys(eve), 'recovery.set', body);
	lying.entries.push(stolen);
	expect(await recover()).toBe('log-refused');
	expect((await device.vault.state()).log).toBeNull();
});

it('a recovery needs a fresh checkpoint, and wraps that do not verify are left out', async () => {
	const { service, time, codes } = await someFirm();
	const device = await Device.make('new', ANNA, time);
	const served = await forRecovery(service);
	const stale = { ...served.log, checkpoint: null };
	expect(await refusal(device.vault.recover({ code: codes.anna, ...served, log: stale }))).toBe('not-fresh');
	const [wrap, ...rest] = served.wraps as [string, ...string[]];
	const { sealed } = JSON.parse(wrap);
	const changed = wrap.replace(
		sealed,
		respelled(sealed, (bytes) => flipped(bytes, 300)),
	);
	const { changes } = await device.vault.recover({ code: codes.anna, ...served, wraps: [changed, '', ...rest] });
	await device.send(service, changes);
	expect((await device.vault.missing()).cannotOpen).toHaveLength(1);
	expect(changes.wraps).toHaveLength(2);
});

it('a firm of one owner decides with the code, which has to be typed back before a class moves', async () => {
	const { service, time } = await someFirm();
	const firm = new InMemoryApi(time, service.key);
	const solo = await Device.make('solo', ANNA, time);
	await solo.send(firm, await solo.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	await solo.send(firm, await solo.vault.generateKey({ class: 'NOTE', above: 4 }));
	const made = await solo.vault.setRecovery({ code: true, owners: null });
	const code = made.code as string;
	await solo.send(firm, await solo.vault.complete({ proposal: made.proposal, approval: null }));
	const custody = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
	const approval = { recoveryCode: code };
	expect(await refusal(solo.vault.complete({ proposal: custody, approval }))).toBe('code-unconfirmed');
	expect(await refusal(solo.vault.confirmRecovery({ code: await generateRecoveryCode() }))).toBe('code-typed');
	await solo.vault.confirmRecovery({ code });
	expect(await refusal(solo.vault.complete({ proposal: custody, approval: null }))).toContain('agreement');
	const other = { recoveryCode: await generateRecoveryCode() };
	expect(await refusal(solo.vault.complete({ proposal: custody, approval: other }))).toContain('may not agree');
	await solo.send(firm, await solo.vault.complete({ proposal: custody, approval }));
	expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('done');
	expect((await solo.vault.state()).classes[0]?.versions).toEqual([{ version: 5, stale: false, retired: false }]);
});

it('an entry that rests on a notice stops each device until it has known the notice for 72 hours', async () => {
	const { service, time } = await someFirm();
	const firm = new InMemoryApi(time, service.key);
	const solo = await Device.make('solo', ANNA, time);
	await solo.send(firm, await solo.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	await solo.send(firm, await solo.vault.addMember({ person: CARA, name: 'Cara Diehl' }));
	const recovery = await solo.vault.setRecovery({ code: true, owners: null });
	await solo.send(firm, await solo.vault.complete({ proposal: recovery.proposal, approval: null }));
	await solo.vault.confirmRecovery({ code: recovery.code as string });
	await solo.send(firm, await solo.vault.generateKey({ class: 'NOTE', above: 0 }));
	const proposal = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
	await solo.send(firm, await solo.vault.announce(proposal));
	const notice = firm.entries.length - 1;
	const known = (await solo.vault.state()).notices;
	expect(known).toMatchObject([
		{ seq: notice, kind: 'custody.set', person: ANNA, firstSeen: time.now(), isOpen: true },
	]);
	time.step(71 * HOUR);
	await solo.sync(firm);
	expect(await refusal(solo.vault.complete({ proposal, approval: { notice } }))).toBe('notice-early');
	// A thief of the device signs all the same, with a service that lets it.
	const body = { class: 'NOTE', custody: 'FIRM' } as const;
	const early = await forgedEntry(firm.log as KeyLog, await stolenKeys(solo), 'custody.set', body, { notice });
	await solo.send(firm, { entries: [early], wraps: [], names: [], shares: [] });
	expect((await solo.vault.state()).notices[0]?.isOpen).toBe(false);
	expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('noticed');
	expect(await refusal(solo.vault.wrapMissing())).toBe('noticed');
	await solo.vault.lock();
	await solo.unlock();
	await solo.sync(firm);
	expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('noticed');
	time.step(HOUR);
	await solo.sync(firm);
	expect(await refusal(solo.vault.seal([NEW_NOTE]))).toBe('done');
	// A device that joins now takes the notice over from the one whose code it compared.
	const cara = await Device.make('cara', CARA, time);
	await join(firm, solo, cara);
	expect(await refusal(cara.vault.seal([NEW_NOTE]))).toBe('done');
});

it('what came after a recovered device showed the firm is not taken as known when its person confirms', async () => {
	const { service, time } = await someFirm();
	const firm = new InMemoryApi(time, service.key);
	const solo = await Device.make('solo', ANNA, time);
	await solo.send(firm, await solo.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const recovery = await solo.vault.setRecovery({ code: true, owners: null });
	await solo.send(firm, await solo.vault.complete({ proposal: recovery.proposal, approval: null }));
	const device = await Device.make('new', ANNA, time);
	const { changes } = await device.vault.recover({
		code: recovery.code as string,
		...(await forRecovery(firm)),
	});
	await device.send(firm, changes);
	const keys = await stolenKeys(device);
	const body = { policy: 'x' };
	const notice = await forgedEntry(firm.log as KeyLog, keys, 'notice', { body, kind: 'witness.policy' });
	await firm.append({ entries: [notice], wraps: [], names: [], shares: [] });
	const agreement = { notice: firm.entries.length - 1 };
	const decided = await forgedEntry(firm.log as KeyLog, keys, 'witness.policy', body, agreement);
	await firm.append({ entries: [decided], wraps: [], names: [], shares: [] });
	await device.sync(firm);
	await device.vault.confirmRecovered();
	expect(await refusal(device.vault.addMember({ person: CARA, name: 'Cara Diehl' }))).toBe('noticed');
	time.step(72 * HOUR);
	await device.sync(firm);
	expect(await refusal(device.vault.addMember({ person: CARA, name: 'Cara Diehl' }))).toBe('done');
});
