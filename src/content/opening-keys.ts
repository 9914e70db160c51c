import type { ClassKey, DataKeys } from '../keys/index.ts';
import type { LeaseUse } from './lease-use.ts';

/** The keys that a request opens with. */
export interface OpeningKeys<Key> extends Pick<DataKeys<Key>, 'openingKey' | 'loadOpeningKey'> {
	/** @throws FirmsealError LEASE_NOT_ACTIVE once the request's lease is over. */
	assertLive(): void;
	/** Whether a key may still be used, a while after it was had. @throws FirmsealError KEY_UNAVAILABLE. */
	confirm(key: ClassKey<Key>): Promise<void>;
}

export const keysOfPlane = <Key>(dataKeys: DataKeys<Key>): OpeningKeys<Key> => ({
	openingKey: dataKeys.openingKey,
	loadOpeningKey: dataKeys.loadOpeningKey,
	assertLive() {},
	async confirm({ firm, class: keyClass, version }) {
		// What was refused meanwhile is not at hand any more.
		if (!dataKeys.openingKey(firm, keyClass, version)) await dataKeys.loadOpeningKey(firm, keyClass, version);
	},
});

/** The request's own, which are good for as long as the lease is live: that is asked before each opening. */
export const keysOfLease = <Key>(use: LeaseUse<Key>): OpeningKeys<Key> => ({
	openingKey: use.dataKeys.openingKey,
	async loadOpeningKey(...key) {
		const loaded = await use.dataKeys.loadOpeningKey(...key);
		// It may have been long on its way.
		use.assertLive();
		return loaded;
	},
	assertLive: () => use.assertLive(),
	async confirm() {},
});
