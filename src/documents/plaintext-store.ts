import { FirmsealError } from '../errors.ts';
import { isObjectName } from './object-name.ts';
import type { ByteRange } from './object-store.ts';

/**
 * What has become of an object that was to be removed: GONE, with every version of it; ABSENT, there was nothing of it; OTHER, something else is
 * in its place and stays, such as a link to where it is in the clear still; or the store keeps it, until then if it says so.
 */
export type Removal =
	| { readonly outcome: 'GONE' | 'ABSENT' | 'OTHER' }
	| { readonly outcome: 'LOCKED'; readonly until: Date | null };

/**
 * Where the files of before are, in the clear, until they are moved (src/jobs/migrate/README.md). Nothing is ever written here. A
 * location is what the column of plaintext holds: someone else's program wrote it, so it is checked before it comes to an adapter.
 * Every method throws ObjectStoreError.
 */
export interface PlaintextStore {
	/** Size of an object in bytes; null: there is none. */
	measure(location: string): Promise<number | null>;
	/** As ObjectStore.read(). ABSENT when there is no such object. */
	read(location: string, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
	/** Removes all versions of an object and makes sure that none is left. Idempotent. */
	remove(location: string): Promise<Removal>;
}

/** What S3 takes. */
const MAX_BYTES = 1_024;

/**
 * Whether a text can be the location of an object in the clear: a relative path that leads nowhere else, of no unprintable characters. What is
 * named as an object of ours is none: it is a user's file, encrypted, and would be removed as one in the clear.
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

/** Throws INTERNAL for what is no location: the caller has asked isPlaintextLocation(). */
export function guardPlaintextStore(store: PlaintextStore): PlaintextStore {
	const checked = (location: string): string => {
		if (!isPlaintextLocation(location))
			throw new FirmsealError('INTERNAL', 'An object in the clear was to be reached by what is no location.');
		return location;
	};
	return {
		measure: async (location) => store.measure(checked(location)),
		read: (location, range, signal) => store.read(checked(location), range, signal),
		remove: async (location) => store.remove(checked(location)),
	};
}
