import { sha256 } from './sha256.ts';

/** This browser cannot verify. The message is for the reader. */
export class UnableError extends Error {}

/** RFC 8032, section 7.1, test 2: a public key, a message of one byte, and its signature. */
const KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const SIGNATURE =
	'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
const LENGTHS = [0, 1, 55, 56, 64, 65, 119, 120, 4_095];

/** @throws UnableError unless the browser verifies a known signature, refuses another, and both ways of SHA-256 agree. */
export async function assertAble(): Promise<void> {
	if (globalThis.crypto?.subtle === undefined)
		throw new UnableError('This address is not secure, so the browser checks no signatures: open the page over https.');
	const hashes = LENGTHS.map(async (length) => {
		const bytes = crypto.getRandomValues(new Uint8Array(length));
		const own = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
		return sha256(bytes).every((byte, at) => byte === own[at]);
	});
	if ((await Promise.all(hashes)).includes(false))
		throw new UnableError(
			'This page computes wrong hashes in this browser, so nothing was verified: use another browser.',
		);
	const right = await verifies(0x72);
	if (!right || (await verifies(0x73)))
		throw new UnableError('This browser does not verify Ed25519 signatures: update it, or use another browser.');
}

async function verifies(message: number): Promise<boolean> {
	try {
		const key = await crypto.subtle.importKey('raw', bytesOf(KEY), 'Ed25519', false, ['verify']);
		return await crypto.subtle.verify('Ed25519', key, bytesOf(SIGNATURE), Uint8Array.of(message));
	} catch {
		return false;
	}
}

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
