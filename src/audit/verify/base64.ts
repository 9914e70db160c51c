import { AuditProofError } from './audit-proof-error.ts';

/**
 * Decodes standard base64 (RFC 4648 section 4) with padding.
 * @throws AuditProofError for other forms that some decoders accept: white space, no padding, bits in the padding.
 */
export function decodeBase64(text: string): Uint8Array {
	return Uint8Array.from(latin1OfBase64(text), (character) => character.charCodeAt(0));
}

/** Each character of the result is one byte. Accepts only the form that btoa() writes. */
function latin1OfBase64(text: string): string {
	try {
		const latin1 = atob(text);
		if (btoa(latin1) === text) return latin1;
	} catch {
		// The error of atob() becomes an AuditProofError below.
	}
	throw new AuditProofError('A base64 text is not in its canonical form.');
}
