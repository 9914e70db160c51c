import { v7 as uuidv7 } from 'uuid';
import type { FirmPrincipal, FirmSignIn, Newcomer } from '../access/index.ts';
import { anonymousAuthorization, authorizationOf, type ContentSession } from '../content/index.ts';
import {
	endInvitation,
	type FirmRow,
	type InvitationRow,
	insertMembership,
	insertUser,
	isDeadlock,
	isIntegrityViolation,
	isUniqueViolation,
	lockMembership,
	lockRow,
	type MembershipRow,
	selectFirmSignIn,
	selectFirmsByIds,
	selectIdentityOfMember,
	selectMembership,
	selectOpenInvitation,
	type Transaction,
	tables,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { RequestServices } from './acting-member.ts';
import { invitationNotFoundError, parseSecret, statementOfInvitation } from './invitations.ts';
import { notifyFirm } from './notify-firm.ts';
import { statementOfMember } from './proofs.ts';
import { concurrentChangeError, refuseUnprovenRow } from './refusals.ts';
import { findProvenSignIn, isSameSignIn, whyNotAdmitted } from './sign-in.ts';

/** The same sentence for a firm and for the platform. */
export const callerAlreadyAffiliatedError = () =>
	new FirmsealError(
		'CONFLICT',
		'You already belong to a firm or to the platform, and a person can belong to only one: ask an owner of that firm to remove you.',
	);

export interface Acceptance {
	/** The secret in the link. */
	readonly secret: string;
	/** Id of the request. */
	readonly request: string;
	/** Id of the new account; a random one unless given. */
	readonly id?: string;
}

/**
 * Accepts an invitation for a person who belongs neither to a firm nor to the platform. Makes their account and membership.
 * @throws FirmsealError NOT_FOUND for an invitation that has ended, or whose sender is no longer an owner; CONFLICT for a person who already
 * belongs to a firm or to the platform; FORBIDDEN if the firm does not admit the person, or a row that gives the right can't be proven;
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function acceptInvitation(
	services: RequestServices,
	who: Newcomer,
	{ secret, request, id = uuidv7() }: Acceptance,
): Promise<FirmPrincipal> {
	const { firm, hash } = parseSecret(secret);
	const session = services.content.begin(anonymousAuthorization(request));
	const seen = await services.plane.read(firm, (tx) => findInvitation(tx, firm, hash));
	if (!seen) throw invitationNotFoundError();
	await assertProven(services, session, seen);
	const signIn = await findProvenSignIn(services, firm, session);
	await assertAdmissible(services, session, seen.invitation, { who, signIn });
	const prove = await services.rights.prover(firm);
	const account = { ...who, id, personId: who.person ?? uuidv7() };
	const { email, name, role, clientId } = seen.invitation;
	const place = { firmId: firm, role, clientId, removedAt: null };
	const member: FirmPrincipal = {
		kind: 'firm',
		user: id,
		person: account.personId,
		firm,
		role,
		client: clientId,
		proven: true,
	};
	await translateAcceptanceConflicts(() =>
		services.plane.write(firm, async (tx) => {
			const taken = await endInvitation(tx, seen.invitation.id);
			if (!taken) throw invitationNotFoundError();
			const invitedBy = await lockMembership(tx, taken.invitedBy);
			const now = { invitation: taken, invitedBy, firm: await findFirm(tx, firm) };
			if (!isSame(now, seen)) throw concurrentChangeError();
			if (!isSameSignIn(await selectFirmSignIn(tx, firm), signIn)) throw concurrentChangeError();
			if (clientId !== null && !(await lockRow(tx, tables.clients, clientId, 'share'))) throw invitationNotFoundError();
			const { personId, issuer, subject } = account;
			await insertUser(tx, { id, personId, issuer, subject, email, name });
			await insertMembership(tx, { ...place, userId: id, mac: prove(statementOfMember(place, id, account)) });
			await notifyFirm(tx, member, { kind: 'MEMBER_ADDED', userId: id, role, invitationId: taken.id });
			const joined = services.content.begin(authorizationOf(member, request, null));
			await services.content.record(joined, { action: 'member.add', records: [id] });
		}),
	);
	return member;
}

interface FoundInvitation {
	readonly invitation: InvitationRow;
	/** null if the sender is not in the firm. */
	readonly invitedBy: MembershipRow | null;
	readonly firm: Pick<FirmRow, 'status'> | null;
}

async function findInvitation(tx: Transaction, firm: string, hash: Uint8Array) {
	const invitation = await selectOpenInvitation(tx, { hash });
	if (!invitation) return null;
	const invitedBy = await selectMembership(tx, invitation.invitedBy);
	const identity = invitedBy && (await selectIdentityOfMember(tx, invitedBy.userId));
	return { invitation, invitedBy, identity, firm: await findFirm(tx, firm) };
}

const findFirm = async (tx: Transaction, firm: string) => (await selectFirmsByIds(tx, [firm]))[0] ?? null;

/** An invitation is valid only while its sender is a proven owner. */
async function assertProven(
	services: RequestServices,
	session: ContentSession,
	{ invitation, invitedBy, identity, firm }: NonNullable<Awaited<ReturnType<typeof findInvitation>>>,
): Promise<void> {
	const { firmId, id, mac } = invitation;
	const isMade = await services.rights.verify(firmId, statementOfInvitation(invitation), mac);
	const isOwner = invitedBy?.role === 'OWNER' && invitedBy.removedAt === null;
	if (isMade && !isOwner) throw invitationNotFoundError();
	const isOwnerProven =
		invitedBy &&
		identity &&
		(await services.rights.verify(firmId, statementOfMember(invitedBy, invitedBy.userId, identity), invitedBy.mac));
	if (!isMade || !isOwnerProven)
		await refuseUnprovenRow(
			services,
			{ firm: firmId, session, record: id },
			'This invitation cannot be proven, because it was made or changed outside Firmseal: ask the firm for another.',
		);
	if (firm?.status !== 'ACTIVE')
		throw new FirmsealError('FORBIDDEN', 'The firm admits no one now: ask the person who invited you.');
}

/** Records a refusal, because a person whom the firm does not admit has the link. @throws FirmsealError FORBIDDEN, AUDIT_UNAVAILABLE. */
async function assertAdmissible(
	{ content }: RequestServices,
	session: ContentSession,
	{ id, firmId, email }: InvitationRow,
	{ who, signIn }: { readonly who: Newcomer; readonly signIn: FirmSignIn },
): Promise<void> {
	const sentence = whyNotAdmitted(signIn, who, email);
	if (sentence === null) return;
	await content.record(session, {
		action: 'request.deny',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		firm: firmId,
		coordinates: ['Mutation.acceptInvitation'],
		records: [id],
	});
	throw new FirmsealError('FORBIDDEN', sentence);
}

const isSame = (a: FoundInvitation, b: FoundInvitation): boolean => textOf(a) === textOf(b);

const textOf = ({ invitation, invitedBy, firm }: FoundInvitation) =>
	JSON.stringify([
		statementOfInvitation(invitation),
		[...invitation.mac],
		invitedBy?.role,
		invitedBy?.removedAt,
		[...(invitedBy?.mac ?? [])],
		firm?.status,
	]);

/** Translates violations of the database's constraints: one membership for an identity, unique addresses in a firm, no operator in a firm. */
async function translateAcceptanceConflicts<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isIntegrityViolation(error)) throw callerAlreadyAffiliatedError();
		if (isDeadlock(error)) throw concurrentChangeError();
		if (!isUniqueViolation(error)) throw error;
		if (error.constraint === 'seats_identity') throw callerAlreadyAffiliatedError();
		if (error.constraint === 'seats_email')
			throw new FirmsealError(
				'CONFLICT',
				'The firm now has a member with this address: ask the firm for another invitation.',
			);
		throw error;
	}
}
