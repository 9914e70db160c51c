import type { StartUpRule } from './rule.ts';

/**
 * `id` and `firmId` are never encrypted.
 *
 * They are part of every value's context, so they must be known before anything opens.
 */
export const encryptedIsNotAnIdentity: StartUpRule = function* ({ fields, ownership }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length > 0 && (field.name === 'id' || field.name === ownership.id)) {
			yield `${coordinate} is @encrypted, but a value can't be opened without it: mark it @metadata.`;
		}
	}
};
