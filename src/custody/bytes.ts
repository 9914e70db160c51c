import { encodeContext } from '../envelope/index.ts';

/** A key of WebCrypto. */
export type SubtleKey = InstanceType<typeof CryptoKey>;

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

const BYTES = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
	let hex = '';
	for (const byte of bytes) hex += BYTES[byte];
	return hex;
}

/** Of text whose form the caller has checked. */
export const fromHex = (hex: string): Uint8Array =>
	Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));

/** What newer engines have, many times as fast (ES2026). */
interface EngineBase64 {
	readonly fromBase64?: (text: string, options: { readonly lastChunkHandling: 'strict' }) => Uint8Array;
	readonly prototype: { readonly toBase64?: (this: Uint8Array) => string };
}
const engine = Uint8Array as EngineBase64;

/** Characters of one call: engines limit the number of arguments. */
const STEP = 8_192;

/** RFC 4648, section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
	const native = engine.prototype.toBase64;
	if (native !== undefined) return native.call(bytes);
	let latin1 = '';
	for (let at = 0; at < bytes.length; at += STEP) latin1 += String.fromCharCode(...bytes.subarray(at, at + STEP));
	return btoa(latin1);
}

/** Null for any other spelling than that of toBase64(): without padding, with white space, or with bits in the padding. */
export function fromBase64(text: string): Uint8Array | null {
	try {
		const native = engine.fromBase64?.(text, { lastChunkHandling: 'strict' });
		// The engine still skips white space.
		if (native !== undefined) return 4 * Math.ceil(native.length / 3) === text.length ? native : null;
		const latin1 = atob(text);
		if (btoa(latin1) !== text) return null;
		const bytes = new Uint8Array(latin1.length);
		for (let at = 0; at < bytes.length; at++) bytes[at] = latin1.charCodeAt(at);
		return bytes;
	} catch {
		return null;
	}
}

/** Takes the same time for all arrays of a length, which is not secret. */
export function equalInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
	if (one.length !== other.length) return false;
	let difference = 0;
	for (let at = 0; at < one.length; at++) difference |= (one[at] as number) ^ (other[at] as number);
	return difference === 0;
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** SHA-256 of context(…parts). */
export const hashOfContext = (...parts: readonly string[]): Promise<Uint8Array> => sha256(encodeContext(parts));

const NO_SALT = /* @__PURE__ */ new Uint8Array(0);

/** HKDF-SHA-256 without a salt, with context(…parts) as info. `key` is imported for HKDF. FORMAT.md section 1. */
export async function hkdf(key: SubtleKey, parts: readonly string[], length = 32): Promise<Uint8Array> {
	const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: NO_SALT, info: encodeContext(parts) };
	return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}

/** Not extractable. */
export const importForHkdf = (bytes: Uint8Array): Promise<SubtleKey> =>
	crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits']);
