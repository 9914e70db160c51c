import { type SubtleKey, toHex } from './bytes.ts';

export const PUBLIC_KEY_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;

/** Of both curves, little-endian. */
const FIELD = `ed${'ff'.repeat(30)}7f`;
/** The order of the group of Ed25519. */
const ORDER = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';

/** 0, 1 and p - 1, of which both curves make a point of small order. The sign bit is not set in these texts. */
const REFUSED_BY_BOTH = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`];
const REFUSED_EXCHANGE = [
	...REFUSED_BY_BOTH,
	'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
	'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
];
const REFUSED_SIGNING = [
	...REFUSED_BY_BOTH,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

/** Whether `key` is an X25519 public key that no reader accepts: of small order, or not canonical. FORMAT.md section 2. */
export function isRefusedExchange(key: Uint8Array): boolean {
	if (key.length !== PUBLIC_KEY_LENGTH || (key[31] as number) >= 0x80) return true;
	return !isBelow(key, FIELD) || REFUSED_EXCHANGE.includes(toHex(key));
}

/**
 * Whether `key` is an Ed25519 public key that no reader accepts: of small order, or not canonical. Bytes that are no point at all are not
 * found here, but no signature verifies under them. FORMAT.md section 2.
 */
export function isRefusedSigning(key: Uint8Array): boolean {
	if (key.length !== PUBLIC_KEY_LENGTH) return true;
	// A copy: slice() of a Buffer would be a view, and change the caller's key.
	const unsigned = Uint8Array.from(key);
	unsigned[31] = (unsigned[31] as number) & 0x7f;
	return !isBelow(unsigned, FIELD) || REFUSED_SIGNING.includes(toHex(unsigned));
}

/** 64 bytes. The same message has the same signature under one key (RFC 8032). */
export async function signBytes(key: SubtleKey, message: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.sign('Ed25519', key, message));
}

/**
 * Whether a signature of Ed25519 verifies, by the rules of FORMAT.md section 1: never under a refused key, and never with an S that is not
 * below the order, which would be a second signature for the message. `signing` are the 32 bytes of the public key.
 */
export async function verifyBytes(signing: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
	if (signature.length !== SIGNATURE_LENGTH || !isBelow(signature.subarray(32), ORDER)) return false;
	// An engine may refuse bytes that are no point when it imports them, or when it verifies.
	try {
		const key = await verifierOf(signing);
		return key !== null && (await crypto.subtle.verify('Ed25519', key, signature, message));
	} catch (error) {
		if (error instanceof Error && ['DataError', 'OperationError'].includes(error.name)) return false;
		throw error;
	}
}

/** Imported keys: a firm has few authors, and an import costs as much as a verification. */
const verifiers = /* @__PURE__ */ new Map<string, SubtleKey>();
const MAX_VERIFIERS = 1_000;

/** Null for a refused key. */
async function verifierOf(signing: Uint8Array): Promise<SubtleKey | null> {
	const name = toHex(signing);
	const known = verifiers.get(name);
	if (known !== undefined) return known;
	if (isRefusedSigning(signing)) return null;
	const key = await crypto.subtle.importKey('raw', signing, 'Ed25519', false, ['verify']);
	if (verifiers.size >= MAX_VERIFIERS) verifiers.clear();
	verifiers.set(name, key);
	return key;
}

/** Whether a little-endian number is below another of its length, given as hexadecimal. Both are public. */
function isBelow(bytes: Uint8Array, limit: string): boolean {
	for (let at = bytes.length - 1; at >= 0; at--) {
		const difference = (bytes[at] as number) - Number.parseInt(limit.slice(2 * at, 2 * at + 2), 16);
		if (difference !== 0) return difference < 0;
	}
	return false;
}
