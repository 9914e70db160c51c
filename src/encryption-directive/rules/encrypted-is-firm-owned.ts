import type { StartUpRule } from './rule.ts';

/**
 * Only a firm-owned object has encrypted fields.
 *
 * Without a firm there is no key. An interface may be marked without being firm-owned: its objects must be.
 */
export const encryptedIsFirmOwned: StartUpRule = function* ({ sealedFields, ownership }) {
	for (const { coordinate, type, firmOwned } of sealedFields) {
		if (!firmOwned)
			yield `${coordinate} is @encrypted but ${type.name} isn't firm-owned: let ${type.name} implement ${ownership.interface}.`;
	}
};
