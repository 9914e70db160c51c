import { TABLE_OF } from '../api/index.ts';
import { type ContentColumns, sealedColumns } from '../database/index.ts';
import type { Registry } from '../encryption-directive/index.ts';

/** SQL names of the tables with content and of their sealed columns, by content class. */
export function contentTablesOf(registry: Registry): Readonly<Record<string, readonly ContentColumns[]>> {
	const columns = sealedColumns(TABLE_OF);
	const tables = registry.tables.map(({ table, class: of }) => ({
		of,
		table,
		columns: columns.filter((column) => column.table === table).map(({ column }) => column),
	}));
	return Object.fromEntries(
		[...Map.groupBy(tables, ({ of }) => of)].map(([of, each]) => [
			of,
			each.map(({ table, columns: names }) => ({ table, columns: names })),
		]),
	);
}
