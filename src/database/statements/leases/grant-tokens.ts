import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { leaseGrantTokens, leases } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

type GrantToken = typeof leaseGrantTokens.$inferSelect;

export interface LeaseClass {
	readonly lease: string;
	readonly class: GrantToken['class'];
}

/** Keeps what came with a grant, in place of what came with it before. */
export async function insertGrantToken(
	tx: Transaction,
	{ lease, class: keyClass }: LeaseClass,
	token: string,
): Promise<void> {
	const given = { token, createdAt: sql`clock_timestamp()` };
	await tx
		.insert(leaseGrantTokens)
		.values({ leaseId: lease, class: keyClass, ...given })
		.onConflictDoUpdate({ target: [leaseGrantTokens.leaseId, leaseGrantTokens.class], set: given });
}

const youngerThan = (minutes: number) =>
	gt(leaseGrantTokens.createdAt, sql`clock_timestamp() - make_interval(mins => ${minutes})`);

/** Those of the last ten minutes: after that the grant is known everywhere. For a transaction of the lease, which sees no other's. */
export const selectGrantTokens = (tx: Transaction, lease: string): Promise<Pick<GrantToken, 'class' | 'token'>[]> =>
	tx
		.select({ class: leaseGrantTokens.class, token: leaseGrantTokens.token })
		.from(leaseGrantTokens)
		.where(and(eq(leaseGrantTokens.leaseId, lease), youngerThan(10)));

/** Grants of the firm's leases that the key service may not list yet: made in the last five minutes. */
export const selectRecentGrants = (tx: Transaction, firm: string): Promise<LeaseClass[]> =>
	tx
		.select({ lease: leaseGrantTokens.leaseId, class: leaseGrantTokens.class })
		.from(leaseGrantTokens)
		.where(
			and(
				inArray(leaseGrantTokens.leaseId, tx.select({ id: leases.id }).from(leases).where(eq(leases.firmId, firm))),
				youngerThan(5),
			),
		);

/** Of a lease that has no grants any more. */
export async function deleteGrantTokens(tx: Transaction, lease: string): Promise<void> {
	await deleteRows(tx, leaseGrantTokens, eq(leaseGrantTokens.leaseId, lease));
}
