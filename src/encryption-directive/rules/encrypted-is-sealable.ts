import { getNamedType, isCompositeType } from 'graphql';
import { SEALABLE_SCALARS, valueTypeOf } from '../value-type.ts';
import type { StartUpRule } from './rule.ts';

/**
 * An encrypted field has a supported scalar, an enum, or a list of them as its type; no relation, and no list of lists.
 *
 * A relation's content is marked in its own type. A scalar of unknown form has no encoding (FORMAT.md "Payload").
 */
export const encryptedIsSealable: StartUpRule = function* ({ fields }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length === 0 || valueTypeOf(field.type)) continue;
		const type = getNamedType(field.type);
		yield isCompositeType(type)
			? `${coordinate} is @encrypted but is a relation: mark it @metadata, and the content inside ${type.name} @encrypted.`
			: `${coordinate} is @encrypted but ${field.type} can't be sealed: use ${SEALABLE_SCALARS.join(', ')}, an enum, or a list of them.`;
	}
};
