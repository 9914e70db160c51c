import { pbkdf2Sync } from 'node:crypto';
import type { DjangoCipher } from '../../content/index.ts';
import { unopenableError } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import { toGraphqlValue, toPythonValue } from './django-values.ts';
import { type FrameKey, openFrame, sealFrame } from './frame.ts';
import { type PythonValue, RefusedPickleError } from './python-value.ts';
import { readPickle } from './read-pickle.ts';
import { writePickle } from './write-pickle.ts';

/** Settings of a Django project. */
export interface DjangoKey {
	/** SECRET_KEY. It signs, and the encryption key is derived from it unless another key is given. */
	readonly secretKey: string;
	/** CRYPTOGRAPHY_KEY */
	readonly cryptographyKey?: string | undefined;
	/** CRYPTOGRAPHY_SALT */
	readonly salt?: string | undefined;
	/** The `key` of a field, which encrypts without derivation: 16, 24 or 32 bytes in base64. */
	readonly fieldKey?: string | undefined;
}

const SALT = 'django-cryptography';
const ITERATIONS = 30_000;

function keyOf({ secretKey, cryptographyKey, salt = SALT, fieldKey }: DjangoKey): FrameKey {
	const encryption =
		fieldKey === undefined
			? pbkdf2Sync(cryptographyKey ?? secretKey, salt, ITERATIONS, 32, 'sha256')
			: Buffer.from(fieldKey, 'base64');
	return { signing: Buffer.from(secretKey), encryption };
}

/**
 * Reads and writes values as django-cryptography stores them in a column of bytes: a Fernet frame in binary form, with an encryption key of
 * 16, 24 or 32 bytes, around a pickle. The pickle is parsed and never executed. The first key seals. null without a key.
 */
export function createDjangoCipher(keys: readonly DjangoKey[]): DjangoCipher | null {
	const opening = keys.map(keyOf);
	const [sealing] = opening;
	if (!sealing) return null;
	return {
		open: (stored, type) => toGraphqlValue(type, readFirstPickle(openFrame(opening, stored))),
		seal: (value, type) => sealFrame(sealing, writePickle(toPythonValue(type, value)), Date.now()),
	};
}

/**
 * The value in the first plaintext that is a pickle. A wrong encryption key with the right signing key may yield random bytes.
 * @throws FirmsealError CIPHERTEXT_INVALID
 */
function readFirstPickle(opened: readonly Uint8Array[]): PythonValue {
	let refused: FirmsealError | null = null;
	for (const pickle of opened)
		try {
			return readPickle(pickle);
		} catch (error) {
			if (!(error instanceof RefusedPickleError)) throw error;
			refused ??= new FirmsealError(
				'CIPHERTEXT_INVALID',
				`The stored pickle is refused because ${error.message}: store a str, bool, int, float, Decimal, date, or datetime in UTC or with an offset.`,
			);
		}
	throw refused ?? unopenableError();
}
