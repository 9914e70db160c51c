import type { StartUpRule } from './rule.ts';

/**
 * All content of a table has one class.
 *
 * The row policy for leases checks the class of the table.
 */
export const oneClassPerTable: StartUpRule = function* ({ sealedFields }) {
	const placed = sealedFields.flatMap(({ coordinate, encrypted: [mark], columns: [column] }) =>
		mark && column ? [{ coordinate, table: column.table, class: String(mark.class) }] : [],
	);
	for (const [table, fields] of Map.groupBy(placed, (field) => field.table)) {
		if (new Set(fields.map((field) => field.class)).size < 2) continue;
		const listed = fields.map((field) => `${field.coordinate} is ${field.class}`).join(', ');
		yield `${listed}, but all are in table ${table}: give a table's content one class, or move a field to a table of its own.`;
	}
};
