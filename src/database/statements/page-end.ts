import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

export interface PageEnd {
	/** The last id of the page. */
	readonly upto: string;
	/** Number of rows of the page. */
	readonly rows: number;
}

/** Maximum size of a page. */
export interface PageSize {
	readonly rows: number;
	readonly bytes: number;
}

/** The end of a page with the ids that a statement selects; null if there are none. */
export async function selectPageEnd(tx: Transaction, ids: SQL): Promise<PageEnd | null> {
	// PostgreSQL 15 has no max(uuid). The order of the texts is the same.
	const { rows } = await tx.execute(
		sql`select max(id::text)::uuid as upto, count(*)::int as rows from (${ids}) as page (id)`,
	);
	const [row] = rows as unknown as { upto: string | null; rows: number }[];
	return row?.upto ? { upto: row.upto, rows: row.rows } : null;
}

/** The end of the next page of `from`, with at most `most` rows and bytes, but at least one row. Null if no rows are left. */
export async function selectPageEndBySize(
	tx: Transaction,
	{ bytes, from }: { readonly bytes: SQL; readonly from: SQL },
	most: PageSize,
): Promise<PageEnd | null> {
	const { rows } = await tx.execute(sql`
		select id as upto, number::int as rows from (
			select id, row_number() over w as number, sum(bytes) over w as bytes
			from (select id, ${bytes} as bytes ${from} order by id limit ${most.rows}) found
			window w as (order by id)
		) counted where number = 1 or bytes <= ${most.bytes} order by id desc limit 1`);
	return (rows as unknown as PageEnd[])[0] ?? null;
}
