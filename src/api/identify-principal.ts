import type { OperatorRole, Principal } from '../access/index.ts';
import type { Actor } from '../audit/index.ts';
import { type Identity, identify, type Plane } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Authenticate } from './authenticate.ts';

/**
 * Who sends a request, and what they may be now: read from the database each time, so that a removal or a disabling acts
 * with the next request.
 * @throws FirmsealError UNAUTHENTICATED, or RefusedAccountError for an account that has no role any more.
 */
export async function identifyPrincipal(
	authenticate: Authenticate,
	plane: Plane,
	authorizationHeader: string | undefined,
): Promise<Principal> {
	const { issuer, subject } = await authenticate(authorizationHeader);
	const identity = await plane.read(null, (tx) => identify(tx, issuer, subject));
	if (!identity || identity.userDisabled)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'This account is not known here, or is disabled: ask your firm or the platform.',
		);
	return principalOf(identity);
}

/** An account that is known and may do nothing now: told to the log as well as to the caller. */
export class RefusedAccountError extends FirmsealError {
	override readonly name = 'RefusedAccountError';
	readonly actor: Actor;
	readonly firm: string | null;

	constructor({ userId, firmId, firmRole, operatorRoles }: Refused, message: string) {
		super('FORBIDDEN', message);
		this.actor = {
			kind: operatorRoles ? 'operator' : 'firm',
			user: userId,
			roles: operatorRoles ?? (firmRole ? [firmRole] : []),
		};
		this.firm = firmId;
	}
}
type Refused = Pick<Identity, 'userId' | 'firmId' | 'firmRole' | 'operatorRoles'>;

/** The same for somebody who is at the wrong plane's server. */
export const refusedHere = (principal: Principal, message: string): RefusedAccountError =>
	principal.kind === 'operator'
		? new RefusedAccountError(
				{ userId: principal.user, firmId: null, firmRole: null, operatorRoles: [...principal.roles] },
				message,
			)
		: new RefusedAccountError(
				{ userId: principal.user, firmId: principal.firm, firmRole: principal.role, operatorRoles: null },
				message,
			);

/** @throws RefusedAccountError */
export function principalOf(identity: Identity): Principal {
	const { userId: user, personId: person, firmId, firmRole, operatorRoles } = identity;
	if (operatorRoles) {
		if (identity.operatorDisabled) throw new RefusedAccountError(identity, 'This operator account is disabled.');
		return { kind: 'operator', user, person, roles: new Set<OperatorRole>(operatorRoles) };
	}
	if (firmId === null || firmRole === null || identity.removed)
		throw new RefusedAccountError(identity, 'This account belongs to no firm: ask an owner of your firm.');
	if (identity.firmStatus !== 'ACTIVE')
		throw new RefusedAccountError(identity, 'Your firm is suspended: ask the platform.');
	if (firmRole === 'CLIENT' && identity.clientId === null)
		throw new RefusedAccountError(identity, 'This account is of no client of the firm yet: ask an owner of the firm.');
	return { kind: 'firm', user, person, firm: firmId, role: firmRole, client: identity.clientId };
}
