import { FirmsealError } from '../errors.ts';

const encoder = new TextEncoder();
/** Up to this length a loop takes less time than a call of the encoder. */
const LOOP_LENGTH = 64;

/**
 * uint32(byte length) || UTF-8 bytes for each part in turn. No two different lists have the same encoding. FORMAT.md section 2.
 * Throws BAD_USER_INPUT for a lone surrogate, because UTF-8 would replace it by U+FFFD and make two lists equal.
 */
export function encodeContext(parts: readonly string[]): Uint8Array {
	return encodeAscii(parts) ?? joined(parts.map(encodePart));
}

/** Nearly every list is ASCII, and needs no array for each part. Null if this one is not. */
function encodeAscii(parts: readonly string[]): Uint8Array | null {
	let size = 0;
	for (const part of parts) size += 4 + part.length;
	const context = new Uint8Array(size);
	const view = new DataView(context.buffer);
	let offset = 0;
	for (const part of parts) {
		view.setUint32(offset, part.length);
		if (!writeAscii(context, offset + 4, part)) return null;
		offset += 4 + part.length;
	}
	return context;
}

/** False if the text is not ASCII. */
function writeAscii(target: Uint8Array, offset: number, text: string): boolean {
	if (text.length > LOOP_LENGTH) {
		const { read, written } = encoder.encodeInto(text, target.subarray(offset));
		return read === text.length && written === text.length;
	}
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code > 0x7f) return false;
		target[offset + at] = code;
	}
	return true;
}

function encodePart(part: string): Uint8Array {
	if (!part.isWellFormed()) {
		throw new FirmsealError('BAD_USER_INPUT', 'A name or id must be well-formed Unicode: remove the lone surrogate.');
	}
	return encoder.encode(part);
}

function joined(encoded: readonly Uint8Array[]): Uint8Array {
	const context = new Uint8Array(encoded.reduce((size, bytes) => size + 4 + bytes.length, 0));
	const view = new DataView(context.buffer);
	let offset = 0;
	for (const bytes of encoded) {
		view.setUint32(offset, bytes.length);
		context.set(bytes, offset + 4);
		offset += 4 + bytes.length;
	}
	return context;
}
