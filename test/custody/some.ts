import { type DeviceKeys, generateSeed, importDevice } from '../../src/custody/index.ts';
import { FirmsealError } from '../../src/errors.ts';

export const FIRM = '0190a3c4-0000-7000-8000-000000000001';
export const OTHER_FIRM = '0190a3c4-0000-7000-8000-000000000002';
export const ROW = '0190a3c4-0000-7000-8000-00000000000a';
export const OTHER_ROW = '0190a3c4-0000-7000-8000-00000000000b';
export const PERSON = '0190a3c4-0000-7000-8000-0000000000f1';
export const HEAD = 'ab'.repeat(32);

/** A new device. */
export const someDevice = (): Promise<DeviceKeys> => importDevice(generateSeed());

export const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

export const fromHex = (hex: string): Uint8Array =>
	Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** With one bit changed. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
	const changed = bytes.slice();
	changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
	return changed;
}

/** The code of the error of an attempt, or 'opened'. Any other error than a FirmsealError is its own name. */
export async function codeOf(attempt: () => unknown): Promise<string> {
	try {
		await attempt();
		return 'opened';
	} catch (error) {
		return error instanceof FirmsealError ? error.code : (error as Error).name;
	}
}

export const toHex = (bytes: Uint8Array): string =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

export const fromBase64 = (text: string): Uint8Array =>
	Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Base64 of the changed bytes. */
export const respelled = (text: string, change: (bytes: Uint8Array) => Uint8Array): string =>
	toBase64(change(fromBase64(text)));
