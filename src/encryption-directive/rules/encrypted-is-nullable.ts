import { isNonNullType } from 'graphql';
import type { StartUpRule } from './rule.ts';

/**
 * An encrypted field is nullable. (The items of a list may be non-null.)
 *
 * Null is the answer to a caller without the right; on a non-null field it would take the whole object away.
 */
export const encryptedIsNullable: StartUpRule = function* ({ fields }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length > 0 && isNonNullType(field.type)) {
			yield `${coordinate} is @encrypted and non-null: write ${field.type.ofType}, since a caller without the right gets null.`;
		}
	}
};
