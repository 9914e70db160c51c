/*
 * WebCrypto takes any bytes that are not shared between threads, and nothing here shares any. The types of the browser ask for
 * Uint8Array<ArrayBuffer>, which those of Node, by which src/ is compiled, do not.
 */
interface SubtleCrypto {
	digest(algorithm: AlgorithmIdentifier, data: Uint8Array): Promise<ArrayBuffer>;
	sign(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
	verify(algorithm: AlgorithmIdentifier, key: CryptoKey, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
	encrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
	decrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
	importKey(
		format: 'raw' | 'pkcs8',
		keyData: Uint8Array,
		algorithm: AlgorithmIdentifier | HmacImportParams,
		extractable: boolean,
		keyUsages: readonly KeyUsage[],
	): Promise<CryptoKey>;
}
