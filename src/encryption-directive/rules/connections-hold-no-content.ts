import { getNamedType, isLeafType } from 'graphql';
import type { StartUpRule } from './rule.ts';

const EXEMPT_TYPE = /(Connection|Edge|Payload|PageInfo)$/;

/** The scalars that a connection, edge, page info or payload may have, by name and type. */
const ALLOWED: readonly (readonly [name: RegExp, scalar: string])[] = [
	[/^(cursor|startCursor|endCursor)$/, 'String'],
	[/^(hasNextPage|hasPreviousPage)$/, 'Boolean'],
	[/^(count|\w+Count)$/, 'Int'],
	[/^(path|\w+Path)$/, 'String'],
	[/^(id|\w+Ids?)$/, 'ID'],
	[/^clientMutationId$/, 'String'],
];

/**
 * A connection, edge, page info or payload has no scalars of its own except cursors, counts, paths and ids.
 *
 * These types need no marks, so content must not hide in them. They are recognized by the end of their name. A firm-owned one carries
 * marks like any other type.
 */
export const connectionsHoldNoContent: StartUpRule = function* ({ fields }) {
	for (const { coordinate, type, field, firmOwned } of fields) {
		const answers = getNamedType(field.type);
		if (firmOwned || !EXEMPT_TYPE.test(type.name) || !isLeafType(answers)) continue;
		if (ALLOWED.some(([name, scalar]) => name.test(field.name) && answers.name === scalar)) continue;
		yield `${coordinate} is a scalar of a connection or payload: move it to a firm-owned type; only cursors, counts, paths and ids may stay.`;
	}
};
