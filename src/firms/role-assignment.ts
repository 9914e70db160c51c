import type { FirmRole } from '../access/index.ts';
import { lockRow, type MembershipRow, type Transaction, tables } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';

export interface RoleAssignment {
	readonly role: FirmRole;
	/** The client of a portal user. */
	readonly clientId?: string | null | undefined;
}

type CheckedAssignment = Pick<MembershipRow, 'role' | 'clientId'>;

/** @throws FirmsealError BAD_USER_INPUT for a CLIENT without a client, and for another role with one. */
export function checkRoleAssignment({ role, clientId = null }: RoleAssignment): CheckedAssignment {
	if (role === 'CLIENT' && clientId === null)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Give clientId: a member with the role CLIENT belongs to one of the firm’s clients.',
		);
	if (role !== 'CLIENT' && clientId !== null)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Leave out clientId: only a member with the role CLIENT belongs to a client.',
		);
	return { role, clientId };
}

/** @throws FirmsealError NOT_FOUND */
export async function lockClient(tx: Transaction, { clientId }: Pick<CheckedAssignment, 'clientId'>): Promise<void> {
	if (clientId !== null && !(await lockRow(tx, tables.clients, clientId, 'share')))
		throw new FirmsealError('NOT_FOUND', 'This client does not exist.');
}
