import { fromBase64, hashOfContext, toBase64, toHex } from './bytes.ts';

/** Bytes of the random salt of a name. */
const NAME_SALT_LENGTH = 16;

/** A name as it is served beside the log, where it can be erased. FORMAT.md section 4. */
export interface SaltedName {
	/** Id of the user. */
	readonly person: string;
	readonly name: string;
	/** Base64 of 16 random bytes. */
	readonly salt: string;
}

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

/** A name with new random bytes, and its hash for the key log, 64 hexadecimal digits. */
export async function saltName(
	firm: string,
	person: string,
	name: string,
): Promise<{ readonly salted: SaltedName; readonly hash: string }> {
	const salt = crypto.getRandomValues(new Uint8Array(NAME_SALT_LENGTH));
	const hash = await commitToName({ firm, person, name }, salt);
	return { salted: { person, name, salt: toBase64(salt) }, hash };
}

/** Whether this is the name that the log has for the person. False for a salt of another form, and for a lone surrogate. */
export async function isCommittedName(
	firm: string,
	{ person, name, salt }: SaltedName,
	hash: string,
): Promise<boolean> {
	const bytes = fromBase64(salt);
	if (bytes?.length !== NAME_SALT_LENGTH || !name.isWellFormed()) return false;
	return (await commitToName({ firm, person, name }, bytes)) === hash;
}
