import { AuditProofError } from './audit-proof-error.ts';

/**
 * The bytes behind standard base64 (RFC 4648 section 4) with its padding.
 * @throws AuditProofError for the other forms that some decoders take: white space, no padding, bits in the padding.
 */
export function decodeBase64(text: string): Uint8Array {
	return Uint8Array.from(latin1OfBase64(text), (character) => character.charCodeAt(0));
}

/** Each character is one byte. Only what btoa() itself would write is taken. */
function latin1OfBase64(text: string): string {
	try {
		const latin1 = atob(text);
		if (btoa(latin1) === text) return latin1;
	} catch {
		// atob() says no to it as well, in an error that is not ours.
	}
	throw new AuditProofError('A base64 text is not in its canonical form.');
}
