import { concat, encodeContext, unopenableError } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { fromBase64, hashOfContext, hkdf, importForHkdf, type SubtleKey, toBase64, utf8 } from './bytes.ts';
import type { DeviceSeed } from './device.ts';
import type { DeviceKind } from './device-statement.ts';
import { exactJson, readExactJson } from './exact-json.ts';
import { base64Of, hash, oneOf, type Shape, seq, shapeOf, text, uuid } from './shape.ts';

const NONCE_LENGTH = 12;
const MIN_PRF_LENGTH = 32;

/** A device that is locked, with the place in the key log at which it began to believe it. FORMAT.md section 12. */
export interface LockedDevice {
	readonly firm: string;
	readonly person: string;
	readonly kind: DeviceKind;
	readonly genesis: string;
	readonly seq: number;
	readonly head: string;
	readonly seed: DeviceSeed;
}

interface DeviceFileJson extends Omit<LockedDevice, 'seed'> {
	readonly v: 1;
	readonly exchange: string;
	readonly signing: string;
}

/** Made for each use: a page that only asks for a passkey leaves it out. */
const fileShape = (): Shape<DeviceFileJson> =>
	shapeOf({
		v: oneOf(1),
		firm: uuid,
		person: text,
		kind: oneOf('DEVICE', 'RECOVERY'),
		genesis: hash,
		seq: seq,
		head: hash,
		exchange: base64Of(32),
		signing: base64Of(32),
	});

/** Whose file it is. */
export interface DeviceFilePlace {
	readonly firm: string;
	readonly person: string;
}

/** The bytes to encrypt, by age or by sealDeviceFile(). They hold the private keys: the caller overwrites them. */
export function encodeDeviceFile({ firm, person, kind, genesis, seq, head, seed }: LockedDevice): Uint8Array {
	const keys = { exchange: toBase64(seed.exchange), signing: toBase64(seed.signing) };
	return utf8(exactJson({ v: 1, firm, person, kind, genesis, seq, head, ...keys }));
}

/** The device in decrypted bytes, which stay as they are. Throws BAD_USER_INPUT unless they are canonical JSON of a device file. */
export function parseDeviceFile(bytes: Uint8Array): LockedDevice {
	const json = readExactJson(textOf(bytes), fileShape());
	if (json === null) {
		throw new FirmsealError('BAD_USER_INPUT', 'This is not a device file of Firmseal: choose the file of your device.');
	}
	const { firm, person, kind, genesis, seq, head } = json;
	const seed = { exchange: fromBase64(json.exchange) as Uint8Array, signing: fromBase64(json.signing) as Uint8Array };
	return { firm, person, kind, genesis, seq, head, seed };
}

function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return '';
	}
}

/** What the passkey's PRF is asked for, 32 bytes. */
export const devicePrfInput = ({ firm, person }: DeviceFilePlace): Promise<Uint8Array> =>
	hashOfContext('firmseal/device-prf/v1', firm, person);

/**
 * nonce || ciphertext || tag of encodeDeviceFile(), under the PRF's output, at least 32 bytes. `nonce` is random by default, and given
 * only for test vectors. Throws RangeError for a shorter output.
 */
export async function sealDeviceFile(
	plaintext: Uint8Array,
	prfOutput: Uint8Array,
	place: DeviceFilePlace,
	nonce: Uint8Array = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH)),
): Promise<Uint8Array> {
	const key = await unlockKey(prfOutput, place);
	return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(gcm(nonce, place), key, plaintext)));
}

/** The plaintext, for parseDeviceFile(). Throws CIPHERTEXT_INVALID for another passkey, firm or person, or a file that was changed. */
export async function openDeviceFile(
	file: Uint8Array,
	prfOutput: Uint8Array,
	place: DeviceFilePlace,
): Promise<Uint8Array> {
	const key = await unlockKey(prfOutput, place);
	if (file.length < NONCE_LENGTH) throw unopenableError();
	const algorithm = gcm(file.subarray(0, NONCE_LENGTH), place);
	try {
		return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, file.subarray(NONCE_LENGTH)));
	} catch {
		throw new FirmsealError(
			'CIPHERTEXT_INVALID',
			'This passkey does not unlock this device file: use the passkey with which the device was stored.',
		);
	}
}

async function unlockKey(prfOutput: Uint8Array, { firm, person }: DeviceFilePlace): Promise<SubtleKey> {
	if (prfOutput.length < MIN_PRF_LENGTH) throw new RangeError('The output of the PRF is at least 32 bytes.');
	const bytes = await hkdf(await importForHkdf(prfOutput), ['firmseal/device-unlock/v1', firm, person]);
	try {
		return await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
	} finally {
		bytes.fill(0);
	}
}

const gcm = (iv: Uint8Array, { firm, person }: DeviceFilePlace) => ({
	name: 'AES-GCM',
	iv,
	additionalData: encodeContext(['firmseal/device-file/v1', firm, person]),
	tagLength: 128,
});
