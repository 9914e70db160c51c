import { hashOfContext, toBase64, toHex } from './bytes.ts';

/** Bytes of the random salt of a name. */
const NAME_SALT_LENGTH = 16;

/**
 * The commitment to a person's name, as the key log has it: 64 hexadecimal digits. FORMAT.md section 4. Throws RangeError unless `salt` is
 * 16 bytes.
 */
export async function commitToName(
	{ firm, person, name }: { readonly firm: string; readonly person: string; readonly name: string },
	salt: Uint8Array,
): Promise<string> {
	if (salt.length !== NAME_SALT_LENGTH) throw new RangeError('The salt of a name is 16 bytes.');
	return toHex(await hashOfContext('firmseal/name/v1', firm, person, toBase64(salt), name));
}
