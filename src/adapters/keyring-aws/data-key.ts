import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import type { GeneratedKey, KeyContext, UnwrappedKey, WrappedKey } from '../../keys/index.ts';
import { aliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { unreadable } from './kms-errors.ts';

/** As many as KMS takes with one call. */
const MOST_TOKENS = 10;

/** What KMS binds a data key to, and shows in its own log of each use. */
export const encryptionContext = ({ firm, class: keyClass }: KeyContext) => ({
	app: 'firmseal',
	firm,
	class: keyClass,
});

interface Answer {
	readonly KeyId?: string | undefined;
	readonly $metadata: { readonly requestId?: string | undefined };
}

export const generate = (kms: Kms, context: KeyContext): Promise<GeneratedKey> =>
	kms(async (client, options) => {
		const answer = await client.send(
			new GenerateDataKeyCommand({
				KeyId: aliasOf(context.firm),
				KeySpec: 'AES_256',
				EncryptionContext: encryptionContext(context),
			}),
			options,
		);
		return taking(answer, () => ({ wrapped: copyOf(answer.CiphertextBlob, answer), ...namesIn(answer) }));
	});

/** KMS is told which key it must be, so that a data key of another firm's is refused before its context is looked at. */
export const unwrap = (
	kms: Kms,
	context: KeyContext,
	wrapped: Uint8Array,
	tokens: readonly string[],
): Promise<UnwrappedKey> =>
	kms(async (client, options) => {
		const answer = await client.send(
			new DecryptCommand({
				KeyId: aliasOf(context.firm),
				CiphertextBlob: wrapped,
				EncryptionContext: encryptionContext(context),
				...(tokens.length > 0 && { GrantTokens: tokens.slice(-MOST_TOKENS) }),
			}),
			options,
		);
		return taking(answer, () => namesIn(answer));
	});

export const rewrap = (kms: Kms, context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey> =>
	kms(async (client, options) => {
		const answer = await client.send(
			new ReEncryptCommand({
				CiphertextBlob: wrapped,
				SourceKeyId: aliasOf(context.firm),
				SourceEncryptionContext: encryptionContext(context),
				DestinationKeyId: aliasOf(context.firm),
				DestinationEncryptionContext: encryptionContext(context),
			}),
			options,
		);
		return { wrapped: copyOf(answer.CiphertextBlob, answer), ...namesIn(answer) };
	});

/** Of the plaintext the SDK makes base64 text, which nobody can overwrite. */
export const wrap = (kms: Kms, context: KeyContext, plaintext: Uint8Array): Promise<WrappedKey> =>
	kms(async (client, options) => {
		const answer = await client.send(
			new EncryptCommand({
				KeyId: aliasOf(context.firm),
				Plaintext: plaintext,
				EncryptionContext: encryptionContext(context),
			}),
			options,
		);
		return { wrapped: copyOf(answer.CiphertextBlob, answer), ...namesIn(answer) };
	});

function namesIn({ KeyId: keyId, $metadata: { requestId } }: Answer): { keyId: string; requestId: string } {
	if (!keyId || !requestId) throw unreadable(requestId);
	return { keyId, requestId };
}

/** The SDK's bytes lie in a buffer that others share, and nobody clears: ours are our own, and those are overwritten. */
function taking<Rest>(answer: Answer & { readonly Plaintext?: Uint8Array | undefined }, rest: () => Rest) {
	try {
		return { ...rest(), plaintext: copyOf(answer.Plaintext, answer) };
	} finally {
		answer.Plaintext?.fill(0);
	}
}

function copyOf(bytes: Uint8Array | undefined, { $metadata }: Answer): Uint8Array {
	if (!bytes) throw unreadable($metadata.requestId);
	return Uint8Array.from(bytes);
}
