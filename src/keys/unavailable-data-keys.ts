import type { DataKeys } from './data-keys.ts';
import { KeyUnavailableError } from './keyring.ts';

const rightsUncheckedError = () =>
	new KeyUnavailableError(
		'AWAY',
		'Your rights cannot be checked now: the key service is unavailable, or refuses the key that proves them. Try again later, or ask the owner of that key.',
	);

/** Refuses every key, by default because the rights of the request cannot be checked. */
export function unavailableDataKeys<Key>(why: () => Error = rightsUncheckedError): DataKeys<Key> {
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
