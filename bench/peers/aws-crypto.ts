import type { Duplex } from 'node:stream';

/** The AWS Encryption SDK with a raw key and without signatures, which take ten times as long: the nearest to what Firmseal does. */
export interface AwsCrypto {
	encrypt(): Duplex;
	decrypt(): Duplex;
	encryptValue(plaintext: Uint8Array): Promise<Uint8Array>;
	decryptValue(message: Uint8Array): Promise<Uint8Array>;
}

/** The chunk length of Firmseal. The default of the package, 4 KiB, is slower. */
const FRAME_LENGTH = 16_384;

/** Not a literal: TypeScript would resolve the package, which `npm ci` of the project does not install. */
const PACKAGE: string = '@aws-crypto/client-node';

export async function openAwsCrypto(key: Uint8Array): Promise<AwsCrypto> {
	const aws = await import(PACKAGE);
	const client = aws.buildClient(aws.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
	const keyring = new aws.RawAesKeyringNode({
		keyNamespace: 'bench',
		keyName: 'bench',
		// The package refuses a view of a larger buffer.
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
