import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

// A Fernet frame (github.com/fernet/spec): 0x80, uint64 seconds since 1970, IV of 16 bytes, AES-CBC ciphertext, HMAC-SHA-256 of all of it.
const VERSION = 0x80;
const IV_AT = 9;
const TEXT_AT = 25;
const TAG_LENGTH = 32;
const SHORTEST = TEXT_AT + 16 + TAG_LENGTH;

export interface FrameKey {
	readonly signing: Uint8Array;
	/** 16, 24 or 32 bytes. */
	readonly encryption: Uint8Array;
}

const cipherOf = ({ encryption }: FrameKey) => `aes-${encryption.length * 8}-cbc`;

/**
 * Opens a frame of any age. Returns one plaintext for each key that has signed the frame. Keys with the same signing key may have different
 * encryption keys. A wrong encryption key nearly always fails by its padding, and then yields no plaintext.
 */
export function openFrame(keys: readonly FrameKey[], frame: Uint8Array): Uint8Array[] {
	if (frame.length < SHORTEST || frame[0] !== VERSION) return [];
	const signed = frame.subarray(0, -TAG_LENGTH);
	const tag = frame.subarray(-TAG_LENGTH);
	return keys
		.filter(({ signing }) => timingSafeEqual(createHmac('sha256', signing).update(signed).digest(), tag))
		.flatMap((key) => {
			try {
				const cipher = createDecipheriv(cipherOf(key), key.encryption, signed.subarray(IV_AT, TEXT_AT));
				return [Buffer.concat([cipher.update(signed.subarray(TEXT_AT)), cipher.final()])];
			} catch {
				return [];
			}
		});
}

/** `at`: the time to write into the frame, in milliseconds since 1970. */
export function sealFrame(key: FrameKey, value: Uint8Array, at: number): Buffer {
	const iv = randomBytes(TEXT_AT - IV_AT);
	const head = Buffer.alloc(IV_AT);
	head[0] = VERSION;
	head.writeBigUInt64BE(BigInt(Math.floor(at / 1000)), 1);
	const cipher = createCipheriv(cipherOf(key), key.encryption, iv);
	const signed = Buffer.concat([head, iv, cipher.update(value), cipher.final()]);
	return Buffer.concat([signed, createHmac('sha256', key.signing).update(signed).digest()]);
}
