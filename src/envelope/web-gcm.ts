import { unopenableError } from './unopenable-error.ts';

export type WebKey = InstanceType<typeof CryptoKey>;

/** Returns ciphertext || tag. */
export async function sealGcm(
	key: WebKey,
	nonce: Uint8Array,
	aad: Uint8Array,
	plaintext: Uint8Array,
): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.encrypt(aesGcm(nonce, aad), key, plaintext));
}

/** Takes ciphertext || tag. Throws CIPHERTEXT_INVALID if the tag does not verify. */
export async function openGcm(
	key: WebKey,
	nonce: Uint8Array,
	aad: Uint8Array,
	ciphertext: Uint8Array,
): Promise<Uint8Array> {
	const plaintext = await crypto.subtle.decrypt(aesGcm(nonce, aad), key, ciphertext).catch((error: unknown) => {
		throw error instanceof Error && error.name === 'OperationError' ? unopenableError() : error;
	});
	return new Uint8Array(plaintext);
}

function aesGcm(iv: Uint8Array, additionalData: Uint8Array) {
	return { name: 'AES-GCM', iv, additionalData, tagLength: 128 };
}
