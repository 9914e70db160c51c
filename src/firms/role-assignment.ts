import type { FirmRole } from '../access/index.ts';
import { lockRow, type MembershipRow, type Transaction, tables } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

/** What a person may do, and for which client if they are of the portal. */
export interface RoleAssignment {
	readonly role: FirmRole;
	readonly clientId?: string | null | undefined;
}

type CheckedAssignment = Pick<MembershipRow, 'role' | 'clientId'>;

/** @throws FirmsealError BAD_USER_INPUT unless exactly a CLIENT names a client. */
export function checkRoleAssignment({ role, clientId = null }: RoleAssignment): CheckedAssignment {
	if (role === 'CLIENT' && clientId === null)
		throw new FirmsealError('BAD_USER_INPUT', 'Give clientId: a CLIENT is of one of the firm’s clients.');
	if (role !== 'CLIENT' && clientId !== null)
		throw new FirmsealError('BAD_USER_INPUT', 'Leave out clientId: only a CLIENT is of a client.');
	return { role, clientId };
}

/** @throws FirmsealError NOT_FOUND */
export async function lockClient(tx: Transaction, { clientId }: Pick<CheckedAssignment, 'clientId'>): Promise<void> {
	if (clientId !== null && !(await lockRow(tx, tables.clients, clientId, 'share')))
		throw new FirmsealError('NOT_FOUND', 'There is no such client.');
}
