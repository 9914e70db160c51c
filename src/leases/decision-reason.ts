import type { Principal } from '../access/index.ts';
import {
	insertLeaseDecisionText,
	type LeaseDecisionTextRow,
	type LeaseRow,
	type Transaction,
} from '../database/index.ts';
import { hashLeaseText, hexOf } from './request-hash.ts';
import type { LeaseServices } from './transition.ts';

type Decision = LeaseDecisionTextRow['decision'];

/**
 * Stores why a person has decided, and records the hash of the reason. Called in the decision's transaction, after its row and before its entry:
 * the log never has a decision whose reason is missing.
 * @throws FirmsealError AUDIT_UNAVAILABLE
 */
export async function explainDecision(
	{ record }: Pick<LeaseServices, 'record'>,
	tx: Transaction,
	{ id: leaseId, firmId }: Pick<LeaseRow, 'id' | 'firmId'>,
	by: Principal,
	{ decision, reason }: { readonly decision: Decision; readonly reason: string | null },
): Promise<void> {
	if (reason === null) return;
	await insertLeaseDecisionText(tx, { leaseId, firmId, userId: by.user, decision, reason });
	await record({ action: 'lease.reason', firm: firmId, lease: leaseId, hash: hexOf(hashLeaseText(leaseId, reason)) });
}

/**
 * The person's reason for this decision; null without one, and for a text that is not the one with the hash that the approval holds.
 * A denial holds no hash: only the audit log has it.
 */
export function findDecisionReason(
	texts: readonly LeaseDecisionTextRow[],
	of: { readonly leaseId: string; readonly userId: string | null; readonly decision: Decision },
	reasonHash?: Uint8Array | null,
): string | null {
	const found = texts.find(({ userId, decision }) => userId === of.userId && decision === of.decision);
	if (!found || reasonHash === null) return null;
	const isIntact =
		reasonHash === undefined || Buffer.compare(hashLeaseText(of.leaseId, found.reason), reasonHash) === 0;
	return isIntact ? found.reason : null;
}
