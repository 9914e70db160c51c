/** Length in characters, and in bytes once encoded. */
export const UUID_LENGTH = 36;

const DASH = 0x2d;
const TEMPLATE = '00000000-0000-0000-0000-000000000000';

/** The template character that each ASCII code may replace, or 0. A table, for speed: every opening checks a UUID. */
const standsFor = new Uint8Array(128);
for (const digit of '0123456789abcdef') standsFor[digit.charCodeAt(0)] = TEMPLATE.charCodeAt(0);
standsFor[DASH] = DASH;

/**
 * Writes a lower-case UUID as 36 ASCII bytes and checks it, in one pass without allocation. Returns false if `id` is not a lower-case
 * UUID; the 36 bytes of the target are then undefined.
 */
export function writeUuid(target: Uint8Array, offset: number, id: string): boolean {
	if (id.length !== UUID_LENGTH) return false;
	for (let index = 0; index < UUID_LENGTH; index++) {
		const code = id.charCodeAt(index);
		if (standsFor[code] !== TEMPLATE.charCodeAt(index)) return false;
		target[offset + index] = code;
	}
	return true;
}

export function isUuid(id: string): boolean {
	return writeUuid(new Uint8Array(UUID_LENGTH), 0, id);
}
