import { eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { accessPolicies } from '../../tables/index.ts';

export type AccessPolicyRow = typeof accessPolicies.$inferSelect;

/** Every firm has one; a firm without takes no requests. */
export const selectAccessPolicies = (tx: Transaction, firms: readonly string[]): Promise<AccessPolicyRow[]> =>
	tx
		.select()
		.from(accessPolicies)
		.where(inArray(accessPolicies.firmId, [...firms]));

export async function selectAccessPolicy(tx: Transaction, firm: string): Promise<AccessPolicyRow | null> {
	const [row] = await selectAccessPolicies(tx, [firm]);
	return row ?? null;
}

/** Keeps a firm's policy as it is until the end of the transaction. */
export async function lockAccessPolicy(tx: Transaction, firm: string): Promise<AccessPolicyRow | null> {
	const [row] = await tx.select().from(accessPolicies).where(eq(accessPolicies.firmId, firm)).for('no key update');
	return row ?? null;
}

export async function setAccessPolicy(
	tx: Transaction,
	{ firmId, policy, approvers, mac }: Pick<AccessPolicyRow, 'firmId' | 'policy' | 'approvers' | 'mac'>,
): Promise<void> {
	await tx
		.update(accessPolicies)
		.set({ policy, approvers, mac, updatedAt: sql`clock_timestamp()` })
		.where(eq(accessPolicies.firmId, firmId));
}

/** Of a new firm, with the proof. */
export async function insertAccessPolicy(
	tx: Transaction,
	row: Pick<AccessPolicyRow, 'firmId' | 'policy' | 'approvers'> & { readonly mac: Uint8Array },
): Promise<void> {
	await tx.insert(accessPolicies).values(row);
}
