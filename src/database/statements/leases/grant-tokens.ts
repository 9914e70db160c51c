import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { leaseGrantTokens, leases } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

type GrantToken = typeof leaseGrantTokens.$inferSelect;

export interface LeaseClass {
	readonly lease: string;
	readonly class: GrantToken['class'];
}

/** Stores a grant's token, in place of an earlier one. */
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

/** Tokens of the last ten minutes; after that the whole key service knows the grant. For a transaction of the lease, which sees no other tokens. */
export const selectGrantTokens = (tx: Transaction, lease: string): Promise<Pick<GrantToken, 'class' | 'token'>[]> =>
	tx
		.select({ class: leaseGrantTokens.class, token: leaseGrantTokens.token })
		.from(leaseGrantTokens)
		.where(and(eq(leaseGrantTokens.leaseId, lease), youngerThan(10)));

/** Grants of the last five minutes on the firm's leases, which the key service may not list yet. */
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

export async function deleteGrantTokens(tx: Transaction, lease: string): Promise<void> {
	await deleteRows(tx, leaseGrantTokens, eq(leaseGrantTokens.leaseId, lease));
}
