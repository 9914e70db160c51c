import { equalInConstantTime, hashOfContext, toBase64, toHex, utf8 } from './bytes.ts';
import { grouped, readCharacters, toCharacters } from './crockford.ts';

const CODE_LENGTH = 16;
const RANDOM_LENGTH = 32;

/** Who joins. */
export interface JoiningDevice {
	readonly firm: string;
	/** Id of the user. */
	readonly person: string;
	/** Id of the new device. */
	readonly device: string;
}

export interface JoiningParts extends JoiningDevice {
	/** Genesis and head of the old device's log, 64 hexadecimal digits each. */
	readonly genesis: string;
	readonly head: string;
	/** 32 random bytes of the old device. */
	readonly challenge: Uint8Array;
	/** 32 random bytes of the new device. */
	readonly reveal: Uint8Array;
}

/** The 32 random bytes of `challenge` or `reveal`. */
export const joiningBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH));

/** What the new device sends first, 64 hexadecimal digits. FORMAT.md section 11. Throws RangeError unless `reveal` is 32 bytes. */
export async function commitToJoining({ firm, person, device }: JoiningDevice, reveal: Uint8Array): Promise<string> {
	assertRandom(reveal);
	const parts = ['firmseal/joining-commitment/v1', firm, person, device, toBase64(reveal)];
	return toHex(await hashOfContext(...parts));
}

/** What the old device MUST check before it shows a code. Throws RangeError unless `reveal` is 32 bytes. */
export async function isCommittedJoining(
	joining: JoiningDevice,
	reveal: Uint8Array,
	commitment: string,
): Promise<boolean> {
	return equalInConstantTime(utf8(await commitToJoining(joining, reveal)), utf8(commitment));
}

/** The code for both screens: 16 characters in groups of four. Throws RangeError unless challenge and reveal are 32 bytes. */
export async function joiningCode(parts: JoiningParts): Promise<string> {
	const { firm, genesis, head, person, device, challenge, reveal } = parts;
	assertRandom(challenge);
	assertRandom(reveal);
	const of = [firm, genesis, head, person, device, toBase64(challenge), toBase64(reveal)];
	return grouped(toCharacters(await hashOfContext('firmseal/joining-code/v1', ...of), CODE_LENGTH));
}

/** Whether a person typed this code. Hyphens, spaces and case do not matter, and `O`, `I` and `L` are digits. */
export const isSameCode = (typed: string, code: string): boolean => readCharacters(typed) === readCharacters(code);

function assertRandom(bytes: Uint8Array): void {
	if (bytes.length !== RANDOM_LENGTH) throw new RangeError('Challenge and reveal are 32 bytes each.');
}
