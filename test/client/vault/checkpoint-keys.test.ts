import { expect, it } from 'vitest';
import { refusal } from './attacker.ts';
import { type LogKey, newLogKey, rootOf, signCheckpoint, vkeyOf } from './checkpoints.ts';
import { ANNA, Device, NOTE, newRow, someFirm } from './firm.ts';
import { INSTALLATION, InMemoryApi, ORIGIN, type Served } from './in-memory-api.ts';
import { SteppedTime } from './stepped-time.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE, values: { title: 'New' } });
const UNTRUSTED = 'not signed by a key that this device trusts';

/** The newest state, signed by these keys. All of them are published. */
async function signedBy(service: InMemoryApi, ...keys: readonly LogKey[]): Promise<Served> {
	const time = Math.floor(service.time.now() / 1_000);
	const parts = { origin: ORIGIN, size: service.entries.length, root: await rootOf(service.entries), time };
	const [first = '', ...others] = await Promise.all(keys.map((key) => signCheckpoint(key, parts)));
	const checkpoint = first + others.map((note) => note.slice(note.indexOf('\n\n') + 2)).join('');
	return { entries: [], names: [], checkpoint, vkeys: await Promise.all(keys.map((key) => vkeyOf(ORIGIN, key))) };
}

const keysOf = async ({ vault }: Device) => (await vault.state()).checkpointKeys;

/** The device takes the checkpoint, and seals after it. */
async function expectTaken(device: Device, served: Served): Promise<void> {
	expect(await refusal(device.vault.extend(served))).toBe('done');
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('done');
}

async function expectUntrusted(device: Device, served: Served): Promise<void> {
	expect(await refusal(device.vault.extend(served))).toContain(UNTRUSTED);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('not-fresh');
}

it('the key of the first checkpoint stays the only one, also after the device was locked', async () => {
	const { service, anna, cara } = await someFirm();
	const other = await newLogKey();
	for (const device of [await anna(), await cara()]) {
		expect(await keysOf(device)).toEqual([await vkeyOf(ORIGIN, service.key)]);
		await expectUntrusted(device, await signedBy(service, other));
		await device.vault.lock();
		await device.unlock();
		await expectUntrusted(device, await signedBy(service, other));
		await expectTaken(device, await signedBy(service, service.key));
	}
});

it('of the keys that a service publishes at first, only the one that signed is trusted', async () => {
	const service = new InMemoryApi(new SteppedTime(), await newLogKey());
	const device = await Device.make('anna', ANNA, service.time);
	const begun = await device.vault.beginFirm({ installation: INSTALLATION, name: 'Anna' });
	await service.append(begun);
	const { checkpoint, vkeys } = await service.checkpoint();
	const other = await newLogKey();
	const published = [await vkeyOf(ORIGIN, other), ...vkeys];
	const { entries, names } = service;
	expect(await refusal(device.vault.extend({ entries, names, checkpoint: null, vkeys: published }))).toBe('done');
	expect(await keysOf(device)).toEqual([]);
	await device.vault.extend({ entries: [], names: [], checkpoint, vkeys: published });
	expect(await keysOf(device)).toEqual(vkeys);
});

it('a key that signs beside a trusted one is not trusted for that', async () => {
	const { service, anna } = await someFirm();
	const device = await anna();
	const other = await newLogKey();
	await expectTaken(device, await signedBy(service, other, service.key));
	expect(await keysOf(device)).toEqual([await vkeyOf(ORIGIN, service.key)]);
	await expectUntrusted(device, await signedBy(service, other));
});

it('a person who has the new key from elsewhere gives it to the device, which then refuses the old one', async () => {
	const { service, anna } = await someFirm();
	const device = await anna();
	const next = await newLogKey();
	await device.vault.trustCheckpointKeys({ vkeys: [await vkeyOf(ORIGIN, next)] });
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('not-fresh');
	await expectUntrusted(device, await signedBy(service, service.key));
	await expectTaken(device, await signedBy(service, next));
});

it('what is no key of this firm’s log is not taken', async () => {
	const { service, anna } = await someFirm();
	const device = await anna();
	const other = await vkeyOf(ORIGIN.replace('vault', 'other'), service.key);
	const good = await vkeyOf(ORIGIN, service.key);
	for (const vkeys of [[], [''], ['key'], [other], [good, other], Array.from({ length: 17 }, () => good)])
		expect(await refusal(device.vault.trustCheckpointKeys({ vkeys }))).toBe('checkpoint-key');
	expect(await keysOf(device)).toEqual([good]);
	await expectTaken(device, await signedBy(service, service.key));
});
