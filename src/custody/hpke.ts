import { concat, unopenableError } from '../envelope/index.ts';
import { type DeviceKeys, importExchangePublic } from './device.ts';
import { isRefusedExchange } from './signature.ts';

const ENC_LENGTH = 32;
const TAG_LENGTH = 16;

/** enc || ct of a plaintext of `length` bytes. */
export const sealedLengthOf = (length: number): number => ENC_LENGTH + length + TAG_LENGTH;

export interface HpkePlace {
	readonly info: Uint8Array;
	readonly aad: Uint8Array;
}

/**
 * enc || ct of HPKE, base mode (RFC 9180), to the 32 bytes of an X25519 public key. FORMAT.md section 3. Throws RangeError for a key that
 * every reader refuses.
 */
export async function sealTo(
	exchange: Uint8Array,
	{ info, aad }: HpkePlace,
	plaintext: Uint8Array,
): Promise<Uint8Array> {
	if (isRefusedExchange(exchange)) throw new RangeError('The exchange key of the recipient is of small order.');
	const recipientPublicKey = await importExchangePublic(exchange);
	const { createSuite } = await import('./hpke-suite.ts');
	const { enc, ct } = await createSuite().seal({ recipientPublicKey, info }, plaintext, aad);
	return concat(new Uint8Array(enc), new Uint8Array(ct));
}

/** The plaintext of enc || ct, for the caller to overwrite. Throws CIPHERTEXT_INVALID if it was not sealed to this device and place. */
export async function openFor(
	{ exchange }: DeviceKeys,
	{ info, aad }: HpkePlace,
	sealed: Uint8Array,
): Promise<Uint8Array> {
	if (sealed.length < sealedLengthOf(0)) throw unopenableError();
	const enc = sealed.slice(0, ENC_LENGTH);
	// Outside of the try: code that does not load says nothing about what is sealed.
	const { createSuite } = await import('./hpke-suite.ts');
	try {
		return new Uint8Array(
			await createSuite().open({ recipientKey: exchange, enc, info }, sealed.slice(ENC_LENGTH), aad),
		);
	} catch {
		// The library has errors of its own for each step. All mean that it does not open.
		throw unopenableError();
	}
}
