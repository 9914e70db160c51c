import type { Principal } from '../access/index.ts';
import { type Actor, draftEntry, type EntryDraft, type EntryPlane } from '../audit/index.ts';
import type { TokenIdentity } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Logger } from './logger.ts';

type RefusedIdentity = Pick<TokenIdentity, 'userId' | 'firmId' | 'firmRole' | 'operatorRoles'>;

/** An account that is known and may do nothing now: the log says so, and the caller's error. */
export class RefusedAccountError extends FirmsealError {
	override readonly name = 'RefusedAccountError';
	readonly actor: Actor;
	readonly firm: string | null;
	readonly user: string;
	/** The row says that it gives a right, and can't prove it: someone has put it there, or changed it. */
	readonly isForged: boolean;

	constructor({ userId, firmId, firmRole, operatorRoles }: RefusedIdentity, message: string, isForged = false) {
		super('FORBIDDEN', message);
		this.actor = {
			kind: operatorRoles ? 'operator' : 'firm',
			user: userId,
			// SQL may have put one there twice.
			roles: [...new Set(operatorRoles ?? (firmRole ? [firmRole] : []))],
		};
		this.firm = firmId;
		this.user = userId;
		this.isForged = isForged;
	}
}

/** The same for a person at the wrong plane's server. */
export const wrongPlaneError = (principal: Principal, message: string): RefusedAccountError =>
	principal.kind === 'operator'
		? new RefusedAccountError(
				{ userId: principal.user, firmId: null, firmRole: null, operatorRoles: [...principal.roles] },
				message,
			)
		: new RefusedAccountError(
				{ userId: principal.user, firmId: principal.firm, firmRole: principal.role, operatorRoles: null },
				message,
			);

/** What the log says of it; `request`: none where a command was refused. */
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

/** Reports a row that proves nothing to an operator. */
export function reportForgery(logger: Logger, { firm, user, isForged }: RefusedAccountError, requestId?: string): void {
	if (isForged)
		logger.error({ user, requestId, ...(firm && { firm }) }, 'the rights of an account could not be proven');
}
