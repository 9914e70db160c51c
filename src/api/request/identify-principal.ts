import { isDeepStrictEqual } from 'node:util';
import {
	type ContentCustody,
	custodyStatement,
	type FirmCustody,
	membershipStatement,
	type Newcomer,
	type OperatorRole,
	operatorStatement,
	type Principal,
	type SessionTimes,
	type Statement,
	whySessionEnded,
} from '../../access/index.ts';
import { identifyToken, type Plane, selectIdentityOfMember, type TokenIdentity } from '../../database/index.ts';
import { type FileReference, redeemTicket } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { derivePersonId, findFormerPersonId, isAffiliated } from '../../firms/index.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { RefusedAccountError } from '../refused-account.ts';
import type { Authenticate, Authenticated } from './authenticate.ts';

/** Verifies rights, by side. A person of a side that is missing here stays unproven. */
export type RightsBySide = Partial<Readonly<Record<Principal['kind'], Pick<RightsProofs, 'verify'>>>>;

export interface IdentityDeps {
	readonly authenticate: Authenticate;
	readonly plane: Plane;
	readonly rights: RightsBySide;
}

export interface IdentifiedCaller extends SessionTimes {
	/** User id. */
	readonly user: string;
	readonly principal: Principal;
	/**
	 * For long operations: whether the person's rights are still the same. Checks like a new request would, but without the token,
	 * which may have expired by then.
	 * @throws KeyUnavailableError if that can't be verified now.
	 */
	readonly isPrincipalUnchanged: () => Promise<boolean>;
}

/** A signed-in person without a firm, in a request that accepts an invitation. */
export interface IdentifiedNewcomer {
	/** The key for counting requests. */
	readonly user: string;
	readonly newcomer: Newcomer;
}

/**
 * Like identifyPrincipal, for a request that only accepts an invitation. A person who belongs to no firm is a newcomer, not a
 * principal.
 * @throws FirmsealError like identifyPrincipal for everyone else.
 */
export async function identifyNewcomer(
	deps: IdentityDeps,
	rights: Pick<RightsProofs, 'verify'>,
	authorizationHeader: string | undefined,
): Promise<IdentifiedCaller | IdentifiedNewcomer> {
	const of = await deps.authenticate(authorizationHeader);
	const identity = await deps.plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject));
	if (identity?.userDisabled || (identity && isAffiliated(identity))) return identifyAccount(deps, of, identity);
	if (identity) assertSessionRuns(identity, of);
	const { issuer, subject, email } = of;
	const person =
		of.person === undefined
			? identity && (await findFormerPersonId(rights, identity, of))
			: personIdFromToken(issuer, of.person);
	return { user: `${issuer} ${subject}`, newcomer: { issuer, subject, email, person } };
}

/**
 * Identifies who sends a request, and their current rights. Rights are read from the database each time, so that a removal takes
 * effect with the next request, and are verified by the row's MAC, so that a row inserted or changed by SQL gives no right.
 * @throws FirmsealError UNAUTHENTICATED, or RefusedAccountError for an account without a role or without a proof of it.
 */
export async function identifyPrincipal(
	deps: IdentityDeps,
	authorizationHeader: string | undefined,
): Promise<IdentifiedCaller> {
	const of = await deps.authenticate(authorizationHeader);
	return identifyAccount(deps, of, await deps.plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject)));
}

/** Redeems tickets: the firm plane, and the verifier of its rows. */
export interface TicketDeps {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'verify'>;
}

/**
 * Redeems a ticket, and verifies the current rights of the person who created it. Like with a token, a removal takes effect at once.
 * @throws FirmsealError NOT_FOUND for a ticket that is used up or expired; RefusedAccountError for an account without a role, or for a
 * ticket made by SQL; KEY_UNAVAILABLE.
 */
export async function identifyByTicket(
	{ plane, rights }: TicketDeps,
	text: string,
): Promise<IdentifiedCaller & { readonly file: FileReference }> {
	const { firm, userId, createdAt, file, isProven } = await redeemTicket({ plane, rights }, text);
	// As a session of the person who created it, a ticket ends with the others.
	const session = { issuedAt: createdAt, authTime: null };
	const identity = await plane.read(firm, async (tx) => {
		const member = await selectIdentityOfMember(tx, userId);
		const found = member && (await identifyToken(tx, member.issuer, member.subject));
		return found && { found, of: member };
	});
	if (!identity || identity.found.userDisabled)
		throw new FirmsealError('UNAUTHENTICATED', 'The account that created this link is unknown here or disabled.');
	assertSessionRuns(identity.found, session);
	if (!isProven)
		throw new RefusedAccountError(
			identity.found,
			'This link can’t be verified: create another with createDownload.',
			true,
		);
	const principal = await principalOf(identity.found, identity.of, { firm: rights });
	// The person may have moved to another firm, or rejoined this one with another account. The ticket's file is not theirs then.
	if (principal.kind !== 'firm' || principal.firm !== firm || principal.user !== userId)
		throw new FirmsealError('NOT_FOUND', 'This link has been used or its minute is over: ask for another.');
	const of = { ...identity.of, ...session };
	const again = () => isPrincipalUnchanged({ plane, rights: { firm: rights } }, of, principal);
	return { user: principal.user, principal, ...session, isPrincipalUnchanged: again, file };
}

async function identifyAccount(
	deps: IdentityDeps,
	of: Authenticated,
	identity: TokenIdentity | null,
): Promise<IdentifiedCaller> {
	if (!identity || identity.userDisabled)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'This account is unknown here or disabled: ask your firm or the platform.',
		);
	assertSessionRuns(identity, of);
	const principal = await principalOf(identity, of, deps.rights);
	assertSamePerson(identity, of);
	const { issuedAt, authTime } = of;
	return {
		user: principal.user,
		principal,
		issuedAt,
		authTime,
		isPrincipalUnchanged: () => isPrincipalUnchanged(deps, of, principal),
	};
}

/** @throws FirmsealError UNAUTHENTICATED if the person has ended this session with all others. */
function assertSessionRuns({ sessionsEndedAt }: TokenIdentity, session: SessionTimes): void {
	const ended = whySessionEnded(session, sessionsEndedAt);
	if (ended) throw new FirmsealError('UNAUTHENTICATED', ended);
}

/** The person id of a newcomer, by the configured claim. @throws FirmsealError UNAUTHENTICATED if the token lacks the claim. */
function personIdFromToken(issuer: string, said: string | null): string {
	if (said !== null) return derivePersonId(issuer, said);
	throw new FirmsealError(
		'UNAUTHENTICATED',
		'The token lacks the claim that FIRMSEAL_PERSON_CLAIM names: have the issuer add it, and sign in again.',
	);
}

/** If a claim identifies persons, the token must be of the account's person. @throws RefusedAccountError */
function assertSamePerson(identity: TokenIdentity, { issuer, person }: Pick<Authenticated, 'issuer' | 'person'>): void {
	if (person === undefined || (person !== null && derivePersonId(issuer, person) === identity.personId)) return;
	throw new RefusedAccountError(
		identity,
		'The claim that FIRMSEAL_PERSON_CLAIM names says that the token belongs to another person than this account: sign in as yourself.',
	);
}

/** Whether the account's rights are unchanged. @throws KeyUnavailableError if that can't be verified now. */
async function isPrincipalUnchanged(
	{ plane, rights }: Pick<IdentityDeps, 'plane' | 'rights'>,
	of: Pick<Authenticated, 'issuer' | 'subject'> & SessionTimes,
	before: Principal,
): Promise<boolean> {
	const identity = await plane.read(null, (tx) => identifyToken(tx, of.issuer, of.subject));
	if (!identity || identity.userDisabled || whySessionEnded(of, identity.sessionsEndedAt)) return false;
	try {
		const now = await principalOf(identity, of, rights);
		if (before.proven && !now.proven)
			throw new KeyUnavailableError(
				'AWAY',
				'The key service is unavailable, so your rights can no longer be verified.',
			);
		return isDeepStrictEqual(now, before);
	} catch (error) {
		if (error instanceof RefusedAccountError) return false;
		throw error;
	}
}

/** The current rights of an account; `of` is its sign-in. @throws RefusedAccountError */
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
		throw new RefusedAccountError(
			identity,
			'This account belongs to no client of the firm yet: ask an owner of the firm.',
		);
	const statement = membershipStatement({ ...account, firm, role, client, active: true });
	// No row makes the platform's id a firm.
	const proven =
		firm === PLATFORM_FIRM_ID ? 'FORGED' : await isProven(rights.firm, firm, statement, identity.membershipMac);
	if (proven === 'FORGED') throw unprovenAccountError(identity, 'ask an owner of your firm');
	// Without the key service no content is opened or sealed, so the custody does not matter.
	const custody = proven ? await provenCustodyOf(identity, firm, rights.firm) : null;
	if (custody === 'AWAY') return { kind: 'firm', user, person, firm, role, client, proven: false };
	return { kind: 'firm', user, person, firm, role, client, ...(custody && { custody }), proven };
}

/** The custody of the firm's classes; null if all are in PLATFORM custody. @throws RefusedAccountError for a row with a wrong proof. */
async function provenCustodyOf(
	identity: TokenIdentity,
	firm: string,
	rights: RightsBySide['firm'],
): Promise<FirmCustody | 'AWAY' | null> {
	if (!identity.custody) return null;
	const custody: Record<string, ContentCustody> = {};
	for (const { class: of, custody: held, seq, mac } of identity.custody) {
		const statement = custodyStatement({ firm, class: of, custody: held, seq });
		const proof = await isProven(rights, firm, statement, Uint8Array.from(Buffer.from(mac, 'hex')));
		if (proof === false) return 'AWAY';
		if (proof === 'FORGED')
			throw new RefusedAccountError(
				identity,
				`Who holds the keys of the firm's content of the class ${of} can't be proven: ask the platform to restore the row from a backup.`,
				true,
			);
		if (held !== 'PLATFORM') custody[of] = held;
	}
	return Object.keys(custody).length > 0 ? custody : null;
}

const unprovenAccountError = (identity: TokenIdentity, fix: string) =>
	new RefusedAccountError(identity, `The rights of this account can't be proven: ${fix}.`, true);

/** False if that can't be verified now. */
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
