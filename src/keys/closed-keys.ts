import type { DataKeys } from './data-keys.ts';
import { KeyUnavailableError } from './keyring.ts';

/** Keys for a request whose right to any can't be checked now: none is to be had, as when the key service is away. */
export function closedKeys<Key>(): DataKeys<Key> {
	const refuse = async () => {
		throw new KeyUnavailableError('AWAY', 'The key service does not answer; try again later.');
	};
	return {
		openingKey: () => undefined,
		loadOpeningKey: refuse,
		sealingKey: () => undefined,
		loadSealingKey: refuse,
		purge: () => {},
		stats: () => ({ hits: 0, misses: 0, size: 0 }),
	};
}
