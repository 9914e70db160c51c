import { FirmsealError } from '../errors.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** 16 bytes in base64url: 22 characters, of which the last carries two bits. */
const SHORT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** Two base64url digits for each three hex digits (12 bits): a table of all 4,096, because a page of records has a thousand ids. */
const PAIRS: readonly string[] = Array.from(
	{ length: 4096 },
	(_, bits) => DIGITS.charAt(bits >> 6) + DIGITS.charAt(bits & 63),
);

/**
 * The 16 bytes of a UUID in base64url (RFC 4648 section 5, no padding): 22 characters instead of 36.
 * @throws FirmsealError INTERNAL if `uuid` is not a lower-case UUID.
 */
export function uuidToBase64url(uuid: string): string {
	if (!UUID.test(uuid)) throw new FirmsealError('INTERNAL', 'A record id of an audit entry is not a lower-case UUID.');
	// 32 hex digits and a 0 are eleven groups of three, which give eleven pairs.
	const hex = `${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}${uuid.slice(19, 23)}${uuid.slice(24)}0`;
	let text = '';
	for (let at = 0; at < 33; at += 3) {
		text += PAIRS[(nibble(hex, at) << 8) | (nibble(hex, at + 1) << 4) | nibble(hex, at + 2)];
	}
	return text;
}

/**
 * The reverse of uuidToBase64url().
 * @throws FirmsealError INTERNAL if `text` is not the canonical base64url form of 16 bytes.
 */
export function base64urlToUuid(text: string): string {
	if (!SHORT.test(text))
		throw new FirmsealError('INTERNAL', 'A record id of an audit entry is not 16 bytes of base64url.');
	let hex = '';
	for (let at = 0; at < 22; at += 2) {
		const bits = (DIGITS.indexOf(text.charAt(at)) << 6) | DIGITS.indexOf(text.charAt(at + 1));
		hex += bits.toString(16).padStart(3, '0');
	}
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function nibble(hex: string, at: number): number {
	const code = hex.charCodeAt(at);
	return code < 0x3a ? code - 0x30 : code - 0x57;
}
