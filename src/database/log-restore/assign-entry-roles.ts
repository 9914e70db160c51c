import { sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';

/**
 * Whose entries the anchored ones are, which no leaf says: of a row that is there what it says, else what the plane says. A process of
 * firms records what it refuses operators too, under its own boot, and two roles may have given one boot the same number.
 */
export async function assignEntryRoles(tx: Transaction): Promise<void> {
	await tx.execute(sql`
		update pg_temp.anchored_leaves a set role = e.role from public.audit_entries e
		where e.id = a.entry
			and e.role in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`);
	await tx.execute(sql`
		update pg_temp.anchored_leaves a set role = case a.leaf::jsonb ->> 'plane'
			when 'firm' then 'firmseal_firm'
			when 'broker' then 'firmseal_broker'
			when 'operator' then case when exists (
				select from pg_temp.anchored_leaves f where f.boot = a.boot and f.leaf::jsonb ->> 'plane' = 'firm'
			) then 'firmseal_firm' else 'firmseal_operator' end
			else 'firmseal_worker' end
		where a.role is null`);
	await tx.execute(sql`
		update pg_temp.anchored_leaves a
		set role = case a.role when 'firmseal_firm' then 'firmseal_operator' else 'firmseal_firm' end
		from (
			select entry, row_number() over (partition by l.role, l.boot, l.sequence
				order by (select e.role = l.role from public.audit_entries e where e.id = l.entry) desc nulls last, entry) as place
			from pg_temp.anchored_leaves l
		) twice where twice.entry = a.entry and twice.place = 2`);
}
