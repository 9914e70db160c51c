import type { StartUpRule } from './rule.ts';

/**
 * Only firm-owned objects have encrypted fields.
 *
 * Without a firm there is no key. An interface may have marks without being firm-owned, but its objects must be.
 */
export const encryptedIsFirmOwned: StartUpRule = function* ({ sealedFields, ownership }) {
	for (const { coordinate, type, firmOwned } of sealedFields) {
		if (!firmOwned)
			yield `${coordinate} is @encrypted but ${type.name} isn't firm-owned: let ${type.name} implement ${ownership.interface}.`;
	}
};
