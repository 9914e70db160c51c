import { v7 as uuidv7 } from 'uuid';
import { insertNotice, type NoticeRow, type Transaction } from '../database/index.ts';
import type { ActingMember } from './acting-member.ts';

type OwnerActNotice =
	| 'MEMBER_INVITED'
	| 'INVITATION_REVOKED'
	| 'SIGN_IN_CHANGED'
	| 'MEMBER_ADDED'
	| 'MEMBER_ROLE_CHANGED'
	| 'MEMBER_REMOVED'
	| 'OWNER_RECOVERY_CANCELLED';

/**
 * Inserts a notice of an act of an owner, or of a new member, in the same transaction. Notices of the platform's acts are inserted by the
 * database itself (notify_owner_recovery() in drizzle/0007_firms_and_owners.sql).
 */
export const notifyFirm = (
	tx: Transaction,
	{ firm, user: actorId }: Pick<ActingMember, 'firm' | 'user'>,
	notice: { readonly kind: OwnerActNotice } & Partial<Pick<NoticeRow, 'userId' | 'role' | 'invitationId'>>,
): Promise<void> => {
	const audience = notice.kind === 'OWNER_RECOVERY_CANCELLED' ? 'EVERYBODY' : 'OWNERS';
	return insertNotice(tx, { id: uuidv7(), firmId: firm, actorId, audience, ...notice });
};
