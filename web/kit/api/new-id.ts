/** Bytes before the random ones: the moment. */
const TIME_BYTES = 6;

/**
 * A UUIDv7 (RFC 9562, section 5.7) for an object that is yet to be created. A form makes it once and sends it with each attempt, so that a
 * repeat after a lost answer creates nothing twice.
 */
export function newId(now: number = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	for (let index = 0; index < TIME_BYTES; index++)
		bytes[index] = Math.floor(now / 256 ** (TIME_BYTES - 1 - index)) % 256;
	bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
	bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
