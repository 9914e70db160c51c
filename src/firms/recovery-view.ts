import {
	type Account,
	type MembershipRow,
	type OwnerRecoveryRow,
	selectAccountById,
	selectMembership,
	selectUsersByIds,
	type Transaction,
} from '../database/index.ts';
import { hashApprovalRequest } from './approval-request-hash.ts';
import { loadAccountDisplayNames, loadFirmDisplayName } from './display-names.ts';

/** All of a recovery that a person must read before they approve or complete it. */
export interface RecoveryView {
	readonly recovery: OwnerRecoveryRow;
	readonly nextOwner: Account & {
		readonly name: string;
		readonly email: string;
		/** Their present or former membership of the firm; null if they never had one. */
		readonly place: Pick<MembershipRow, 'role' | 'removedAt'> | null;
	};
	readonly displayNames: { readonly firm: string; readonly requestedBy: string; readonly approvedBy: string | null };
	/** Covers the firm, the next owner, and the persons who asked and approved, with their names. Does not cover when it can be completed. */
	readonly requestHash: string;
}

/** @throws Error if the account is not visible. */
export async function loadRecoveryView(tx: Transaction, recovery: OwnerRecoveryRow): Promise<RecoveryView> {
	const { id, firmId, userId, requestedBy, requestedAt, approvedBy, approvedAt } = recovery;
	const account = await selectAccountById(tx, userId);
	const [shown] = await selectUsersByIds(tx, [userId]);
	if (!account || !shown) throw new Error('The account of a recovery is not visible.');
	const membership = await selectMembership(tx, userId);
	const place = membership?.firmId === firmId ? membership : null;
	const { personId, issuer, subject } = account;
	const { name, email } = shown;
	const named = await loadAccountDisplayNames(tx, approvedBy === null ? [requestedBy] : [requestedBy, approvedBy]);
	const called = {
		firm: await loadFirmDisplayName(tx, firmId),
		requestedBy: named(requestedBy),
		approvedBy: approvedBy === null ? null : named(approvedBy),
	};
	return {
		recovery,
		nextOwner: { ...account, name, email, place },
		displayNames: called,
		requestHash: hashApprovalRequest('owner-recovery', [
			id,
			firmId,
			userId,
			personId,
			issuer,
			subject,
			email,
			name,
			place?.role ?? '',
			place?.removedAt?.toISOString() ?? '',
			requestedBy,
			requestedAt.toISOString(),
			approvedBy ?? '',
			approvedAt?.toISOString() ?? '',
			called.firm,
			called.requestedBy,
			called.approvedBy ?? '',
		]),
	};
}
