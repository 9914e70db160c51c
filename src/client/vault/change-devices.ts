import { generateSeed, importDevice, utf8 } from '../../custody/index.ts';
import { isUuid } from '../../envelope/index.ts';
import { lockDevice, requireSecret, type UnlockSecret } from './device-lock.ts';
import { KeptRecords } from './kept-records.ts';
import type { KeptStore } from './ports.ts';
import { markNames } from './row-marks.ts';
import { fileNameOf, prefixOf, type StoredDevice } from './session.ts';
import { LIST, listDevices } from './stored-devices.ts';
import { VaultError } from './vault-error.ts';

const NO_HASH = '0'.repeat(64);

/** Makes a device and stores it, locked. Its keys are nowhere else. */
export async function storeNewDevice(
	store: KeptStore,
	wanted: Omit<StoredDevice, 'unlock'>,
	secret: UnlockSecret,
): Promise<StoredDevice> {
	const { name, firm, person, credential } = wanted;
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) || name === LIST || !isUuid(firm) || !isUuid(person)) {
		throw new VaultError('device-name');
	}
	requireSecret(secret);
	if (credential !== undefined && !/^[\w-]{1,1400}$/.test(credential)) throw new VaultError('unlock');
	const others = await listDevices(store);
	if (others.some((each) => each.name === name)) throw new VaultError('device-known');
	const seed = generateSeed();
	const device = await importDevice(seed);
	const file = await lockDevice(
		{ firm, person, kind: 'DEVICE', genesis: NO_HASH, seq: 0, head: NO_HASH, seed },
		secret,
	);
	const unlock = 'prf' in secret ? 'PRF' : 'PASSPHRASE';
	const stored: StoredDevice = { name, firm, person, unlock, ...(credential === undefined ? {} : { credential }) };
	await KeptRecords.begin(store, prefixOf(name), device.kept);
	await store.write(fileNameOf(name), file);
	await store.write(LIST, utf8(JSON.stringify([...others, stored])));
	return stored;
}

/** Removes all that is stored of a device, also if it cannot be unlocked any more. */
export async function removeStored(store: KeptStore, name: string): Promise<void> {
	const left = (await listDevices(store)).filter((each) => each.name !== name);
	await store.write(LIST, utf8(JSON.stringify(left)));
	await store.remove(fileNameOf(name));
	const prefix = prefixOf(name);
	let chunks = 0;
	while ((await store.read(`${prefix}log/${chunks}`)) !== null) chunks++;
	// The last one first: if it ends in between, it finds the others the next time.
	while (chunks > 0) await store.remove(`${prefix}log/${--chunks}`);
	const others = ['index', 'state', 'names', 'wraps', ...markNames()];
	await Promise.all(others.map((each) => store.remove(prefix + each)));
}
