import { expect, it } from 'vitest';
import {
	type DeviceStatement,
	extendKeyLog,
	type KeyLog,
	makeStatement,
	readEntry,
} from '../../../src/custody/index.ts';
import { FIRM, someDevice, toBase64 } from '../../custody/some.ts';
import { forgedEntry, refusal, stolenKeys } from './attacker.ts';
import { newLogKey, rootOf, signCheckpoint, vkeyOf } from './checkpoints.ts';
import { ANNA, BERT, CARA, type Device, NOTE, newRow, someFirm } from './firm.ts';
import { type InMemoryApi, ORIGIN, type Served } from './in-memory-api.ts';
import { HOUR, MINUTE } from './stepped-time.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE, values: { title: 'New' } });

/** What a refused log leaves behind: the same log as before, and nothing that is sealed. */
async function expectRefused(device: Device, served: Served, why: string): Promise<void> {
	const before = await device.vault.state();
	expect(await refusal(device.vault.extend(served))).toContain(why);
	const after = await device.vault.state();
	expect(after.log?.head).toBe(before.log?.head);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('not-fresh');
}

/** The log up to before an entry, and another entry there. */
async function shownWith(service: InMemoryApi, entry: string, at = service.entries.length): Promise<Served> {
	const lying = service.copy();
	lying.entries = [...service.entries.slice(0, at), entry];
	return lying.served();
}

async function statementOf(log: KeyLog, person: string): Promise<DeviceStatement> {
	return makeStatement(await someDevice(), 'DEVICE', { firm: FIRM, genesis: log.genesis, person });
}

async function logUpTo(service: InMemoryApi, size: number): Promise<KeyLog> {
	let log: KeyLog | null = null;
	for (const entry of service.entries.slice(0, size)) log = await extendKeyLog(log, await readEntry(entry));
	return log as KeyLog;
}

it('a fork of the log is refused, though an owner signed it', async () => {
	const { service, anna, cara } = await someFirm();
	const at = service.entries.length - 1;
	const log = await logUpTo(service, at);
	const entry = await forgedEntry(log, await stolenKeys(await anna()), 'roles.classes', { MEMBER: ['NOTE'] });
	await expectRefused(await cara(), await shownWith(service, entry, at), 'log-forked');
});

it('an older log is refused after a restart, with the checkpoint of that time', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	await device.vault.lock();
	await device.unlock();
	const lying = service.copy();
	await lying.show(service.entries.slice(0, -2));
	await expectRefused(device, await lying.served(), 'log-shorter');
	await expectRefused(device, await lying.served(lying.entries.length), 'another number of entries');
});

it('a log without one of its entries is refused', async () => {
	const { service, cara } = await someFirm();
	const served = await service.served();
	await expectRefused(await cara(), { ...served, entries: served.entries.toSpliced(3, 1) }, 'log-gap');
});

it('a log in another order is refused', async () => {
	const { service, cara } = await someFirm();
	const served = await service.served();
	const [first, second, third, ...rest] = served.entries as [string, string, string, ...string[]];
	await expectRefused(await cara(), { ...served, entries: [first, third, second, ...rest] }, 'log-gap');
});

it('another key in the statement of a device is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const log = service.log as KeyLog;
	const statement = await statementOf(log, ANNA);
	const { publicKeys } = await someDevice();
	const device = { ...statement, exchange: toBase64(publicKeys.exchange) };
	const entry = await forgedEntry(log, await stolenKeys(await anna()), 'device.add', { device, person: ANNA });
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('a device that the service adds by a device of its own is refused', async () => {
	const { service, cara } = await someFirm();
	const log = service.log as KeyLog;
	const body = { device: await statementOf(log, ANNA), person: ANNA };
	const entry = await forgedEntry(log, await someDevice(), 'device.add', body);
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('an exchange key of small order is refused, though its device and an owner signed it', async () => {
	const { service, anna, cara } = await someFirm();
	const log = service.log as KeyLog;
	const weak = await someDevice();
	const publicKeys = { ...weak.publicKeys, exchange: new Uint8Array(32) };
	const device = await makeStatement({ ...weak, publicKeys }, 'DEVICE', {
		firm: FIRM,
		genesis: log.genesis,
		person: ANNA,
	});
	const entry = await forgedEntry(log, await stolenKeys(await anna()), 'device.add', { device, person: ANNA });
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('another recovery key of an owner is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const log = service.log as KeyLog;
	const device = await makeStatement(await someDevice(), 'RECOVERY', {
		firm: FIRM,
		genesis: log.genesis,
		person: ANNA,
	});
	const body = { person: ANNA, ways: [{ device, way: 'CODE' as const }] };
	const entry = await forgedEntry(log, await stolenKeys(await anna()), 'recovery.set', body);
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('a custody that one of two owners set alone is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const body = { class: 'NOTE', custody: 'BACK' as const };
	const entry = await forgedEntry(service.log as KeyLog, await stolenKeys(await anna()), 'custody.set', body);
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('an agreement that was used before is refused', async () => {
	const { service, anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const proposal = await first.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'BACK' });
	const approval = await second.vault.agree(proposal);
	await first.send(service, await first.vault.complete({ proposal, approval }));
	const again = {
		proposal: await first.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'MOVING' }),
		approval,
	};
	expect(await refusal(first.vault.complete(again))).toContain('agreement');
});

it('an agreement to one decision is none to another', async () => {
	const { anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const approval = await second.vault.agree(
		await first.vault.propose({ what: 'CUSTODY', class: 'BILLING', custody: 'FIRM' }),
	);
	const proposal = await first.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'BACK' });
	expect(await refusal(first.vault.complete({ proposal, approval }))).toContain('did not sign for this entry');
});

it('a notice that no owner gave is refused', async () => {
	const { service, cara } = await someFirm();
	const body = { body: { person: BERT }, kind: 'member.remove' as const };
	const entry = await forgedEntry(service.log as KeyLog, await someDevice(), 'notice', body);
	await expectRefused(await cara(), await shownWith(service, entry), 'log-refused');
});

it('an entry by a device that was revoked is refused', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [first, member] = [await anna(), await cara()];
	const keys = await stolenKeys(await bert());
	const removed = await first.vault.propose({ what: 'REVOKE', devices: [keys.id] });
	const approval = { recoveryCode: 'none' };
	expect(await refusal(first.vault.complete({ proposal: removed, approval }))).toContain('recovery code');
	await first.send(service, await first.vault.revokeDevices({ devices: [await member.id()] }));
	const entry = await forgedEntry(service.log as KeyLog, await stolenKeys(member), 'device.add', {
		device: await statementOf(service.log as KeyLog, CARA),
		person: CARA,
	});
	await expectRefused(first, await shownWith(service, entry), 'log-refused');
});

it('a log of another firm is refused', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const other = (await someFirm()).service;
	other.entries = service.entries.map((entry) => entry.replaceAll(FIRM, NOTE));
	await expectRefused(device, await other.served(), 'log-forked');
});

it('names that the log does not commit to are not shown', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const served = await service.served();
	const swapped = served.names.map((name) => ({ ...name, name: name.person === ANNA ? 'Bert Conrad' : 'Anna Berger' }));
	const { falseNames } = await device.vault.extend({ ...served, names: [...swapped, ...swapped] });
	expect(new Set(falseNames)).toEqual(new Set([ANNA, BERT, CARA]));
	const { people } = await device.vault.state();
	expect(people.map(({ name }) => name)).toEqual(['Anna Berger', 'Bert Conrad', 'Cara Diehl']);
});

it('people are those of the log, not those whom the service names', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const served = await service.served();
	const stranger = { ...(served.names[0] as Served['names'][number]), person: NOTE, name: 'Eve' };
	const { falseNames } = await device.vault.extend({ ...served, names: [stranger] });
	expect(falseNames).toEqual([NOTE]);
	expect((await device.vault.state()).people.map(({ person }) => person)).toEqual([ANNA, BERT, CARA]);
});

it('nothing is sealed after a checkpoint that is not of exactly this log, or not of now', async () => {
	const { service, time, cara } = await someFirm();
	const device = await cara();
	const root = await rootOf(service.entries);
	const size = service.entries.length;
	const now = Math.floor(time.now() / 1_000);
	const good = { origin: ORIGIN, size, root, time: now };
	const vkeys = [await vkeyOf(ORIGIN, service.key)];
	const lies: readonly (readonly [string, Partial<typeof good> | { time: null }])[] = [
		['older than ten minutes', { time: now - 601 }],
		['from the future', { time: now + 61 }],
		['of another log', { origin: ORIGIN.replace('vault', 'other') }],
		['another number of entries', { size: size - 1 }],
		['another number of entries', { size: size + 1 }],
		['shows different logs', { root: await rootOf(service.entries.toReversed()) }],
		['no cosignature', { time: null }],
	];
	for (const [why, lie] of lies) {
		const checkpoint = await signCheckpoint(service.key, { ...good, ...lie });
		await expectRefused(device, { entries: [], names: [], checkpoint, vkeys }, why);
	}
	const other = await signCheckpoint(await newLogKey(), good);
	await expectRefused(device, { entries: [], names: [], checkpoint: other, vkeys }, 'not signed by a key');
	await expectRefused(device, { entries: [], names: [], checkpoint: null, vkeys }, 'done');
	const checkpoint = await signCheckpoint(service.key, good);
	await device.vault.extend({ entries: [], names: [], checkpoint, vkeys });
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('done');
	time.step(11 * MINUTE);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('not-fresh');
	time.step(-HOUR);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('not-fresh');
});

it('nothing is signed or wrapped after a checkpoint that is old', async () => {
	const { time, anna } = await someFirm();
	const device = await anna();
	time.step(11 * MINUTE);
	const { vault } = device;
	const proposal = await vault.propose({ what: 'CUSTODY', class: 'BILLING', custody: 'FIRM' });
	const acts = [
		vault.addMember({ person: NOTE, name: 'Dora' }),
		vault.generateKey({ class: 'NOTE', above: 0 }),
		vault.revokeDevices({ devices: [await device.id()] }),
		vault.removeMember({ person: CARA }),
		vault.wrapMissing(),
		vault.agree(proposal),
		vault.complete({ proposal, approval: null }),
		vault.answerJoin({ person: ANNA, commitment: '0'.repeat(64) }),
		vault.setRecovery({ code: true, owners: null }),
	];
	expect(new Set(await Promise.all(acts.map(refusal)))).toEqual(new Set(['not-fresh']));
});
