import { FirmsealError } from '../errors.ts';

const encoder = new TextEncoder();

/**
 * uint32(byte length) || UTF-8 bytes for each part in turn. No two different lists have the same encoding. FORMAT.md section 2.
 * Throws BAD_USER_INPUT for a lone surrogate, because UTF-8 would replace it by U+FFFD and make two lists equal.
 */
export function encodeContext(parts: readonly string[]): Uint8Array {
	// Enough for any text, so that no part needs an array of its own.
	const context = new Uint8Array(parts.reduce((size, part) => size + 4 + 3 * part.length, 0));
	const view = new DataView(context.buffer);
	let offset = 0;
	for (const part of parts) {
		if (!part.isWellFormed()) {
			throw new FirmsealError('BAD_USER_INPUT', 'A name or id must be well-formed Unicode: remove the lone surrogate.');
		}
		const { written } = encoder.encodeInto(part, context.subarray(offset + 4));
		view.setUint32(offset, written);
		offset += 4 + written;
	}
	return context.slice(0, offset);
}
