/** Length in characters, and in bytes once encoded. */
export const UUID_LENGTH = 36;

const DASH = 0x2d;
const TEMPLATE = '00000000-0000-0000-0000-000000000000';

/** The character of the template that each ASCII code may stand for; 0 for none. A table, as every opening passes here. */
const standsFor = new Uint8Array(128);
for (const digit of '0123456789abcdef') standsFor[digit.charCodeAt(0)] = TEMPLATE.charCodeAt(0);
standsFor[DASH] = DASH;

/**
 * Writes a lower-case UUID as 36 ASCII bytes and checks it on the way: one pass, nothing allocated.
 * false: `id` is no lower-case UUID, and the target's 36 bytes are undefined.
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

/** Whether `id` is a lower-case UUID. */
export function isUuid(id: string): boolean {
	return writeUuid(new Uint8Array(UUID_LENGTH), 0, id);
}
