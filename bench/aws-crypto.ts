import type { Duplex } from 'node:stream';

/** What is used of @aws-crypto/client-node. Written down here: the package, and so its types, come with the first run of the benchmarks. */
interface AwsCryptoPackage {
	readonly CommitmentPolicy: { readonly REQUIRE_ENCRYPT_REQUIRE_DECRYPT: string };
	readonly AlgorithmSuiteIdentifier: { readonly ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY: number };
	readonly RawAesWrappingSuiteIdentifier: { readonly AES256_GCM_IV12_TAG16_NO_PADDING: number };
	readonly RawAesKeyringNode: new (options: object) => object;
	buildClient(policy: string): {
		encryptStream(keyring: object, options: object): Duplex;
		decryptUnsignedMessageStream(keyring: object): Duplex;
		encrypt(keyring: object, plaintext: Uint8Array, options: object): Promise<{ readonly result: Uint8Array }>;
		decrypt(keyring: object, message: Uint8Array): Promise<{ readonly plaintext: Uint8Array }>;
	};
}

/** The AWS Encryption SDK with a key at hand and no signature, which would cost it ten times as much: the nearest to what Firmseal does. */
export interface AwsCrypto {
	encrypt(): Duplex;
	decrypt(): Duplex;
	encryptValue(plaintext: Uint8Array): Promise<Uint8Array>;
	decryptValue(message: Uint8Array): Promise<Uint8Array>;
}

/** As long as Firmseal's chunks; its own default, 4 KiB, is slower. */
const FRAME_LENGTH = 16_384;

/** Not a literal, or the compiler would look for the package where only `npm ci` of the project has run. */
const PACKAGE: string = '@aws-crypto/client-node';

export async function openAwsCrypto(key: Uint8Array): Promise<AwsCrypto> {
	const aws: AwsCryptoPackage = await import(PACKAGE);
	const client = aws.buildClient(aws.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
	const keyring = new aws.RawAesKeyringNode({
		keyNamespace: 'bench',
		keyName: 'bench',
		// It wants a key that lies in a buffer of its own.
		unencryptedMasterKey: Uint8Array.from(key),
		wrappingSuite: aws.RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
	});
	const suiteId = aws.AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
	return {
		encrypt: () => client.encryptStream(keyring, { suiteId, frameLength: FRAME_LENGTH }),
		decrypt: () => client.decryptUnsignedMessageStream(keyring),
		encryptValue: async (plaintext) => (await client.encrypt(keyring, plaintext, { suiteId })).result,
		decryptValue: async (message) => (await client.decrypt(keyring, message)).plaintext,
	};
}
