import type { ClassKey, DataKeys } from '../keys/index.ts';
import type { LeaseReader } from './lease-reader.ts';

/** The keys that a request opens with. */
export interface OpeningKeys<Key> extends Pick<DataKeys<Key>, 'openingKey' | 'loadOpeningKey'> {
	/** @throws FirmsealError LEASE_NOT_ACTIVE once the request's lease is over. */
	assertNotExpired(): void;
	/** Whether a key may still be used, a while after it was had. @throws FirmsealError KEY_UNAVAILABLE. */
	confirmKey(key: ClassKey<Key>): Promise<void>;
}

export const planeOpeningKeys = <Key>(dataKeys: DataKeys<Key>): OpeningKeys<Key> => ({
	openingKey: dataKeys.openingKey,
	loadOpeningKey: dataKeys.loadOpeningKey,
	assertNotExpired() {},
	async confirmKey({ firm, class: keyClass, version }) {
		// What was refused meanwhile is not at hand any more.
		if (!dataKeys.openingKey(firm, keyClass, version)) await dataKeys.loadOpeningKey(firm, keyClass, version);
	},
});

/** The request's own, which are good for as long as the lease is live: that is asked before each opening. */
export function leaseOpeningKeys<Key>(use: LeaseReader<Key>): OpeningKeys<Key> {
	/** Whether the lease was still held after a key was not to be had; once for all values that wait for that key. */
	const heldAfter = new WeakMap<object, Promise<void>>();

	/** With the end of a lease its rows of keys are out of sight and its grant is gone: by themselves that looks like damage, or a refusal. */
	async function failOrEnd(error: Error): Promise<never> {
		const held = heldAfter.get(error) ?? use.confirmActive();
		heldAfter.set(error, held);
		await held;
		throw error;
	}

	return {
		openingKey: use.dataKeys.openingKey,
		async loadOpeningKey(...key) {
			const loaded = await use.dataKeys.loadOpeningKey(...key).catch(failOrEnd);
			// It may have been long on its way.
			use.assertNotExpired();
			return loaded;
		},
		assertNotExpired: () => use.assertNotExpired(),
		async confirmKey() {},
	};
}
