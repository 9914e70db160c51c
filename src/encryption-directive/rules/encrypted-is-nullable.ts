import { isNonNullType } from 'graphql';
import type { StartUpRule } from './rule.ts';

/**
 * An encrypted field is nullable. (The items of a list may be non-null.)
 *
 * A caller without the right gets null. On a non-null field, that would remove the whole object from the answer.
 */
export const encryptedIsNullable: StartUpRule = function* ({ fields }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length > 0 && isNonNullType(field.type)) {
			yield `${coordinate} is @encrypted and non-null: write ${field.type.ofType}, since a caller without the right gets null.`;
		}
	}
};
