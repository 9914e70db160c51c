import type { DataKeys } from './data-keys.ts';
import { KeyUnavailableError } from './keyring.ts';

const away = () => new KeyUnavailableError('AWAY', 'The key service does not answer; try again later.');

/** Keys for a request that may have none now, such as one whose right to any can't be checked: as when the key service is away, unless `why` says otherwise. */
export function closedKeys<Key>(why: () => Error = away): DataKeys<Key> {
	const refuse = async () => {
		throw why();
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
