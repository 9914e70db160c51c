import { FirmsealError } from '../errors.ts';

const encoder = new TextEncoder();

/**
 * uint32(byte length) || UTF-8 bytes for each part in turn. No two different lists have the same encoding. FORMAT.md section 2.
 * Throws BAD_USER_INPUT for a lone surrogate, because UTF-8 would replace it by U+FFFD and make two lists equal.
 */
export function encodeContext(parts: readonly string[]): Uint8Array {
	const encoded = parts.map((part) => {
		if (!part.isWellFormed()) {
			throw new FirmsealError('BAD_USER_INPUT', 'A name or id must be well-formed Unicode: remove the lone surrogate.');
		}
		return encoder.encode(part);
	});
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
