import { AuditProofError } from './audit-proof-error.ts';

const encoder = new TextEncoder();
// ignoreBOM keeps a byte order mark, so that the text has exactly the signed bytes.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @throws AuditProofError for a lone surrogate, because UTF-8 would replace it by U+FFFD and make two texts equal.
 */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
	if (typeof text !== 'string' || !text.isWellFormed()) throw new AuditProofError('A text is not well-formed Unicode.');
	return encoder.encode(text);
}

/** @throws AuditProofError if `bytes` are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
	try {
		return decoder.decode(bytes);
	} catch {
		throw new AuditProofError('A text is not UTF-8.');
	}
}
