import {
	type Account,
	type MembershipRow,
	type OwnerRecoveryRow,
	selectAccountById,
	selectMembership,
	selectUsersByIds,
	type Transaction,
} from '../database/index.ts';
import { hashOfRequest } from './request-hash.ts';

/** A recovery, and all that who agrees to it, or completes it, has to have read. */
export interface SeenRecovery {
	readonly recovery: OwnerRecoveryRow;
	readonly next: Account & {
		readonly name: string;
		readonly email: string;
		/** What they are in the firm now, or were; null: nothing ever. */
		readonly place: Pick<MembershipRow, 'role' | 'removedAt'> | null;
	};
	/** Of whom it makes an owner, as who and by whose words: not of when, which the database says. */
	readonly requestHash: string;
}

/** @throws Error when the account is not to be seen. */
export async function seeRecovery(tx: Transaction, recovery: OwnerRecoveryRow): Promise<SeenRecovery> {
	const { id, firmId, userId, requestedBy, requestedAt, approvedBy, approvedAt } = recovery;
	const account = await selectAccountById(tx, userId);
	const [shown] = await selectUsersByIds(tx, [userId]);
	if (!account || !shown) throw new Error('The account of a recovery is not to be seen.');
	const membership = await selectMembership(tx, userId);
	const place = membership?.firmId === firmId ? membership : null;
	const { personId, issuer, subject } = account;
	const { name, email } = shown;
	return {
		recovery,
		next: { ...account, name, email, place },
		requestHash: hashOfRequest('owner-recovery', [
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
		]),
	};
}
