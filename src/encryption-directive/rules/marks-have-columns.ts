import { isUnmarked } from '../survey.ts';
import type { StartUpRule } from './rule.ts';

/**
 * Each encrypted field of an object type has exactly one sealed() column, and each sealed() column has such a field.
 *
 * A mark without a column would find no ciphertext. A column without a mark would be content that no one opens or rotates.
 */
export const marksHaveColumns: StartUpRule = function* ({ fields, sealedFields, columns }) {
	for (const { coordinate, field, columns: own } of sealedFields) {
		if (own.length === 0) {
			yield `${coordinate} is @encrypted but has no sealed() column: add ${field.name} with sealed(…) to the table, or mark it @metadata.`;
		}
		if (own.length > 1) {
			yield `${coordinate} has more than one sealed() column (${own.map(nameOf).join(', ')}): keep one.`;
		}
	}
	// If a field has no mark at all, exactlyOneMark reports it.
	const unmarked = fields.filter(isUnmarked);
	const coordinates = new Set([...sealedFields, ...unmarked].map(({ coordinate }) => coordinate));
	for (const column of columns) {
		const coordinate = `${column.typeName}.${column.fieldName}`;
		if (coordinates.has(coordinate)) continue;
		yield `${coordinate} has the sealed() column ${nameOf(column)} but isn't @encrypted in the schema: add the mark, or drop the column.`;
	}
};

function nameOf({ table, column }: { readonly table: string; readonly column: string }): string {
	return `${table}.${column}`;
}
