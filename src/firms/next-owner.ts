import type { Statement } from '../access/index.ts';
import { type OwnerRecoveryRow, selectAccountById, selectMembership, type Transaction } from '../database/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import { statementOfMember } from './proofs.ts';

/** The person whom a recovery makes an owner. */
export interface NextOwnerMembership {
	readonly firm: string;
	readonly userId: string;
	/** Statement of their present row; null if they never were a member of the firm. */
	readonly currentStatement: Statement | null;
	readonly mac: Uint8Array | null;
	/** Statement of their row as an owner. */
	readonly ownerStatement: Statement;
}

/** @throws Error if the account is not visible. */
export async function findNextOwner(
	tx: Transaction,
	{ firmId, userId }: Pick<OwnerRecoveryRow, 'firmId' | 'userId'>,
): Promise<NextOwnerMembership> {
	const account = await selectAccountById(tx, userId);
	if (!account) throw new Error('The account of a recovery is not visible.');
	const found = await selectMembership(tx, userId);
	// The database refuses a member of another firm.
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

/** False if SQL has inserted or changed their row. A recovery must not give such a row a proof. @throws KeyUnavailableError */
export const isMembershipProven = async (
	rights: Pick<RightsProofs, 'verify'>,
	{ firm, currentStatement, mac }: NextOwnerMembership,
): Promise<boolean> => currentStatement === null || (await rights.verify(firm, currentStatement, mac));

export const isSameNextOwner = (a: NextOwnerMembership, b: NextOwnerMembership): boolean => textOf(a) === textOf(b);

const textOf = ({ currentStatement, mac, ownerStatement }: NextOwnerMembership) =>
	JSON.stringify([currentStatement, ownerStatement, [...(mac ?? [])]]);
