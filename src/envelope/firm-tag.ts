import { FIRM_TAG_LENGTH } from './frame.ts';

/** First 4 bytes of SHA-256 of the firm id as text. FORMAT.md section 4. */
export async function deriveFirmTag(firm: string): Promise<Uint8Array> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(firm));
	return new Uint8Array(digest, 0, FIRM_TAG_LENGTH);
}
