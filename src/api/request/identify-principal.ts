import { isDeepStrictEqual } from 'node:util';
import {
	membershipStatement,
	type Newcomer,
	type OperatorRole,
	operatorStatement,
	type Principal,
	type SignInTime,
	type Statement,
} from '../../access/index.ts';
import { identifyToken, type Plane, selectIdentityOfMember, type TokenIdentity } from '../../database/index.ts';
import { type FileReference, redeemTicket } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { derivePersonId, findFormerPersonId, isAffiliated } from '../../firms/index.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { RefusedAccountError } from '../refused-account.ts';
import type { Authenticate, Authenticated } from './authenticate.ts';

/** What people's rights are checked with, by the side they are of. A person of a side that isn't here stays unproven. */
export type RightsBySide = Partial<Readonly<Record<Principal['kind'], Pick<RightsProofs, 'verify'>>>>;

/** How callers are identified. */
export interface IdentityDeps {
	readonly authenticate: Authenticate;
	readonly plane: Plane;
	readonly rights: RightsBySide;
}

export interface IdentifiedCaller {
	/** User id. */
	readonly user: string;
	readonly principal: Principal;
	/** When the person last signed in. */
	readonly authTime: SignInTime;
	/**
	 * Whether the person is still what they were, for what takes long: as at a next request, but without the token, which ends meanwhile.
	 * @throws KeyUnavailableError when that can't be known now.
	 */
	readonly isPrincipalUnchanged: () => Promise<boolean>;
}

/** A person who has signed in and belongs to no firm, in a request that accepts an invitation. */
export interface IdentifiedNewcomer {
	/** For counting: who it is. */
	readonly user: string;
	readonly newcomer: Newcomer;
}

/**
 * The same for a request that does nothing but accept an invitation: a person who belongs to no firm yet, or no longer, is no principal.
 * @throws FirmsealError as identifyPrincipal does for everyone else.
 */
export async function identifyNewcomer(
	deps: IdentityDeps,
	rights: Pick<RightsProofs, 'verify'>,
	authorizationHeader: string | undefined,
): Promise<IdentifiedCaller | IdentifiedNewcomer> {
	const of = await deps.authenticate(authorizationHeader);
	const identity = await deps.plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject));
	if (identity?.userDisabled || (identity && isAffiliated(identity))) return identifyAccount(deps, of, identity);
	const { issuer, subject, email } = of;
	const person =
		of.person === undefined
			? identity && (await findFormerPersonId(rights, identity, of))
			: personIdFromToken(issuer, of.person);
	return { user: `${issuer} ${subject}`, newcomer: { issuer, subject, email, person } };
}

/**
 * Who sends a request, and what they may be now: read from the database each time, so that a removal or a disabling acts
 * with the next request, and checked by the row's MAC, so that a row that SQL has put in or changed gives nothing.
 * @throws FirmsealError UNAUTHENTICATED, or RefusedAccountError for an account that has no role any more, or no proof of it.
 */
export async function identifyPrincipal(
	deps: IdentityDeps,
	authorizationHeader: string | undefined,
): Promise<IdentifiedCaller> {
	const of = await deps.authenticate(authorizationHeader);
	return identifyAccount(deps, of, await deps.plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject)));
}

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

async function identifyAccount(
	deps: IdentityDeps,
	{ issuer, subject, authTime, person }: Authenticated,
	identity: TokenIdentity | null,
): Promise<IdentifiedCaller> {
	if (!identity || identity.userDisabled)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'This account is not known here, or is disabled: ask your firm or the platform.',
		);
	const principal = await principalOf(identity, { issuer, subject }, deps.rights);
	assertSamePerson(identity, { issuer, person });
	return {
		user: principal.user,
		principal,
		authTime,
		isPrincipalUnchanged: () => isPrincipalUnchanged(deps, { issuer, subject }, principal),
	};
}

/** Of whom an account is that is made by the claim. @throws FirmsealError UNAUTHENTICATED where the token doesn't say it. */
function personIdFromToken(issuer: string, said: string | null): string {
	if (said !== null) return derivePersonId(issuer, said);
	throw new FirmsealError(
		'UNAUTHENTICATED',
		'The token does not say who you are, by the claim of FIRMSEAL_PERSON_CLAIM: have the issuer add it, and sign in again.',
	);
}

/** Where a claim tells persons apart, an account is of the person of whom the token is. @throws RefusedAccountError */
function assertSamePerson(identity: TokenIdentity, { issuer, person }: Pick<Authenticated, 'issuer' | 'person'>): void {
	if (person === undefined || (person !== null && derivePersonId(issuer, person) === identity.personId)) return;
	throw new RefusedAccountError(
		identity,
		'The token is of another person than this account, by the claim of FIRMSEAL_PERSON_CLAIM: sign in as yourself.',
	);
}

/** Whether the account still is what it was. @throws KeyUnavailableError when that can't be known now. */
async function isPrincipalUnchanged(
	{ plane, rights }: Pick<IdentityDeps, 'plane' | 'rights'>,
	of: Pick<Authenticated, 'issuer' | 'subject'>,
	before: Principal,
): Promise<boolean> {
	const identity = await plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject));
	if (!identity || identity.userDisabled) return false;
	try {
		const now = await principalOf(identity, of, rights);
		if (before.proven && !now.proven)
			throw new KeyUnavailableError('AWAY', "The key service is away, so that your rights can't be checked any more.");
		return isDeepStrictEqual(now, before);
	} catch (error) {
		if (error instanceof RefusedAccountError) return false;
		throw error;
	}
}

/** What an account may be now; `of`: what it signs in as. @throws RefusedAccountError */
export async function principalOf(
	identity: TokenIdentity,
	of: Pick<Authenticated, 'issuer' | 'subject'>,
	rights: RightsBySide,
): Promise<Principal> {
	const { userId: user, personId: person, firmId: firm, firmRole: role, clientId: client, operatorRoles } = identity;
	const account = { user, person, issuer: of.issuer, subject: of.subject };
	if (operatorRoles) {
		if (identity.operatorDisabled) throw new RefusedAccountError(identity, 'This operator account is disabled.');
		const roles = new Set<OperatorRole>(operatorRoles);
		const statement = operatorStatement({
			...account,
			roles: operatorRoles,
			active: true,
			introducedBy: identity.introducedBy ?? [],
			introducedAt: identity.introducedAt,
		});
		const proven = await isProven(rights.operator, PLATFORM_FIRM_ID, statement, identity.operatorMac);
		if (proven === 'FORGED') throw unprovenAccountError(identity, 'ask another approver');
		return { kind: 'operator', user, person, roles, proven };
	}
	if (firm === null || role === null || identity.removed)
		throw new RefusedAccountError(identity, 'This account belongs to no firm: ask an owner of your firm.');
	if (identity.firmStatus !== 'ACTIVE')
		throw new RefusedAccountError(
			identity,
			identity.firmStatus === 'ERASED' ? 'Your firm is erased.' : 'Your firm is suspended: ask the platform.',
		);
	if (role === 'CLIENT' && client === null)
		throw new RefusedAccountError(identity, 'This account is of no client of the firm yet: ask an owner of the firm.');
	const statement = membershipStatement({ ...account, firm, role, client, active: true });
	// The platform is no firm, whatever a row says.
	const proven =
		firm === PLATFORM_FIRM_ID ? 'FORGED' : await isProven(rights.firm, firm, statement, identity.membershipMac);
	if (proven === 'FORGED') throw unprovenAccountError(identity, 'ask an owner of your firm');
	return { kind: 'firm', user, person, firm, role, client, proven };
}

const unprovenAccountError = (identity: TokenIdentity, fix: string) =>
	new RefusedAccountError(identity, `The rights of this account can't be proven: ${fix}.`, true);

/** false: that can't be known now. */
async function isProven(
	rights: Pick<RightsProofs, 'verify'> | undefined,
	firm: string,
	statement: Statement,
	mac: Uint8Array | null,
): Promise<boolean | 'FORGED'> {
	if (!rights) return false;
	try {
		return (await rights.verify(firm, statement, mac)) || 'FORGED';
	} catch (error) {
		if (error instanceof KeyUnavailableError) return false;
		throw error;
	}
}
