import { join } from 'node:path';
import { initLocalKeyring, isKeyringBegun, openLocalKeyring } from '../../adapters/keyring-local/index.ts';
import { SetupError } from '../../errors.ts';
import { guardKeyring, type Keyring } from '../../keys/index.ts';
import { makeDirectory, readOrCreateRootKey } from '../../local-files/index.ts';

/**
 * A keyring in files of a directory, for development. Its root key lies beside it, so anyone who reads the disk can read the content. The first
 * call creates it, readable by its owner only. Call createKey(firm) for each firm.
 * @throws SetupError if the keyring is damaged, incomplete or open to other users, or if the directory can't be created
 */
export async function openKeyringIn(directory: string): Promise<Keyring> {
	const keys = join(directory, 'keyring');
	const isNew = !isKeyringBegun(keys);
	try {
		makeDirectory(directory);
	} catch {
		throw new SetupError(`The directory ${directory} for the keyring can't be created: choose another.`);
	}
	const rootKey = await readOrCreateRootKey(join(directory, 'root.key'), { create: isNew });
	if (isNew) await initLocalKeyring({ directory: keys, rootKey });
	return guardKeyring(await openLocalKeyring({ directory: keys, rootKey, principal: 'firm' }));
}
