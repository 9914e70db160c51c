/** 64 zeros: what stands for the hash of an entry before entry 0. */
export const NO_HASH = '0'.repeat(64);

export const hexOf = (bytes: Uint8Array): string =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
	return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

export const base64Text = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/** Of canonical base64, as shape.ts checks it. */
export const bytesOfBase64 = (text: string): Uint8Array =>
	Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
