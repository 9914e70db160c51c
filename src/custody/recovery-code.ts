import { FirmsealError } from '../errors.ts';
import { hashOfContext, hkdf, importForHkdf, utf8 } from './bytes.ts';
import { firstForeign, GROUP_LENGTH, grouped, readCharacters, toCharacters } from './crockford.ts';
import type { DeviceSeed } from './device.ts';

const SECRET_LENGTH = 28;
const CHECKSUM_LENGTH = 4;
/** Of which 140 bits are used. */
const RANDOM_LENGTH = 18;

/** A new code as people write it down, in eight groups of four. `random`, 18 bytes, is given only for test vectors. */
export async function generateRecoveryCode(
	random: Uint8Array = crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH)),
): Promise<string> {
	if (random.length !== RANDOM_LENGTH) throw new RangeError('A recovery code is made from 18 bytes.');
	const secret = toCharacters(random, SECRET_LENGTH);
	return grouped(secret + (await checksumOf(secret)));
}

/**
 * The 28 characters of a code that a person typed, for deriveRecoverySeed(). Throws BAD_USER_INPUT if characters are missing or too many,
 * if one is not in the alphabet (and in which group), or if the checksum says that some character is another.
 */
export async function readRecoveryCode(typed: string): Promise<string> {
	const characters = readCharacters(typed);
	const foreign = firstForeign(characters);
	if (foreign >= 0) {
		const group = Math.floor(foreign / GROUP_LENGTH) + 1;
		throw mistyped(`Group ${group} of the recovery code has a character that no code has`);
	}
	const length = SECRET_LENGTH + CHECKSUM_LENGTH;
	if (characters.length !== length) {
		throw mistyped(`The recovery code has ${characters.length} of ${length} characters`);
	}
	const secret = characters.slice(0, SECRET_LENGTH);
	if ((await checksumOf(secret)) !== characters.slice(SECRET_LENGTH)) {
		throw mistyped('The recovery code has a mistyped character');
	}
	return secret;
}

/** The private keys of the RECOVERY device of a code, for importDevice(). `secret` is that of readRecoveryCode(). FORMAT.md section 11. */
export async function deriveRecoverySeed(secret: string, firm: string, person: string): Promise<DeviceSeed> {
	const ikm = utf8(secret);
	const base = await importForHkdf(ikm);
	ikm.fill(0);
	const both = await hkdf(base, ['firmseal/recovery-device/v1', firm, person], 64);
	return splitSeed(both);
}

/** Exchange, then signing: views of the 64 bytes, so that to overwrite them overwrites these. */
export const splitSeed = (both: Uint8Array): DeviceSeed => ({
	exchange: both.subarray(0, 32),
	signing: both.subarray(32),
});

async function checksumOf(secret: string): Promise<string> {
	return toCharacters(await hashOfContext('firmseal/recovery-checksum/v1', secret), CHECKSUM_LENGTH);
}

const mistyped = (what: string): FirmsealError =>
	new FirmsealError('BAD_USER_INPUT', `${what}: compare it with the code that you wrote down.`);
