import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import type { GeneratedKey, KeyContext, UnwrappedKey, WrappedKey } from '../../keys/index.ts';
import { aliasOf, findKey, sideAliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { toKeyError, unreadableAnswerError } from './kms-errors.ts';

/** KMS's limit for one call. */
const MAX_TOKENS = 10;

/** KMS binds a data key to this context, and writes it to CloudTrail on each use. */
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
		return takePlaintext(answer, () => ({ wrapped: copyOf(answer.CiphertextBlob, answer), ...namesIn(answer) }));
	});

/** Tells KMS which key to use, so that a data key of another firm is refused before KMS compares the context. */
export const unwrap = (
	kms: Kms,
	context: KeyContext,
	wrapped: Uint8Array,
	tokens: readonly string[],
): Promise<UnwrappedKey> =>
	underItsKey(context.firm, (KeyId, otherwise) =>
		kms(async (client, options) => {
			const command = new DecryptCommand({
				KeyId,
				CiphertextBlob: wrapped,
				EncryptionContext: encryptionContext(context),
				...(tokens.length > 0 && { GrantTokens: tokens.slice(-MAX_TOKENS) }),
			});
			const answer = await client.send(command, options).catch(otherwise);
			return answer && takePlaintext(answer, () => namesIn(answer));
		}),
	);

/** Rewraps under the firm's current key, from whichever of its keys the data key is under. */
export const rewrap = (kms: Kms, context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey> =>
	wrapUnder(kms, context, wrapped, aliasOf(context.firm));

/** Rewraps under the next key; under the firm's current key if there is no next key. */
export async function rewrapToNext(kms: Kms, context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey> {
	const next = sideAliasOf(context.firm, 'next');
	return wrapUnder(kms, context, wrapped, (await findKey(kms, next)) ? next : aliasOf(context.firm));
}

const wrapUnder = (kms: Kms, context: KeyContext, wrapped: Uint8Array, to: string): Promise<WrappedKey> =>
	underItsKey(context.firm, (SourceKeyId, otherwise) =>
		kms(async (client, options) => {
			const command = new ReEncryptCommand({
				CiphertextBlob: wrapped,
				SourceKeyId,
				SourceEncryptionContext: encryptionContext(context),
				DestinationKeyId: to,
				DestinationEncryptionContext: encryptionContext(context),
			});
			const answer = await client.send(command, options).catch(otherwise);
			return answer && { wrapped: copyOf(answer.CiphertextBlob, answer), ...namesIn(answer) };
		}),
	);

/**
 * Calls KMS with the firm's alias and, only if KMS says that the data key is under another key, with the aliases `next` and `previous`.
 * Any other refusal is final.
 */
async function underItsKey<Answer>(
	firm: string,
	ask: (name: string, otherwise: (error: unknown) => null) => Promise<Answer | null>,
): Promise<Answer> {
	let first: unknown;
	const isElsewhere = (error: unknown): null => {
		const name = error instanceof Error ? error.name : '';
		if (name !== 'IncorrectKeyException' && !(first && name === 'NotFoundException')) throw error;
		first ??= error;
		return null;
	};
	for (const name of [aliasOf(firm), sideAliasOf(firm, 'next'), sideAliasOf(firm, 'previous')]) {
		const answer = await ask(name, isElsewhere);
		if (answer !== null) return answer;
	}
	throw toKeyError(first);
}

/** The SDK turns the plaintext into base64 text, which can't be overwritten. */
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
	if (!keyId || !requestId) throw unreadableAnswerError(requestId);
	return { keyId, requestId };
}

/** Copies the plaintext and overwrites the SDK's bytes, which lie in a shared buffer that is never cleared. */
function takePlaintext<Rest>(answer: Answer & { readonly Plaintext?: Uint8Array | undefined }, rest: () => Rest) {
	try {
		return { ...rest(), plaintext: copyOf(answer.Plaintext, answer) };
	} finally {
		answer.Plaintext?.fill(0);
	}
}

function copyOf(bytes: Uint8Array | undefined, { $metadata }: Answer): Uint8Array {
	if (!bytes) throw unreadableAnswerError($metadata.requestId);
	return Uint8Array.from(bytes);
}
