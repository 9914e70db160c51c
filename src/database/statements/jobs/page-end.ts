import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';

/** Where a page ends whose ids a statement selects in their order; null: there are no more. */
export async function selectPageEnd(
	tx: Transaction,
	ids: SQL,
): Promise<{ readonly upto: string; readonly rows: number } | null> {
	// PostgreSQL 15 knows no greatest uuid; that of their texts is the same.
	const { rows } = await tx.execute(
		sql`select max(id::text)::uuid as upto, count(*)::int as rows from (${ids}) as page (id)`,
	);
	const [row] = rows as unknown as { upto: string | null; rows: number }[];
	return row?.upto ? { upto: row.upto, rows: row.rows } : null;
}
