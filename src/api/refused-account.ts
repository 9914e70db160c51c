import type { Principal } from '../access/index.ts';
import { type Actor, draftEntry, type EntryDraft, type EntryPlane } from '../audit/index.ts';
import type { TokenIdentity } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Logger } from './logger.ts';

type RefusedIdentity = Pick<TokenIdentity, 'userId' | 'firmId' | 'firmRole' | 'operatorRoles'>;

/** A known account that may do nothing now. Both the audit log and the caller are told. */
export class RefusedAccountError extends FirmsealError {
	override readonly name = 'RefusedAccountError';
	readonly actor: Actor;
	readonly firm: string | null;
	readonly user: string;
	/** The row claims a right that its MAC does not prove: someone inserted or changed it by SQL. */
	readonly isForged: boolean;

	constructor({ userId, firmId, firmRole, operatorRoles }: RefusedIdentity, message: string, isForged = false) {
		super('FORBIDDEN', message);
		this.actor = {
			kind: operatorRoles ? 'operator' : 'firm',
			user: userId,
			// SQL may have inserted a role twice.
			roles: [...new Set(operatorRoles ?? (firmRole ? [firmRole] : []))],
		};
		this.firm = firmId;
		this.user = userId;
		this.isForged = isForged;
	}
}

/** The same for a person at the other plane's server. */
export const wrongPlaneError = (principal: Principal): RefusedAccountError =>
	new RefusedAccountError(
		{
			userId: principal.user,
			...(principal.kind === 'operator'
				? { firmId: null, firmRole: null, operatorRoles: [...principal.roles] }
				: { firmId: principal.firm, firmRole: principal.role, operatorRoles: null }),
		},
		'This server is for the other plane: use the address you were given.',
	);

/** The log entry of a refusal. `request` is null if a command was refused. */
export const entryOfRefusal = (
	{ actor, firm, user, isForged }: RefusedAccountError,
	plane: EntryPlane,
	request: string | null,
): EntryDraft =>
	draftEntry(
		{ actor, plane, request },
		{
			action: isForged ? 'rights.refuse' : 'request.deny',
			decision: 'DENIED',
			firm,
			reason: 'FORBIDDEN',
			...(isForged && { records: [user] }),
		},
	);

/** Logs an account whose row is not proven. */
export function reportForgery(logger: Logger, { firm, user, isForged }: RefusedAccountError, requestId?: string): void {
	if (isForged)
		logger.error({ user, requestId, ...(firm && { firm }) }, 'the rights of an account could not be proven');
}
