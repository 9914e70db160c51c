import { isObjectType } from 'graphql';
import type { StartUpRule } from './rule.ts';

/**
 * A firm-owned object has `id: ID!` and `firmId: ID!`.
 *
 * Every value is sealed to its firm and its row. Without these ids it could not be opened.
 */
export const firmOwnedHasIds: StartUpRule = function* ({ fields, ownership }) {
	const owned = new Set(
		fields.filter(({ type, firmOwned }) => firmOwned && isObjectType(type)).map(({ type }) => type),
	);
	for (const type of owned) {
		for (const name of ['id', ownership.id]) {
			const written = type.getFields()[name]?.type;
			if (String(written) === 'ID!') continue;
			const fault = written ? `is ${written}` : 'is missing';
			yield `${type.name}.${name} ${fault}: declare it as \`${name}: ID! @metadata\`, since ${type.name} is firm-owned.`;
		}
	}
};
