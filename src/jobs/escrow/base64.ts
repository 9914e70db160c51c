/** Standard base64 (RFC 4648 section 4) with its padding. */
export function encodeBase64(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/**
 * The `length` bytes behind `text`; null for another length and for every form but the one that encodeBase64() writes.
 * The bytes are in memory of their own, so that overwriting them leaves none in a buffer that Node shares.
 */
export function decodeBase64(text: unknown, length: number): Uint8Array | null {
	if (typeof text !== 'string' || text.length !== Math.ceil(length / 3) * 4) return null;
	const bytes = new Uint8Array(length);
	const isWhole = Buffer.from(bytes.buffer).write(text, 'base64') === length && encodeBase64(bytes) === text;
	if (isWhole) return bytes;
	bytes.fill(0);
	return null;
}
