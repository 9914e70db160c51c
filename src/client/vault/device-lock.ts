import {
	type DeviceFilePlace,
	encodeDeviceFile,
	type LockedDevice,
	openDeviceFile,
	overwriteSeed,
	parseDeviceFile,
	sealDeviceFile,
} from '../../custody/index.ts';
import { VaultError } from './vault-error.ts';

/** What unlocks a device: a passphrase, or the output of a passkey's PRF for devicePrfInput(), at least 32 bytes. */
export type UnlockSecret = { readonly passphrase: string } | { readonly prf: Uint8Array };

const MIN_PASSPHRASE_LENGTH = 12;
const MIN_PRF_LENGTH = 32;
/** Of an age file up to the work factor, 17 to 20. A passphrase is the only recipient of its file. */
const AGE_HEADER = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} (?:17|18|19|20)\n/;
const AGE_HEADER_LENGTH = 80;

/** Of an untrusted message. @throws VaultError `unlock` */
export function requireSecret(secret: UnlockSecret): void {
	const isUsable =
		'passphrase' in secret
			? typeof secret.passphrase === 'string' && secret.passphrase.length >= MIN_PASSPHRASE_LENGTH
			: secret.prf instanceof Uint8Array && secret.prf.length >= MIN_PRF_LENGTH;
	if (!isUsable) throw new VaultError('unlock');
}

/** The device file, FORMAT.md, section 12. The device's seed is overwritten. */
export async function lockDevice(device: LockedDevice, secret: UnlockSecret): Promise<Uint8Array> {
	const plaintext = encodeDeviceFile(device);
	try {
		if ('prf' in secret) return await sealDeviceFile(plaintext, secret.prf, device);
		const { encryptWithPassphrase } = await import('./passphrase.ts');
		return await encryptWithPassphrase(plaintext, secret.passphrase);
	} finally {
		plaintext.fill(0);
		overwriteSeed(device.seed);
	}
}

/**
 * The device of a file, whose seed the caller overwrites.
 * @throws VaultError `does-not-unlock`, `device-file`: also for a file of another firm or person
 */
export async function openLockedDevice(
	file: Uint8Array,
	secret: UnlockSecret,
	place: DeviceFilePlace,
): Promise<LockedDevice> {
	const plaintext = await openFile(file, secret, place);
	try {
		const device = parseDeviceFile(plaintext);
		if (device.firm === place.firm && device.person === place.person && device.kind === 'DEVICE') return device;
		overwriteSeed(device.seed);
		throw new VaultError('device-file');
	} finally {
		plaintext.fill(0);
	}
}

async function openFile(file: Uint8Array, secret: UnlockSecret, place: DeviceFilePlace): Promise<Uint8Array> {
	if ('passphrase' in secret) return openAgeFile(file, secret.passphrase);
	try {
		return await openDeviceFile(file, secret.prf, place);
	} catch (error) {
		throw new VaultError('does-not-unlock', { cause: error });
	}
}

/** The work factor is checked before any work: a low one would be cheap to guess at, a high one would stop the device. */
async function openAgeFile(file: Uint8Array, passphrase: string): Promise<Uint8Array> {
	if (!AGE_HEADER.test(String.fromCharCode(...file.subarray(0, AGE_HEADER_LENGTH))))
		throw new VaultError('device-file');
	const { decryptWithPassphrase } = await import('./passphrase.ts');
	const plaintext = await decryptWithPassphrase(file, passphrase);
	if (plaintext === null) throw new VaultError('does-not-unlock');
	return plaintext;
}
