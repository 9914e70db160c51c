import { FirmsealError } from '../errors.ts';
import { isObjectName } from './object-name.ts';
import type { ByteRange } from './object-store.ts';

/**
 * The result of removing an object. GONE: every version is deleted. ABSENT: there was no object. OTHER: something else, such as a link to the
 * unencrypted file, has this name and was not removed. LOCKED: the store retains the object, until `until` if that is known.
 */
export type Removal =
	| { readonly outcome: 'GONE' | 'ABSENT' | 'OTHER' }
	| { readonly outcome: 'LOCKED'; readonly until: Date | null };

/**
 * The unencrypted files of another program, until they are migrated (src/jobs/migrate/README.md). Firmseal never writes here. A location is
 * the content of the plaintext column. The other program wrote it, so it is checked before an adapter gets it.
 * Every method throws ObjectStoreError.
 */
export interface PlaintextStore {
	/** Size of an object in bytes; null if there is none. */
	measure(location: string): Promise<number | null>;
	/** Like ObjectStore.read(). ABSENT if there is no such object. */
	read(location: string, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
	/** Removes all versions of an object and verifies that none is left. Idempotent. */
	remove(location: string): Promise<Removal>;
}

/** S3's limit. */
const MAX_BYTES = 1_024;

/**
 * Whether a text is a valid location: a relative path of printable characters that can't lead out of the directory. A path with the form of an
 * object's name is not valid: it may be an encrypted file, which would then be removed as an unencrypted one.
 */
export function isPlaintextLocation(location: string): boolean {
	const segments = location.split('/');
	return (
		location !== '' &&
		Buffer.byteLength(location) <= MAX_BYTES &&
		!/[\p{C}\\]/u.test(location) &&
		!segments.some((segment) => segment === '' || segment === '.' || segment === '..') &&
		!isObjectName(segments.slice(-2).join('/'))
	);
}

/** Throws INTERNAL for an invalid location. Callers check isPlaintextLocation() first. */
export function guardPlaintextStore(store: PlaintextStore): PlaintextStore {
	const checked = (location: string): string => {
		if (!isPlaintextLocation(location))
			throw new FirmsealError('INTERNAL', 'The location of an unencrypted object is not valid.');
		return location;
	};
	return {
		measure: async (location) => store.measure(checked(location)),
		read: (location, range, signal) => store.read(checked(location), range, signal),
		remove: async (location) => store.remove(checked(location)),
	};
}
