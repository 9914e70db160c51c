import { randomBytes } from 'node:crypto';
import { SetupError } from '../errors.ts';
import { createOwnerOnly, readOwnerOnly } from './owner-only-file.ts';

/**
 * The root key of the local keyring from the data directory, as 64 hexadecimal digits: for development, if no setting has the key.
 * @throws SetupError if the file is missing and may not be created, is damaged, or is accessible to other users.
 */
export async function readOrCreateRootKey(path: string, { create }: { readonly create: boolean }): Promise<Uint8Array> {
	const fresh = async () => {
		const text = `${randomBytes(32).toString('hex')}\n`;
		return (await createOwnerOnly(path, text)) ? text : await readOwnerOnly(path);
	};
	const text = (await readOwnerOnly(path)) ?? (create ? await fresh() : null);
	if (text === null) throw new SetupError(`${path} is missing: restore it from a backup.`);
	if (!/^[0-9a-f]{64}\n$/.test(text)) throw new SetupError(`${path} is damaged: restore it from a backup.`);
	return Buffer.from(text.trim(), 'hex');
}
