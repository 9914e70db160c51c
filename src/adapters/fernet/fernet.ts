import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Tokens } from '../../content/index.ts';

/**
 * Tokens of Fernet (github.com/fernet/spec), as the Django libraries keep a value in a column: 0x80, uint64 seconds since 1970, a vector of
 * 16 bytes, AES-128-CBC, HMAC-SHA-256 over all of it; base64url with padding.
 */
const VERSION = 0x80;
const IV_AT = 9;
const TEXT_AT = 25;
const TAG_LENGTH = 32;
const SHORTEST = TEXT_AT + 16 + TAG_LENGTH;

export interface FernetKey {
	/** 16 bytes each. */
	readonly signing: Uint8Array;
	readonly encryption: Uint8Array;
}

/** A key of 32 bytes, in base64 of either alphabet; null: it is none. */
function readFernetKey(text: string): FernetKey | null {
	const bytes = /^[A-Za-z0-9+/_-]{43}=$/.test(text) ? Buffer.from(text, 'base64url') : null;
	return bytes?.length === 32 ? keyOf(bytes) : null;
}

/** The key that django-fernet-fields makes of a secret such as Django's SECRET_KEY (HKDF-SHA-256, RFC 5869). */
const deriveFernetKey = (secret: string): FernetKey =>
	keyOf(new Uint8Array(hkdfSync('sha256', secret, 'django-fernet-fields-hkdf-salt', 'django-fernet-fields', 32)));

const keyOf = (bytes: Uint8Array): FernetKey => ({ signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) });

/** The bytes in a token under one of the keys; null: under none of them. However old it is. */
function openFernet(keys: readonly FernetKey[], token: Uint8Array): Uint8Array | null {
	const text = Buffer.from(token).toString('latin1');
	if (!/^[A-Za-z0-9_-]+={0,2}$/.test(text) || text.length % 4 !== 0) return null;
	const bytes = Buffer.from(text, 'base64url');
	if (bytes.length < SHORTEST || bytes[0] !== VERSION) return null;
	const signed = bytes.subarray(0, -TAG_LENGTH);
	const tag = bytes.subarray(-TAG_LENGTH);
	const key = keys.find(({ signing }) => timingSafeEqual(createHmac('sha256', signing).update(signed).digest(), tag));
	if (!key) return null;
	const cipher = createDecipheriv('aes-128-cbc', key.encryption, signed.subarray(IV_AT, TEXT_AT));
	try {
		return Buffer.concat([cipher.update(signed.subarray(TEXT_AT)), cipher.final()]);
	} catch {
		return null;
	}
}

/** A token under the key, made at `at`, in milliseconds since 1970. */
function sealFernet(
	{ signing, encryption }: FernetKey,
	value: Uint8Array,
	at: number,
	iv: Uint8Array = randomBytes(16),
): string {
	const head = Buffer.alloc(IV_AT);
	head[0] = VERSION;
	head.writeBigUInt64BE(BigInt(Math.floor(at / 1000)), 1);
	const cipher = createCipheriv('aes-128-cbc', encryption, iv);
	const signed = Buffer.concat([head, iv, cipher.update(value), cipher.final()]);
	const token = Buffer.concat([signed, createHmac('sha256', signing).update(signed).digest()]);
	// With the padding that base64url of Node leaves out.
	return token.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * Tokens under the keys of a setting, each a key or `hkdf:` and a secret, of which the first seals; null without one.
 */
export function openTokens(keys: readonly string[]): Tokens | null {
	const opening = keys.flatMap((text) =>
		text.startsWith('hkdf:') ? deriveFernetKey(text.slice('hkdf:'.length)) : (readFernetKey(text) ?? []),
	);
	const [sealing] = opening;
	return (
		(sealing && {
			open: (token) => openFernet(opening, token),
			seal: (value) => sealFernet(sealing, value, Date.now()),
		}) ??
		null
	);
}
