import type { FirmRole, OperatorRole, Principal } from '../access/index.ts';
import { isUuid } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/**
 * Who asks, in words that any API has. `role` says what it may do with content, whatever the API calls its own roles:
 * OWNER and MEMBER read and write that of their firm; CLIENT has none; OPERATOR, APPROVER and AUDITOR are of no firm.
 */
export interface Caller {
	/** User id, a lower-case UUID: the log knows people by nothing else. */
	readonly user: string;
	readonly role: FirmRole | OperatorRole;
	/** Id of the caller's firm, a lower-case UUID. */
	readonly firm: string | null;
}

/** @throws FirmsealError INTERNAL for an id that is none, an operator with a firm, one of a firm's roles without a firm, or a role that is none. */
export function principalOfCaller({ user, role, firm }: Caller): Principal {
	if (!user || !isUuid(user) || (firm && !isUuid(firm)))
		throw new FirmsealError('INTERNAL', 'callerOf answered an id that is no lower-case UUID.');
	if (isOperatorRole(role) && firm !== null)
		throw new FirmsealError('INTERNAL', 'callerOf returned a firm for a user who belongs to none.');
	if (isOperatorRole(role)) return { kind: 'operator', user, person: user, roles: new Set([role]), proven: true };
	if (!isFirmRole(role) || !firm)
		throw new FirmsealError('INTERNAL', 'callerOf answered a role that is none, or one of a firm without the firm.');
	return { kind: 'firm', user, person: user, firm, role, client: null, proven: true };
}

const isFirmRole = (role: string): role is FirmRole => role === 'OWNER' || role === 'MEMBER' || role === 'CLIENT';
const isOperatorRole = (role: string): role is OperatorRole =>
	role === 'OPERATOR' || role === 'APPROVER' || role === 'AUDITOR';
