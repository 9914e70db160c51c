import { sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

/**
 * Puts an end mark on every lease that could still be used, or become so: by the rows of an older copy one may be active that was ended since,
 * and a key service that was restored too may have its grants. The broker takes those, and whoever needs a lease asks anew. Answers how
 * many.
 */
export async function endOpenLeases(tx: Transaction): Promise<number> {
	const force = (how: string) =>
		tx.execute(
			sql.raw(
				['leases', 'lease_ends'].map((table) => `alter table public.${table} ${how} row level security;`).join(''),
			),
		);
	await force('no force');
	const { rowCount } = await tx.execute(sql`
		insert into public.lease_ends (lease_id, firm_id)
		select l.id, l.firm_id from public.leases l where l.state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')
			and not exists (select from public.lease_ends e where e.lease_id = l.id)`);
	await force('force');
	return rowCount ?? 0;
}
