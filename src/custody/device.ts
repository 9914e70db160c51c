import { concat } from '../envelope/index.ts';
import { hkdf, importForHkdf, type SubtleKey, sha256, toHex } from './bytes.ts';
import { signBytes } from './signature.ts';

const KEY_LENGTH = 32;

/** PrivateKeyInfo (RFC 8410) up to the 32 bytes of the key; the last byte of the id tells the curves apart. */
const pkcs8 = (curve: 0x6e | 0x70, key: Uint8Array): Uint8Array =>
	concat(Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, curve, 4, 0x22, 4, 0x20), key);
const X25519 = 0x6e;
const ED25519 = 0x70;

/** The private keys of a device as bytes, 32 each. Give them to overwriteSeed() as soon as they are imported and stored. */
export interface DeviceSeed {
	readonly exchange: Uint8Array;
	readonly signing: Uint8Array;
}

/** The public keys of a device, 32 bytes each: X25519 and Ed25519. */
export interface DevicePublicKeys {
	readonly exchange: Uint8Array;
	readonly signing: Uint8Array;
}

/** A device that can open and sign. No private key can be exported. FORMAT.md section 2. */
export interface DeviceKeys {
	/** 64 hexadecimal digits. */
	readonly id: string;
	readonly publicKeys: DevicePublicKeys;
	/** X25519, for deriveBits; with its public key, which HPKE needs. */
	readonly exchange: { readonly privateKey: SubtleKey; readonly publicKey: SubtleKey };
	/** Ed25519. */
	readonly signing: SubtleKey;
	/** HMAC with SHA-256, for what the client keeps. FORMAT.md section 13. */
	readonly kept: SubtleKey;
}

export const generateSeed = (): DeviceSeed => ({
	exchange: crypto.getRandomValues(new Uint8Array(KEY_LENGTH)),
	signing: crypto.getRandomValues(new Uint8Array(KEY_LENGTH)),
});

export function overwriteSeed(seed: DeviceSeed): void {
	seed.exchange.fill(0);
	seed.signing.fill(0);
}

/**
 * The keys of a device, from its seed, which stays as it is: the caller overwrites it. WebCrypto gives the public half of an Ed25519 key
 * only as a JWK, so for a moment the engine holds the private half as a text too. Throws RangeError unless both keys are 32 bytes.
 */
export async function importDevice(seed: DeviceSeed): Promise<DeviceKeys> {
	if (seed.exchange.length !== KEY_LENGTH || seed.signing.length !== KEY_LENGTH) {
		throw new RangeError('The private keys of a device are 32 bytes each.');
	}
	const [exchange, signing, kept] = await Promise.all([
		importExchange(seed.exchange),
		importSigning(seed.signing),
		importKept(seed.signing),
	]);
	const publicKeys = { exchange: exchange.raw, signing: signing.raw };
	const { privateKey, publicKey } = exchange;
	return {
		id: await deviceIdOf(publicKeys),
		publicKeys,
		exchange: { privateKey, publicKey },
		signing: signing.privateKey,
		kept,
	};
}

/** Hexadecimal SHA-256 of both public keys, 64 digits. FORMAT.md section 2. */
export async function deviceIdOf({ exchange, signing }: DevicePublicKeys): Promise<string> {
	return toHex(await sha256(concat(exchange, signing)));
}

/** Imports for HPKE, which needs the public key extractable. */
export const importExchangePublic = (raw: Uint8Array): Promise<SubtleKey> =>
	crypto.subtle.importKey('raw', raw, 'X25519', true, []);

async function importExchange(seed: Uint8Array) {
	const privateKey = await imported(X25519, seed, (bytes) =>
		crypto.subtle.importKey('pkcs8', bytes, 'X25519', false, ['deriveBits']),
	);
	const base = new Uint8Array(KEY_LENGTH);
	base[0] = 9;
	const algorithm = { name: 'X25519', public: await importExchangePublic(base) };
	const raw = new Uint8Array(await crypto.subtle.deriveBits(algorithm, privateKey, KEY_LENGTH * 8));
	return { privateKey, raw, publicKey: await importExchangePublic(raw) };
}

async function importSigning(seed: Uint8Array) {
	return imported(ED25519, seed, async (bytes) => {
		const extractable = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', true, ['sign']);
		const { x } = await crypto.subtle.exportKey('jwk', extractable);
		const privateKey = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign']);
		return { privateKey, raw: fromBase64Url(x as string) };
	});
}

/** hkdf(signing private key, "firmseal/kept/v1"). FORMAT.md section 13. */
async function importKept(seed: Uint8Array): Promise<SubtleKey> {
	const bytes = await hkdf(await importForHkdf(seed), ['firmseal/kept/v1']);
	try {
		return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
	} finally {
		bytes.fill(0);
	}
}

async function imported<T>(curve: 0x6e | 0x70, seed: Uint8Array, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
	const bytes = pkcs8(curve, seed);
	try {
		return await use(bytes);
	} finally {
		bytes.fill(0);
	}
}

const fromBase64Url = (text: string): Uint8Array =>
	Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** Ed25519 by a device, 64 bytes. */
export const signAs = (device: DeviceKeys, message: Uint8Array): Promise<Uint8Array> =>
	signBytes(device.signing, message);
