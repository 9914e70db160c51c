import { unopenableError } from './unopenable-error.ts';

const MARKER = 0xf5;
const SUITE = 0x01;
const VERSION_START = 2;
const FIRM_TAG_START = 6;
const NONCE_START = 10;
const CIPHERTEXT_START = 22;

/** Header, nonce, one byte of payload, tag. */
const MIN_LENGTH = 39;

/**
 * First byte of a value that is not sealed yet, where code passes such values along with envelopes (src/jobs/migrate/README.md). No
 * envelope begins with it.
 */
export const PLAIN_MARKER = 0x00;

export const HEADER_LENGTH = NONCE_START;
export const NONCE_LENGTH = CIPHERTEXT_START - NONCE_START;
const FIRM_TAG_LENGTH = 4;
const MAX_VERSION = 0xffffffff;

/** Throws RangeError if the version is not from 1 to 2^32 - 1 or the firm tag is not 4 bytes. */
export function assertHeaderParts(version: number, firmTag: Uint8Array): void {
	if (!Number.isInteger(version) || version < 1 || version > MAX_VERSION) {
		throw new RangeError('A key version is an integer from 1 to 4294967295.');
	}
	if (firmTag.length !== FIRM_TAG_LENGTH) throw new RangeError('A firm tag is 4 bytes.');
}

/** First 4 bytes of SHA-256 of the firm id as text. FORMAT.md section 4. */
export async function deriveFirmTag(firm: string): Promise<Uint8Array> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(firm));
	return new Uint8Array(digest, 0, FIRM_TAG_LENGTH);
}

/** Bytes 0 to 9: marker, suite, key version, firm tag. FORMAT.md section 4. */
export function encodeHeader(version: number, firmTag: Uint8Array): Uint8Array {
	const header = new Uint8Array(HEADER_LENGTH);
	header[0] = MARKER;
	header[1] = SUITE;
	new DataView(header.buffer).setUint32(VERSION_START, version);
	header.set(firmTag, FIRM_TAG_START);
	return header;
}

/** header || nonce || ciphertext. The ciphertext includes its tag. */
export function frame(header: Uint8Array, nonce: Uint8Array, ciphertext: Uint8Array): Uint8Array {
	const envelope = new Uint8Array(CIPHERTEXT_START + ciphertext.length);
	envelope.set(header);
	envelope.set(nonce, NONCE_START);
	envelope.set(ciphertext, CIPHERTEXT_START);
	return envelope;
}

/** Whether the value has the form that the database's DOMAIN `sealed` requires too. The value may still not open. */
export function isEnvelope(value: Uint8Array): boolean {
	return value.length >= MIN_LENGTH && value[0] === MARKER && value[1] === SUITE;
}

/** A view, not a copy. */
export function nonceOf(envelope: Uint8Array): Uint8Array {
	return envelope.subarray(NONCE_START, CIPHERTEXT_START);
}

/** ciphertext || tag: a view, not a copy. */
export function ciphertextOf(envelope: Uint8Array): Uint8Array {
	return envelope.subarray(CIPHERTEXT_START);
}

/**
 * The version of the data key, 1 to 2^32 - 1: the only part of the context that a reader takes from the envelope.
 * Throws CIPHERTEXT_INVALID for another marker or suite, version 0, or fewer than 39 bytes.
 */
export function readKeyVersion(envelope: Uint8Array): number {
	if (!isEnvelope(envelope)) throw unopenableError();
	let version = 0;
	for (let index = VERSION_START; index < FIRM_TAG_START; index++) version = (version << 8) | (envelope[index] ?? 0);
	version >>>= 0;
	if (version === 0) throw unopenableError();
	return version;
}
