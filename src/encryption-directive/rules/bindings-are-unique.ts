import type { SealedColumn } from '../bindings.ts';
import type { StartUpRule } from './rule.ts';

/**
 * No two columns have the same binding.
 *
 * Values of one would open in the other, and swapping the two inside a row would go unnoticed.
 */
export const bindingsAreUnique: StartUpRule = function* ({ columns }) {
	const firstBound = new Map<string, SealedColumn>();
	for (const own of columns) {
		const binding = `${own.bind.table}.${own.bind.column}`;
		const first = firstBound.get(binding);
		if (!first) firstBound.set(binding, own);
		else if (first.table !== own.table || first.column !== own.column) {
			const coordinate = `${own.typeName}.${own.fieldName}`;
			yield `${coordinate} is bound to ${binding}, as is ${first.typeName}.${first.fieldName}: give the sealed() of the newer one its own bind.`;
		}
	}
};
