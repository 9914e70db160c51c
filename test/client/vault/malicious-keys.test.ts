import { expect, it } from 'vitest';
import { type DeviceKeys, generateDataKey, type KeyLog, parseWrap, sealWrap } from '../../../src/custody/index.ts';
import { FIRM, flipped, respelled, someDevice } from '../../custody/some.ts';
import { refusal, stolenKeys } from './attacker.ts';
import { ANNA, BERT, Device, join, NOTE, newRow, someFirm } from './firm.ts';
import type { InMemoryApi } from './in-memory-api.ts';

interface Lie {
	readonly class?: string;
	readonly wrapper: DeviceKeys;
	readonly recipient: DeviceKeys;
	readonly head?: string;
	readonly version?: number;
}

/** A wrap of a key that the firm does not have, whatever the log says about who makes it. */
const wrapBy = (service: InMemoryApi, { wrapper, recipient, ...parts }: Lie): Promise<string> =>
	sealWrap({
		firm: FIRM,
		class: parts.class ?? 'NOTE',
		version: parts.version ?? 1,
		head: parts.head ?? (service.log as KeyLog).head,
		recipient: recipient.publicKeys,
		wrapper,
		dataKey: generateDataKey(),
	});

function changedWrap(wrap: string, part: 'sealed' | 'signature'): string {
	const text = parseWrap(wrap)[part];
	return wrap.replace(
		text,
		respelled(text, (bytes) => flipped(bytes, 300)),
	);
}

it('wraps that are forged, of another key, or not allowed open nothing, and the true ones beside them do', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const owner = await anna();
	const device = await Device.make('second', ANNA, service.time);
	await join(service, owner, device, false);
	const own = await stolenKeys(device);
	const [annas, berts, caras] = [
		await stolenKeys(owner),
		await stolenKeys(await bert()),
		await stolenKeys(await cara()),
	];
	const stranger = await someDevice();
	const honest = service.wrapsFor(own.id);
	const note = honest.find((wrap) => wrap.includes('"class":"NOTE"')) as string;
	const early = (service.log as KeyLog).chain.at(2)?.hash as string;
	const lies = [
		await wrapBy(service, { wrapper: stranger, recipient: own }),
		await wrapBy(service, { wrapper: berts, recipient: own }),
		await wrapBy(service, { wrapper: own, recipient: own }),
		await wrapBy(service, { wrapper: annas, recipient: own, head: early }),
		await wrapBy(service, { wrapper: annas, recipient: own, head: 'ab'.repeat(32) }),
		await wrapBy(service, { wrapper: caras, recipient: own, class: 'BILLING' }),
		await wrapBy(service, { wrapper: annas, recipient: caras, class: 'BILLING' }),
		await wrapBy(service, { wrapper: annas, recipient: stranger }),
		await wrapBy(service, { wrapper: annas, recipient: own, version: 2 }),
		await wrapBy(service, { wrapper: annas, recipient: own, class: 'SECRET' }),
		note.replace('"version":1', '"version":01'),
		note.replace(parseWrap(note).wrapper, berts.id),
		changedWrap(note, 'sealed'),
		changedWrap(note, 'signature'),
		'',
	];
	const refused = await device.vault.addWraps(lies);
	expect(refused.map(({ at }) => at)).toEqual(lies.map((_, at) => at));
	expect((await device.vault.missing()).cannotOpen).toHaveLength(3);
	const [opened] = await device.read(service.record(NOTE));
	expect(opened?.fields[0]).toEqual({ name: 'title', why: expect.stringContaining('no key for this value yet') });
	expect(await refusal(device.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('key-missing');
	expect(await device.vault.addWraps([...lies, ...honest])).toHaveLength(lies.length);
	expect((await device.vault.missing()).cannotOpen).toEqual([]);
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
});

it('a device that lacks a wrap is named, and another device makes it, only for devices that the log entitles', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second] = [await anna(), await bert()];
	const device = await Device.make('second', ANNA, service.time);
	await join(service, owner, device, false);
	const id = await device.id();
	service.wraps = service.wraps.filter((wrap) => !service.wrapsFor(id).includes(wrap));
	await second.sync(service);
	const member = await cara();
	await member.sync(service);
	expect((await second.vault.missing()).lacking).toEqual([
		{ class: 'NOTE', version: 1, devices: [id] },
		{ class: 'COMMUNICATION', version: 1, devices: [id] },
		{ class: 'BILLING', version: 1, devices: [id] },
	]);
	expect((await member.vault.missing()).lacking.map((each) => each.class)).toEqual(['NOTE', 'COMMUNICATION']);
	const made = await second.vault.wrapMissing();
	expect(new Set(made.map((wrap) => parseWrap(wrap).recipient))).toEqual(new Set([id]));
	expect(await device.vault.addWraps(made)).toEqual([]);
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	await second.vault.addWraps(made);
	expect((await second.vault.missing()).lacking).toEqual([]);
});

it('a useless wrap by a member, or by an owner whose device was revoked, keeps no device out', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const device = await Device.make('second', BERT, service.time);
	await join(service, second, device, false);
	const recipient = await stolenKeys(device);
	service.wraps = service.wraps.filter((wrap) => parseWrap(wrap).recipient !== recipient.id);
	await owner.sync(service);
	const stolen = await Device.make('stolen', ANNA, service.time);
	await join(service, owner, stolen);
	for (const wrapper of [await stolenKeys(member), await stolenKeys(stolen)])
		service.wraps.push(await wrapBy(service, { wrapper, recipient }));
	await owner.send(service, await owner.vault.revokeDevices({ devices: [await stolen.id()] }));
	await device.sync(service);
	await owner.sync(service);
	expect((await device.vault.missing()).cannotOpen).toContainEqual({ class: 'NOTE', version: 1 });
	const made = await owner.vault.wrapMissing();
	await device.vault.addWraps(made);
	expect((await device.vault.missing()).cannotOpen).toEqual([]);
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	await owner.vault.addWraps(made);
	expect(await owner.vault.wrapMissing()).toEqual([]);
});

it('an owner makes the wrap for the own recovery key again if only someone else made one', async () => {
	const { service, bert } = await someFirm();
	const before = await bert();
	await before.sync(service);
	expect((await before.vault.missing()).lacking).toEqual([]);
	const recovery = (service.log as KeyLog).people.get(BERT)?.ways[0]?.id as string;
	const own = await stolenKeys(await bert());
	const isOwn = (wrap: string): boolean => parseWrap(wrap).wrapper === own.id && parseWrap(wrap).recipient === recovery;
	service.wraps = service.wraps.filter((wrap) => !isOwn(wrap));
	const device = await bert();
	await device.sync(service);
	expect((await device.vault.missing()).lacking.map(({ devices }) => devices)).toEqual([
		[recovery],
		[recovery],
		[recovery],
	]);
	const made = await device.vault.wrapMissing();
	expect(made.every(isOwn)).toBe(true);
	await device.vault.addWraps(made);
	expect((await device.vault.missing()).lacking).toEqual([]);
});

it('keys are there again after a restart, without the service, and gone while the device is locked', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	await device.vault.lock();
	expect(await refusal(device.vault.open([service.record(NOTE)]))).toBe('locked');
	await device.unlock();
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
});
