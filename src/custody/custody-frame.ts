import { unopenableError } from '../envelope/index.ts';

const MARKER = 0xf5;
const SUITE = 0x02;
const VERSION_START = 2;
const FIRM_TAG_START = 6;
const GENERATION_START = 10;
const COMMITMENT_START = 14;

/** Marker, suite, version, firm tag, generation, commitment: what the AAD begins with. FORMAT.md section 8. */
export const FRAME_LENGTH = 46;
export const NONCE_LENGTH = 12;
export const CIPHERTEXT_START = FRAME_LENGTH + NONCE_LENGTH;

/** Frame, nonce and tag. */
const OVERHEAD = CIPHERTEXT_START + 16;
export const FIRM_TAG_LENGTH = 4;
const MAX_UINT32 = 2 ** 32 - 1;

/** What an envelope of suite 0x02 says about itself. It proves nothing: a reader compares it with what the key log allows. */
export interface CustodyHeader {
	/** Version of the data key, 1 to 2^32 - 1. */
	readonly version: number;
	/** 4 bytes: a view, not a copy. */
	readonly firmTag: Uint8Array;
	/** 0, or the seq of an entry of the key log. */
	readonly generation: number;
}

export interface CustodyFrameParts extends CustodyHeader {
	/** 32 bytes. */
	readonly commitment: Uint8Array;
}

/**
 * Of a field envelope, without any cryptography, for a server's check of the frame. Throws CIPHERTEXT_INVALID for another marker or suite,
 * version 0, or fewer than 75 bytes.
 */
export function readCustodyHeader(envelope: Uint8Array): CustodyHeader {
	if (envelope.length <= OVERHEAD || envelope[0] !== MARKER || envelope[1] !== SUITE) throw unopenableError();
	const view = new DataView(envelope.buffer, envelope.byteOffset);
	const version = view.getUint32(VERSION_START);
	if (version === 0) throw unopenableError();
	return {
		version,
		firmTag: envelope.subarray(FIRM_TAG_START, GENERATION_START),
		generation: view.getUint32(GENERATION_START),
	};
}

/** Bytes of the envelope of a payload of so many bytes. An envelope of suite 0x02 is 74 bytes longer. */
export const custodyEnvelopeLength = (payloadLength: number): number => payloadLength + OVERHEAD;

/** Bytes 0 to 45. Throws RangeError for a version, generation, firm tag or commitment that has another size. */
export function encodeFrame({ version, firmTag, generation, commitment }: CustodyFrameParts): Uint8Array {
	assertNumbers(version, generation);
	if (firmTag.length !== FIRM_TAG_LENGTH || commitment.length !== FRAME_LENGTH - COMMITMENT_START) {
		throw new RangeError('A firm tag is 4 bytes, and a commitment 32.');
	}
	const frame = new Uint8Array(FRAME_LENGTH);
	const view = new DataView(frame.buffer);
	frame[0] = MARKER;
	frame[1] = SUITE;
	view.setUint32(VERSION_START, version);
	frame.set(firmTag, FIRM_TAG_START);
	view.setUint32(GENERATION_START, generation);
	frame.set(commitment, COMMITMENT_START);
	return frame;
}

/** Throws RangeError unless both have the range of the format. */
export function assertNumbers(version: number, generation: number): void {
	if (!Number.isInteger(version) || version < 1 || version > MAX_UINT32) {
		throw new RangeError('A key version is an integer from 1 to 4294967295.');
	}
	if (!Number.isInteger(generation) || generation < 0 || generation > MAX_UINT32) {
		throw new RangeError('A generation is an integer from 0 to 4294967295.');
	}
}
