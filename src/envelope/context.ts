import { FirmsealError } from '../errors.ts';

const encoder = new TextEncoder();
/** Four bytes. */
const PLACE_OF_LENGTH = '\0\0\0\0';

/**
 * uint32(byte length) || UTF-8 bytes for each part in turn. No two different lists have the same encoding. FORMAT.md section 2.
 * Throws BAD_USER_INPUT for a lone surrogate, because UTF-8 would replace it by U+FFFD and make two lists equal.
 */
export function encodeContext(parts: readonly string[]): Uint8Array {
	// One call of the encoder for all parts: a call costs more than its bytes.
	const joined = parts.map((part) => PLACE_OF_LENGTH + part).join('');
	if (!joined.isWellFormed()) {
		throw new FirmsealError('BAD_USER_INPUT', 'A name or id must be well-formed Unicode: remove the lone surrogate.');
	}
	const context = encoder.encode(joined);
	const isAscii = context.length === joined.length;
	const view = new DataView(context.buffer, context.byteOffset);
	let offset = 0;
	for (const part of parts) {
		const length = isAscii ? part.length : encoder.encode(part).length;
		view.setUint32(offset, length);
		offset += 4 + length;
	}
	return context;
}
