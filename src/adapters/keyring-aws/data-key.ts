import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, ReEncryptCommand } from '@aws-sdk/client-kms';
import type { GeneratedKey, KeyContext, UnwrappedKey, WrappedKey } from '../../keys/index.ts';
import { aliasOf, findKey, sideAliasOf } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { toKeyError, unreadableAnswerError } from './kms-errors.ts';

/** As many as KMS takes with one call. */
const MAX_TOKENS = 10;

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

/** KMS hears which key it must be, so that a data key of another firm's is refused before its context is looked at. */
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
			return answer && taking(answer, () => namesIn(answer));
		}),
	);

/** Under the key that the firm has, whichever of its keys it was under. */
export const rewrap = (kms: Kms, context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey> =>
	wrapUnder(kms, context, wrapped, aliasOf(context.firm));

/** Under the key that is named to follow; under the firm's when none is. */
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
 * Asks by the firm's name, and only if KMS says that the data key is under another key, by the names that this one has while one key takes the
 * place of another. Each names one key, so that what opens nowhere else opens there; a key that refuses is never gone around.
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

/** Of the plaintext the SDK makes base64 text, which no one can overwrite. */
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

/** The SDK's bytes lie in a buffer that others share, and no one clears: ours are our own, and those are overwritten. */
function taking<Rest>(answer: Answer & { readonly Plaintext?: Uint8Array | undefined }, rest: () => Rest) {
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
