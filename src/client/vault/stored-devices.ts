import { lockDevice, openLockedDevice } from './device-lock.ts';
import { parseJson } from './parse-json.ts';
import type { KeptStore } from './ports.ts';
import { fileNameOf, type Session, type StoredDevice } from './session.ts';
import { VaultError } from './vault-error.ts';

/** The list of stored devices. It is not authenticated, because it is read before anything is unlocked: it only says what to try. */
export const LIST = 'devices';

export async function listDevices(store: KeptStore): Promise<readonly StoredDevice[]> {
	const bytes = await store.read(LIST);
	if (bytes === null) return [];
	try {
		return parseJson(bytes) as readonly StoredDevice[];
	} catch {
		throw new VaultError('kept-changed');
	}
}

/** @throws VaultError `kept-gone` */
export async function requireStored(store: KeptStore, name: string): Promise<StoredDevice> {
	const stored = (await listDevices(store)).find((each) => each.name === name);
	if (stored === undefined) throw new VaultError('kept-gone');
	return stored;
}

/** Writes the device file once more with the place in the log where the device begins to believe it. FORMAT.md, section 12. */
export async function anchorDevice(session: Session): Promise<void> {
	const { secret, state, stored, parts } = session;
	if (secret === null || state.genesis === null) return;
	const file = await parts.store.read(fileNameOf(stored.name));
	if (file === null) throw new VaultError('kept-gone');
	const locked = await openLockedDevice(file, secret, stored);
	const { genesis, head, size } = { ...state, genesis: state.genesis };
	const anchored = { ...locked, genesis, seq: size - 1, head: head as string };
	await parts.store.write(fileNameOf(stored.name), await lockDevice(anchored, secret));
	session.forgetSecret();
}
