import { identifyToken, type Plane, selectIdentityOfMember } from '../../database/index.ts';
import { type FileReference, redeemTicket } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { RefusedAccountError } from '../refused-account.ts';
import { type IdentifiedCaller, isPrincipalUnchanged, principalOf } from './identify-principal.ts';

/** Where tickets are taken: the firm's plane, and what its rows are proven with. */
export interface TicketDeps {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'verify'>;
}

/**
 * Takes a ticket, and finds out what who made it may do now: as for a token, a removal acts at once.
 * @throws FirmsealError NOT_FOUND for a ticket that is none any more, RefusedAccountError for an account that has no role any more, or
 * for a ticket that SQL has made; KEY_UNAVAILABLE.
 */
export async function identifyByTicket(
	{ plane, rights }: TicketDeps,
	text: string,
): Promise<IdentifiedCaller & { readonly file: FileReference }> {
	const { firm, userId, file, isProven } = await redeemTicket({ plane, rights }, text);
	const identity = await plane.read(firm, async (tx) => {
		const member = await selectIdentityOfMember(tx, userId);
		const found = member && (await identifyToken(tx, member.issuer, member.subject));
		return found && { found, of: member };
	});
	if (!identity || identity.found.userDisabled)
		throw new FirmsealError('UNAUTHENTICATED', 'The account that this link is of is not known here, or is disabled.');
	if (!isProven)
		throw new RefusedAccountError(
			identity.found,
			'This link can’t be proven: ask for another by createDownload.',
			true,
		);
	const principal = await principalOf(identity.found, identity.of, { firm: rights });
	// Of another firm meanwhile, or of this one once more: what the ticket was for is not theirs.
	if (principal.kind !== 'firm' || principal.firm !== firm || principal.user !== userId)
		throw new FirmsealError('NOT_FOUND', 'This link has been used or its minute is over: ask for another.');
	const again = () => isPrincipalUnchanged({ plane, rights: { firm: rights } }, identity.of, principal);
	return { user: principal.user, principal, authTime: null, isPrincipalUnchanged: again, file };
}
