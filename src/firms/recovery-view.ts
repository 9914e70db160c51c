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

/** A recovery, and all that who agrees to it, or completes it, has to have read. */
export interface RecoveryView {
	readonly recovery: OwnerRecoveryRow;
	readonly nextOwner: Account & {
		readonly name: string;
		readonly email: string;
		/** What they are in the firm now, or were; null: nothing ever. */
		readonly place: Pick<MembershipRow, 'role' | 'removedAt'> | null;
	};
	/** What the firm, who asked and who agreed are called. */
	readonly displayNames: { readonly firm: string; readonly requestedBy: string; readonly approvedBy: string | null };
	/** Of whom it makes an owner of which firm, as who and by whose words, with their names: not of when, which the database says. */
	readonly requestHash: string;
}

/** @throws Error when the account is not to be seen. */
export async function loadRecoveryView(tx: Transaction, recovery: OwnerRecoveryRow): Promise<RecoveryView> {
	const { id, firmId, userId, requestedBy, requestedAt, approvedBy, approvedAt } = recovery;
	const account = await selectAccountById(tx, userId);
	const [shown] = await selectUsersByIds(tx, [userId]);
	if (!account || !shown) throw new Error('The account of a recovery is not to be seen.');
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
