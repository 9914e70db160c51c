import type { Statement } from '../access/index.ts';
import { type OwnerRecoveryRow, selectAccountById, selectMembership, type Transaction } from '../database/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import { statementOfMember } from './proofs.ts';

/** Whom a recovery makes an owner of its firm. */
export interface NextOwnerMembership {
	readonly firm: string;
	readonly userId: string;
	/** What their row says now, and its proof; null: they never were a member of the firm. */
	readonly currentStatement: Statement | null;
	readonly mac: Uint8Array | null;
	/** What is to be proven. */
	readonly ownerStatement: Statement;
}

/** @throws Error when the account is not to be seen. */
export async function findNextOwner(
	tx: Transaction,
	{ firmId, userId }: Pick<OwnerRecoveryRow, 'firmId' | 'userId'>,
): Promise<NextOwnerMembership> {
	const account = await selectAccountById(tx, userId);
	if (!account) throw new Error('The account of a recovery is not to be seen.');
	const found = await selectMembership(tx, userId);
	// Of another firm they can't become one: the database says so.
	const row = found?.firmId === firmId ? found : null;
	const owner = { firmId, role: 'OWNER', clientId: null, removedAt: null } as const;
	return {
		firm: firmId,
		userId,
		currentStatement: row ? statementOfMember(row, userId, account) : null,
		mac: row?.mac ?? null,
		ownerStatement: statementOfMember(owner, userId, account),
	};
}

/** false: SQL has put their row there or has changed it, which no recovery may make good. @throws KeyUnavailableError */
export const isMembershipProven = async (
	rights: Pick<RightsProofs, 'verify'>,
	{ firm, currentStatement, mac }: NextOwnerMembership,
): Promise<boolean> => currentStatement === null || (await rights.verify(firm, currentStatement, mac));

export const isSameNextOwner = (a: NextOwnerMembership, b: NextOwnerMembership): boolean => textOf(a) === textOf(b);

const textOf = ({ currentStatement, mac, ownerStatement }: NextOwnerMembership) =>
	JSON.stringify([currentStatement, ownerStatement, [...(mac ?? [])]]);
