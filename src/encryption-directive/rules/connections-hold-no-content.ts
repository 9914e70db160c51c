import { getNamedType, isLeafType } from 'graphql';
import type { StartUpRule } from './rule.ts';

const EXEMPT_TYPE = /(Connection|Edge|Payload|PageInfo)$/;

/** What a connection, edge, page info or payload may say by itself, and as which scalar. */
const ALLOWED: readonly (readonly [name: RegExp, scalar: string])[] = [
	[/^(cursor|startCursor|endCursor)$/, 'String'],
	[/^(hasNextPage|hasPreviousPage)$/, 'Boolean'],
	[/^(count|\w+Count)$/, 'Int'],
	[/^(path|\w+Path)$/, 'String'],
	[/^(id|\w+Ids?)$/, 'ID'],
	[/^clientMutationId$/, 'String'],
];

/**
 * A connection, edge, page info or payload has no scalar of its own but cursors, counts, paths and ids.
 *
 * These types are exempt from the marks, so they must not become the place where content hides. They are known by the
 * end of their names; one that is firm-owned carries marks like any other type.
 */
export const connectionsHoldNoContent: StartUpRule = function* ({ fields }) {
	for (const { coordinate, type, field, firmOwned } of fields) {
		const answers = getNamedType(field.type);
		if (firmOwned || !EXEMPT_TYPE.test(type.name) || !isLeafType(answers)) continue;
		if (ALLOWED.some(([name, scalar]) => name.test(field.name) && answers.name === scalar)) continue;
		yield `${coordinate} is a scalar of a connection or payload: move it to a firm-owned type; only cursors, counts, paths and ids may stay.`;
	}
};
