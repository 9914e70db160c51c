import { pbkdf2Sync } from 'node:crypto';
import type { DjangoCipher } from '../../content/index.ts';
import { unopenableError } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import { toGraphqlValue, toPythonValue } from './django-values.ts';
import { type FrameKey, openFrame, sealFrame } from './frame.ts';
import { type PythonValue, RefusedPickleError } from './python-value.ts';
import { readPickle } from './read-pickle.ts';
import { writePickle } from './write-pickle.ts';

/** What the settings of a Django project say, by their names there. */
export interface DjangoKey {
	/** SECRET_KEY: it signs, and unless another is given what encrypts is derived from it. */
	readonly secretKey: string;
	/** CRYPTOGRAPHY_KEY */
	readonly cryptographyKey?: string | undefined;
	/** CRYPTOGRAPHY_SALT */
	readonly salt?: string | undefined;
	/** The `key` of a field, which encrypts as it is: 16, 24 or 32 bytes in base64. */
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
 * Values as django-cryptography keeps them in a column of bytes: a frame of Fernet that isn't text, under a key of its own length, and in it
 * a pickle, which is read and never carried out. The first key seals.
 */
export function createDjangoCipher(keys: readonly DjangoKey[]): DjangoCipher | null {
	const opening = keys.map(keyOf);
	const [sealing] = opening;
	if (!sealing) return null;
	return {
		open: (stored, type) => toGraphqlValue(type, pickledIn(openFrame(opening, stored))),
		seal: (value, type) => sealFrame(sealing, writePickle(toPythonValue(type, value)), Date.now()),
	};
}

/** The value in what opened: by a key that signs as another does, nothing but bytes at random. @throws FirmsealError CIPHERTEXT_INVALID */
function pickledIn(opened: readonly Uint8Array[]): PythonValue {
	let refused: FirmsealError | null = null;
	for (const pickle of opened)
		try {
			return readPickle(pickle);
		} catch (error) {
			if (!(error instanceof RefusedPickleError)) throw error;
			refused ??= new FirmsealError(
				'CIPHERTEXT_INVALID',
				`The stored value is a pickle that is refused, since ${error.message}: store a str, bool, int, float, Decimal, date, or datetime in UTC or with an offset.`,
			);
		}
	throw refused ?? unopenableError();
}
