const encoder = new TextEncoder();
/** Characters of one call: engines limit the number of arguments. */
const STEP = 8_192;

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** RFC 4648, section 4, of any number of bytes. */
export function toBase64(bytes: Uint8Array): string {
	let latin1 = '';
	for (let at = 0; at < bytes.length; at += STEP) latin1 += String.fromCharCode(...bytes.subarray(at, at + STEP));
	return btoa(latin1);
}

/** Null for any other spelling than that of toBase64(). */
export function fromBase64(text: string): Uint8Array | null {
	let latin1: string;
	try {
		latin1 = atob(text);
	} catch {
		return null;
	}
	if (btoa(latin1) !== text) return null;
	const bytes = new Uint8Array(latin1.length);
	for (let at = 0; at < latin1.length; at++) bytes[at] = latin1.charCodeAt(at);
	return bytes;
}

/** The value in the JSON of `bytes`, which the vault has written. Throws an error of the engine for other bytes. */
export const parseJson = (bytes: Uint8Array): unknown =>
	JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
