import type { ClassKey, DataKeys } from '../keys/index.ts';
import type { LeaseReader } from './lease-reader.ts';

/** The keys with which a request opens values. */
export interface RequestKeys extends Pick<DataKeys<unknown>, 'openingKey' | 'loadOpeningKey'> {
	/** @throws FirmsealError LEASE_NOT_ACTIVE after the end of the request's lease. */
	assertNotExpired(): void;
	/** Checks that a key loaded earlier may still be used. @throws FirmsealError KEY_UNAVAILABLE. */
	confirmKey(key: ClassKey<unknown>): Promise<void>;
}

export const planeOpeningKeys = (dataKeys: DataKeys<unknown>): RequestKeys => ({
	openingKey: dataKeys.openingKey,
	loadOpeningKey: dataKeys.loadOpeningKey,
	assertNotExpired() {},
	async confirmKey({ firm, class: keyClass, version }) {
		// A key that was refused since is no longer in the cache.
		if (!dataKeys.openingKey(firm, keyClass, version)) await dataKeys.loadOpeningKey(firm, keyClass, version);
	},
});

/** Keys of the request alone, valid while the lease is active. Each opening checks the lease first. */
export function leaseOpeningKeys(reader: LeaseReader): RequestKeys {
	/** By load error: one check of the lease for all values that wait for the same key. */
	const heldAfter = new WeakMap<object, Promise<void>>();

	/**
	 * Throws LEASE_NOT_ACTIVE instead of `error` if the lease has ended: its key rows are then invisible and its grant is gone, which would
	 * look like damage or a refusal.
	 */
	async function failOrEnd(error: Error): Promise<never> {
		const held = heldAfter.get(error) ?? reader.confirmActive();
		heldAfter.set(error, held);
		await held;
		throw error;
	}

	return {
		openingKey: reader.dataKeys.openingKey,
		async loadOpeningKey(...key) {
			const loaded = await reader.dataKeys.loadOpeningKey(...key).catch(failOrEnd);
			// The load may have taken long.
			reader.assertNotExpired();
			return loaded;
		},
		assertNotExpired: () => reader.assertNotExpired(),
		async confirmKey() {},
	};
}
