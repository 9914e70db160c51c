import { AuditProofError } from './audit-proof-error.ts';

const encoder = new TextEncoder();
// A byte order mark stays part of the text, or bytes that were not signed would pass for signed ones.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * `text` in UTF-8.
 * @throws AuditProofError for a lone surrogate, which UTF-8 would turn into U+FFFD and so make two texts equal.
 */
export function encodeText(text: string): Uint8Array {
	if (typeof text !== 'string' || !text.isWellFormed()) throw new AuditProofError('A text is not well-formed Unicode.');
	return encoder.encode(text);
}

/** @throws AuditProofError when `bytes` are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
	try {
		return decoder.decode(bytes);
	} catch {
		throw new AuditProofError('A text is not UTF-8.');
	}
}
