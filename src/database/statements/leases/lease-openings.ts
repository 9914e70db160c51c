import { sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { auditEntries } from '../../tables/index.ts';
import type { LeaseRowRef } from './lease-parts.ts';

/** A log entry that records what was opened under a lease. */
export interface LeaseOpeningRow {
	readonly id: string;
	readonly leaf: string;
	readonly transaction: string;
	/** By the database's clock, in milliseconds since 1970. */
	readonly appendedAt: number;
}

const parentRows = (parents: readonly Pick<LeaseRowRef, 'id'>[]) =>
	sql`unnest(${sql.param([...new Set(parents.map(({ id }) => id))])}::uuid[]) as parent(id)`;

/** The same page of the openings under each lease, in one statement, by lease_openings() of drizzle/0009_lease_use.sql. */
export async function selectOpeningsOf(
	tx: Transaction,
	parents: readonly Pick<LeaseRowRef, 'id'>[],
	page: KeysetPage,
): Promise<ReadonlyMap<string, Page<LeaseOpeningRow>>> {
	const conditions = sql.join([sql`true`, ...withinPage(page)], sql` and `);
	const { rows } = await tx.execute(sql`
		select parent.id as parent, opening.* from ${parentRows(parents)} cross join lateral (
			select id, leaf, transaction::text as transaction, (extract(epoch from appended_at) * 1000)::float8 as "appendedAt" from public.lease_openings(parent.id) as ${auditEntries}
			where ${conditions} order by ${sql.join(orderOfPage(page), sql`, `)} limit ${page.limit + 1}
		) as opening`);
	const byParent = Map.groupBy(rows as unknown as (LeaseOpeningRow & { parent: string })[], ({ parent }) => parent);
	return new Map([...byParent].map(([parent, own]) => [parent, trimToPage<LeaseOpeningRow>(page, own)]));
}

/** The number of openings under each lease. */
export async function countOpeningsOf(
	tx: Transaction,
	parents: readonly Pick<LeaseRowRef, 'id'>[],
): Promise<ReadonlyMap<string, number>> {
	const { rows } = await tx.execute(sql`
		select parent.id as parent, (select count(*)::int from public.lease_openings(parent.id)) as count
		from ${parentRows(parents)}`);
	return new Map(rows.map(({ parent, count }) => [parent as string, count as number]));
}
