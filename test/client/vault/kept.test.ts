import { expect, it, onTestFinished, vi } from 'vitest';
import type { RecordToOpen } from '../../../src/client/opener.ts';
import { sampled } from '../../support/scale.ts';
import { refusal } from './attacker.ts';
import { newLogKey } from './checkpoints.ts';
import { ANNA, CARAS_NOTE, change, Device, MESSAGE, NOTE, newRow, someFirm } from './firm.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';
import { MemoryStore } from './memory-store.ts';
import { HOUR } from './stepped-time.ts';

/** The records that a device keeps, by the end of their names. */
const keptBy = ({ store, name }: Device): string[] =>
	[...store.kept.keys()].filter((each) => each.startsWith(`${name}/kept/`));

/** Starts the device again, and reads a note. */
async function restart(device: Device, record: RecordToOpen): Promise<string> {
	await device.vault.lock();
	return refusal(device.unlock().then(() => device.read(record)));
}

it('a record that is changed in any byte, taken away or exchanged is refused after a restart', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const record = service.record(NOTE);
	await device.read(record);
	const whole = new Map(device.store.kept);
	const names = keptBy(device);
	expect(names.map((name) => name.split('/').slice(2, 3)[0])).toEqual(
		expect.arrayContaining(['index', 'state', 'log', 'names', 'wraps', 'rows']),
	);
	for (const name of names) {
		const bytes = whole.get(name) as Uint8Array;
		const other = whole.get(names.find((each) => each !== name) as string) as Uint8Array;
		const lies = [0, 31, 33, bytes.length - 1].map((at) => bytes.with(at, (bytes[at] as number) ^ 1));
		for (const lie of sampled([...lies, bytes.subarray(0, 5), new Uint8Array(0), other, bytes.subarray(1)])) {
			device.store.kept.set(name, lie);
			expect(await restart(device, record)).toBe('kept-changed');
		}
		device.store.kept.delete(name);
		expect(await restart(device, record)).toBe('kept-gone');
		device.store.kept.set(name, bytes);
	}
	expect(await restart(device, record)).toBe('done');
});

it('a record that is replaced by an older copy is refused after a restart', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const old = service.record(NOTE);
	await device.read(old);
	const before = new Map(device.store.kept);
	for (const body of ['one', 'two', 'three']) {
		const update = change(service, NOTE, { body });
		const [sealed] = await device.vault.seal([update]);
		if (sealed) service.store(update, sealed);
		await device.read(service.record(NOTE));
	}
	const after = new Map(device.store.kept);
	const changed = [...after.keys()].filter((name) => after.get(name) !== before.get(name));
	const rolledBack = changed.filter((name) => String(after.get(name)) !== String(before.get(name)));
	expect(rolledBack).toHaveLength(2);
	for (const name of rolledBack) {
		device.store.kept.set(name, before.get(name) as Uint8Array);
		expect(await restart(device, old)).toBe('kept-older');
		device.store.kept.set(name, after.get(name) as Uint8Array);
	}
	expect(await restart(device, service.record(NOTE))).toBe('done');
});

it('records of another device are refused', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	for (const name of keptBy(owner))
		member.store.kept.set(name.replace('anna', 'cara'), owner.store.kept.get(name) as Uint8Array);
	expect(await restart(member, service.record(NOTE))).toBe('kept-changed');
});

it('a store that is put back as a whole is caught up by the log, and seals nothing before that', async () => {
	const { service, time, cara } = await someFirm();
	const device = await cara();
	const before = new Map(device.store.kept);
	await device.read(service.record(NOTE));
	await device.vault.lock();
	device.store.kept.clear();
	for (const [name, bytes] of before) device.store.kept.set(name, bytes);
	time.step(HOUR);
	await device.unlock();
	expect(await refusal(device.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('not-fresh');
	await device.sync(service);
	expect(await refusal(device.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('done');
});

it('a device that lost all its records but the device file is refused, and so is one without the file', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const file = device.store.kept.get('cara/device') as Uint8Array;
	for (const name of keptBy(device)) device.store.kept.delete(name);
	expect(await restart(device, service.record(NOTE))).toBe('kept-gone');
	device.store.kept.delete('cara/device');
	expect(await restart(device, service.record(NOTE))).toBe('kept-gone');
	device.store.kept.set('cara/device', file.subarray(1));
	expect(await restart(device, service.record(NOTE))).toBe('does-not-unlock');
	await device.vault.forget({ name: 'cara' });
	expect(await device.vault.devices()).toEqual([]);
	expect([...device.store.kept.keys()]).toEqual(['devices']);
});

it('removing a device removes every record, whatever it kept: also marks of rows of people who left', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, device, left] = [await anna(), await bert(), await cara()];
	await owner.send(service, await owner.vault.revokeDevices({ devices: [await left.id()] }));
	await device.sync(service);
	await device.read(service.record(CARAS_NOTE), service.record(NOTE));
	const families = new Set(keptBy(device).map((name) => name.split('/')[2]));
	expect([...families].sort()).toEqual(['index', 'late', 'log', 'names', 'rows', 'state', 'wraps']);
	await device.vault.forget({ name: 'bert' });
	expect([...device.store.kept.keys()]).toEqual(['devices']);
});

it('if the store is full, nothing is opened and nothing is believed', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	await owner.send(service, await owner.vault.renameMember({ person: ANNA, name: 'Anna B.' }));
	const full = new RangeError('The store is full.');
	member.store.full = full;
	const before = await member.vault.state();
	await expect(member.read(service.record(NOTE))).rejects.toBe(full);
	await expect(member.vault.extend(await service.served())).rejects.toBe(full);
	expect((await member.vault.state()).log?.head).toBe(before.log?.head);
	expect(await refusal(member.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('not-fresh');
	member.store.full = null;
	await member.sync(service);
	expect((await member.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
});

it('if the process ends between two writes, the device starts with one or the other', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	await owner.send(service, await owner.vault.renameMember({ person: ANNA, name: 'Anna B.' }));
	const served = await service.served();
	const before = new Map(member.store.kept);
	await member.vault.extend(served);
	const after = new Map(member.store.kept);
	const written = [...after.keys()].filter((name) => String(after.get(name)) !== String(before.get(name)));
	expect(written.length).toBeGreaterThan(2);
	const others = written.filter((name) => !/[/](?:index|state)$/.test(name));
	const some = Array.from({ length: 2 ** others.length }, (_, bits) => others.filter((__, at) => (bits >> at) & 1));
	// Before the state, and after it: then only the index is missing.
	for (const names of [...some, [...others, 'cara/kept/state']]) {
		member.store.kept.clear();
		for (const [name, bytes] of before) member.store.kept.set(name, bytes);
		for (const name of names) member.store.kept.set(name, after.get(name) as Uint8Array);
		await member.vault.lock();
		expect(await refusal(member.unlock())).toBe('done');
		expect(await refusal(member.vault.extend(served))).toBe('done');
		expect((await member.vault.state()).log?.size).toBe(service.entries.length);
		expect((await member.vault.state()).people[0]?.name).toBe('Anna B.');
	}
});

it('an unlocking for which the store has no room leaves no copy of the secret', async () => {
	const { time } = await someFirm();
	const service = new InMemoryApi(time, await newLogKey());
	const device = await Device.make('new', ANNA, time);
	const file = device.store.kept.get('new/device') as Uint8Array;
	await device.send(service, await device.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	await device.vault.lock();
	// The device knows its firm, but its file does not say so: it was not written.
	device.store.kept.set('new/device', file);
	device.store.full = new RangeError('The store is full.');
	const { secret } = device;
	const copies: Uint8Array[] = [];
	const copy = vi.spyOn(Uint8Array, 'from').mockImplementation((bytes: unknown) => {
		const made = new Uint8Array(bytes as ArrayLike<number>);
		if (bytes === secret.prf) copies.push(made);
		return made;
	});
	onTestFinished(() => copy.mockRestore());
	await expect(device.vault.unlock({ name: 'new', unlock: secret })).rejects.toBe(device.store.full);
	expect(copies).toEqual([new Uint8Array(32)]);
});

it('what was read is not written again', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	await device.read(service.record(NOTE), service.record(MESSAGE));
	const { writes } = device.store;
	await device.read(service.record(NOTE), service.record(MESSAGE));
	await device.sync(service);
	expect(device.store.writes).toBe(writes);
});

it('several devices are stored side by side, and one is unlocked at a time', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const store = new MemoryStore(new Map([...owner.store.kept, ...member.store.kept]));
	const both = new Device('anna', ANNA, store, service.time);
	const list = [{ name: 'anna', firm: (await owner.vault.state()).device.firm, person: ANNA, unlock: 'PRF' }];
	store.kept.set('devices', new TextEncoder().encode(JSON.stringify([...list, ...(await member.vault.devices())])));
	expect((await both.vault.devices()).map(({ name }) => name)).toEqual(['anna', 'cara']);
	await both.unlock();
	expect((await both.vault.unlock({ name: 'cara', unlock: member.secret })).device.name).toBe('cara');
	expect(await refusal(both.vault.create({ name: 'cara', firm: NOTE, person: ANNA, unlock: both.secret }))).toBe(
		'device-known',
	);
	for (const name of ['', '../x', 'a/b', '.x', 'devices', 'x'.repeat(101)]) {
		expect(await refusal(both.vault.create({ name, firm: NOTE, person: ANNA, unlock: both.secret }))).toBe(
			'device-name',
		);
	}
	await both.vault.forget({ name: 'cara' });
	expect(await refusal(both.vault.state())).toBe('locked');
	expect((await both.unlock()).device.name).toBe('anna');
	expect([...store.kept.keys()].some((name) => name.startsWith('cara/'))).toBe(false);
});

it('the device is locked at once, though an operation hangs, and an unlocking that began before ends in nothing', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	await device.vault.lock();
	const read = device.store.read.bind(device.store);
	const free = Promise.withResolvers<void>();
	device.store.read = async (name) => {
		await free.promise;
		return read(name);
	};
	const [unlocking, waiting] = [refusal(device.unlock()), refusal(device.read(service.record(NOTE)))];
	await device.vault.lock();
	free.resolve();
	expect([await unlocking, await waiting]).toEqual(['locked', 'locked']);
	expect(await refusal(device.vault.state())).toBe('locked');
	await device.unlock();
	const asked = [refusal(device.unlock()), refusal(device.vault.state())];
	await device.vault.lock();
	expect(await Promise.all(asked)).toEqual(['locked', 'locked']);
	await device.unlock();
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
});
