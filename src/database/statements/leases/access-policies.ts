import { eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { accessPolicies } from '../../tables/index.ts';

export type AccessPolicyRow = typeof accessPolicies.$inferSelect;

/** Every firm has one. A firm without one accepts no lease requests. */
export const selectAccessPolicies = (tx: Transaction, firms: readonly string[]): Promise<AccessPolicyRow[]> =>
	tx
		.select()
		.from(accessPolicies)
		.where(inArray(accessPolicies.firmId, [...firms]));

export const selectAccessPolicy = (tx: Transaction, firm: string): Promise<AccessPolicyRow | null> =>
	firstRow(selectAccessPolicies(tx, [firm]));

/** Locks a firm's policy until the end of the transaction. */
export const lockAccessPolicy = (tx: Transaction, firm: string): Promise<AccessPolicyRow | null> =>
	firstRow(tx.select().from(accessPolicies).where(eq(accessPolicies.firmId, firm)).for('no key update'));

export async function setAccessPolicy(
	tx: Transaction,
	{ firmId, policy, approvers, mac }: Pick<AccessPolicyRow, 'firmId' | 'policy' | 'approvers' | 'mac'>,
): Promise<void> {
	await tx
		.update(accessPolicies)
		.set({ policy, approvers, mac, updatedAt: sql`clock_timestamp()` })
		.where(eq(accessPolicies.firmId, firmId));
}

/** For a new firm. */
export async function insertAccessPolicy(
	tx: Transaction,
	row: Pick<AccessPolicyRow, 'firmId' | 'policy' | 'approvers'> & { readonly mac: Uint8Array },
): Promise<void> {
	await tx.insert(accessPolicies).values(row);
}
