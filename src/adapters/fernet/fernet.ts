import { hkdfSync } from 'node:crypto';
import type { FernetCipher } from '../../content/index.ts';
import { type FrameKey, openFrame, sealFrame } from './frame.ts';

/** A key of 32 bytes, in base64 or base64url; null for any other text. */
function readFernetKey(text: string): FrameKey | null {
	const bytes = /^[A-Za-z0-9+/_-]{43}=$/.test(text) ? Buffer.from(text, 'base64url') : null;
	return bytes?.length === 32 ? keyOf(bytes) : null;
}

/** The key that django-fernet-fields derives from a secret such as Django's SECRET_KEY (HKDF-SHA-256, RFC 5869). */
const deriveFernetKey = (secret: string): FrameKey =>
	keyOf(new Uint8Array(hkdfSync('sha256', secret, 'django-fernet-fields-hkdf-salt', 'django-fernet-fields', 32)));

const keyOf = (bytes: Uint8Array): FrameKey => ({ signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) });

/** Opens a token: a frame in base64url with padding, as the Django libraries store it in a column. */
function openFernet(keys: readonly FrameKey[], token: Uint8Array): Uint8Array | null {
	const text = Buffer.from(token).toString('latin1');
	if (!/^[A-Za-z0-9_-]+={0,2}$/.test(text) || text.length % 4 !== 0) return null;
	return openFrame(keys, Buffer.from(text, 'base64url'))[0] ?? null;
}

/** Not Node's base64url, which has no padding. */
const sealFernet = (key: FrameKey, value: Uint8Array): string =>
	sealFrame(key, value, Date.now()).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** `keys`: each is a Fernet key, or `hkdf:` and a secret. The first key seals. null without a key. */
export function createFernetCipher(keys: readonly string[]): FernetCipher | null {
	const opening = keys.flatMap((text) =>
		text.startsWith('hkdf:') ? deriveFernetKey(text.slice('hkdf:'.length)) : (readFernetKey(text) ?? []),
	);
	const [sealing] = opening;
	if (!sealing) return null;
	return { open: (token) => openFernet(opening, token), seal: (value) => sealFernet(sealing, value) };
}
