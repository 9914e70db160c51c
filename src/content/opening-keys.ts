import type { ClassKey, DataKeys } from '../keys/index.ts';
import type { LeaseReader } from './lease-reader.ts';

/** The keys that a request opens with. */
export interface RequestKeys extends Pick<DataKeys<unknown>, 'openingKey' | 'loadOpeningKey'> {
	/** @throws FirmsealError LEASE_NOT_ACTIVE once the request's lease is over. */
	assertNotExpired(): void;
	/** Whether a key may still be used, a while after it was had. @throws FirmsealError KEY_UNAVAILABLE. */
	confirmKey(key: ClassKey<unknown>): Promise<void>;
}

export const planeOpeningKeys = (dataKeys: DataKeys<unknown>): RequestKeys => ({
	openingKey: dataKeys.openingKey,
	loadOpeningKey: dataKeys.loadOpeningKey,
	assertNotExpired() {},
	async confirmKey({ firm, class: keyClass, version }) {
		// What was refused meanwhile is not at hand any more.
		if (!dataKeys.openingKey(firm, keyClass, version)) await dataKeys.loadOpeningKey(firm, keyClass, version);
	},
});

/** The request's own, which are good for as long as the lease is live: that is asked before each opening. */
export function leaseOpeningKeys(reader: LeaseReader): RequestKeys {
	/** Whether the lease was still held after a key could not be had; once for all values that wait for that key. */
	const heldAfter = new WeakMap<object, Promise<void>>();

	/** Once a lease has ended, its rows of keys can't be seen and its grant is gone: alone, that looks like damage, or a refusal. */
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
			// It may have been long on its way.
			reader.assertNotExpired();
			return loaded;
		},
		assertNotExpired: () => reader.assertNotExpired(),
		async confirmKey() {},
	};
}
