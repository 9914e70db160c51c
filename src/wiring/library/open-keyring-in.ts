import { join } from 'node:path';
import { initLocalKeyring, isKeyringBegun, openLocalKeyring } from '../../adapters/keyring-local/index.ts';
import { SetupError } from '../../errors.ts';
import { guardKeyring, type Keyring } from '../../keys/index.ts';
import { makeDirectory, readOrCreateRootKey } from '../../local-files/index.ts';

/**
 * A keyring in files of a directory, for development: its root key lies beside it, so anyone who reads the disk reads the
 * content. Made at the first call, readable by its owner alone. Call createKey(firm) for each firm.
 * @throws SetupError when it is damaged, incomplete, or open to others, or the directory can't be made.
 */
export async function openKeyringIn(directory: string): Promise<Keyring> {
	const keys = join(directory, 'keyring');
	const isNew = !isKeyringBegun(keys);
	try {
		makeDirectory(directory);
	} catch {
		throw new SetupError(`${directory} can't be made a directory of the keyring: name another.`);
	}
	const rootKey = await readOrCreateRootKey(join(directory, 'root.key'), { create: isNew });
	if (isNew) await initLocalKeyring({ directory: keys, rootKey });
	return guardKeyring(await openLocalKeyring({ directory: keys, rootKey, principal: 'firm' }));
}
