import type { FirmRole, OperatorRole, Principal } from '../access/index.ts';
import { isUuid } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/**
 * The caller, in terms that any API has. `role` decides what the caller may do with content, whatever the API calls its own roles: OWNER and
 * MEMBER read and write content of their firm; CLIENT has no access to content; OPERATOR, APPROVER and AUDITOR belong to no firm.
 */
export interface Caller {
	/** User id, a lower-case UUID. The audit log identifies people only by it. */
	readonly user: string;
	readonly role: FirmRole | OperatorRole;
	/** Id of the caller's firm, a lower-case UUID. null for a role that belongs to no firm. */
	readonly firm: string | null;
}

/** @throws FirmsealError INTERNAL for an invalid id, an operator's role with a firm, a firm's role without a firm, or an unknown role */
export function principalOfCaller({ user, role, firm }: Caller): Principal {
	if (!user || !isUuid(user) || (firm && !isUuid(firm)))
		throw new FirmsealError('INTERNAL', 'callerOf returned an id that is not a lower-case UUID.');
	if (isOperatorRole(role) && firm !== null)
		throw new FirmsealError('INTERNAL', 'callerOf returned a firm for a role that belongs to no firm.');
	if (isOperatorRole(role)) return { kind: 'operator', user, person: user, roles: new Set([role]), proven: true };
	if (!isFirmRole(role) || !firm)
		throw new FirmsealError('INTERNAL', 'callerOf returned an unknown role, or a role of a firm without the firm.');
	return { kind: 'firm', user, person: user, firm, role, client: null, proven: true };
}

const isFirmRole = (role: string): role is FirmRole => role === 'OWNER' || role === 'MEMBER' || role === 'CLIENT';
const isOperatorRole = (role: string): role is OperatorRole =>
	role === 'OPERATOR' || role === 'APPROVER' || role === 'AUDITOR';
