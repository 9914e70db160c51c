import { createHash, randomBytes } from 'node:crypto';
import { parse as parseUuid, stringify as uuidOf, v7 as uuidv7 } from 'uuid';
import { invitationSecretStatement, invitationStatement, type SignInTime } from '../access/index.ts';
import {
	countOpenInvitations,
	endInvitation,
	type InvitationRow,
	insertInvitation,
	lockFirmSignIn,
	type Plane,
	selectMembershipByEmail,
	selectNow,
	selectOpenInvitation,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Prover, RightsProofs } from '../keys/index.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { checkPerson } from './administration.ts';
import { notifyFirm } from './notify-firm.ts';
import { assertFreshSignIn, concurrentChangeError } from './refusals.ts';
import { checkRoleAssignment, lockClient, type RoleAssignment } from './role-assignment.ts';
import { assertInvitable, findProvenSignIn, isSameSignIn } from './sign-in.ts';

/** Milliseconds in which an invitation must be accepted: seven days, by the database's clock. */
const INVITATION_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** Invitations of a firm that are open at once. */
export const MAX_OPEN_INVITATIONS = 100;

/** Bytes of what is in a link: the firm's id, by which it is found, and what no one guesses. */
const FIRM_LENGTH = 16;
const SECRET_LENGTH = 32;
const LINK = /^[A-Za-z0-9_-]{64}$/;

/** Whom an owner wants in the firm. */
export interface InvitationInput extends RoleAssignment {
	readonly email: string;
	readonly name: string;
	/** Whether the webhook gets the link too, as it does unless this is false. */
	readonly send?: boolean | null | undefined;
}

/** An invitation, and the text for its link, which is stored nowhere. */
export interface CreatedInvitation {
	readonly invitation: InvitationRow;
	readonly secret: string;
}

/**
 * Invites a person into the owner's firm: who has the link may join it once within seven days, as long as this owner is one.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the client, CONFLICT, FORBIDDEN where the firm's settings can't be proven, and for another
 * owner with an old sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function inviteMember(
	services: RequestServices,
	acting: ActingMember,
	signedIn: SignInTime,
	input: InvitationInput,
): Promise<CreatedInvitation> {
	const { firm, user, session } = acting;
	const { email, name } = checkPerson(input);
	const place = checkRoleAssignment(input);
	const signIn = await findProvenSignIn(services, firm, session);
	assertInvitable(signIn, email);
	const prove = await services.rights.prover(firm);
	const [id, nonce] = [uuidv7(), randomBytes(SECRET_LENGTH)];
	const secret = deriveSecret(prove, { firmId: firm, id, nonce });
	const draft = {
		id,
		firmId: firm,
		hash: hashOf(secret),
		nonce,
		email,
		name,
		...place,
		invitedBy: user,
		isSent: input.send ?? true,
	};
	return services.plane.write(firm, async (tx) => {
		if (place.role === 'OWNER') await assertFreshSignIn(tx, 'Inviting an owner', signedIn);
		// What the firm asks of who joins ends, when it changes, what was made before; so nothing is made under what it asked.
		if (!isSameSignIn(await lockFirmSignIn(tx, firm), signIn)) throw concurrentChangeError();
		await lockClient(tx, place);
		if (await selectMembershipByEmail(tx, email))
			throw new FirmsealError('CONFLICT', 'A member of the firm has this address: its members are in Firm.members.');
		if (await selectOpenInvitation(tx, { email }))
			throw new FirmsealError('CONFLICT', 'This address is invited: revoke that invitation, then invite it again.');
		if ((await countOpenInvitations(tx, firm)) >= MAX_OPEN_INVITATIONS)
			throw new FirmsealError(
				'CONFLICT',
				`${MAX_OPEN_INVITATIONS} invitations of the firm are open: revoke some first.`,
			);
		const createdAt = await selectNow(tx);
		const row = { ...draft, createdAt, endedAt: null, expiresAt: new Date(createdAt.getTime() + INVITATION_TTL_MS) };
		const invitation = { ...row, mac: prove(statementOfInvitation(row)) };
		await insertInvitation(tx, invitation);
		await notifyFirm(tx, acting, { kind: 'MEMBER_INVITED', role: place.role, invitationId: id });
		await services.content.record(session, { action: 'invitation.create', records: [id] });
		return { invitation, secret: secret.toString('base64url') };
	});
}

/** Ends an invitation: its link lets no one in any more. @throws FirmsealError NOT_FOUND, AUDIT_UNAVAILABLE. */
export const revokeInvitation = (services: RequestServices, acting: ActingMember, id: string): Promise<InvitationRow> =>
	services.plane.write(acting.firm, async (tx) => {
		const invitation = await endInvitation(tx, id);
		if (!invitation)
			throw new FirmsealError('NOT_FOUND', 'The firm has no such invitation: the open ones are in Firm.invitations.');
		await notifyFirm(tx, acting, { kind: 'INVITATION_REVOKED', role: invitation.role, invitationId: id });
		await services.content.record(acting.session, { action: 'invitation.revoke', records: [id] });
		return invitation;
	});

/** What an invitation's proof says. */
export const statementOfInvitation = (row: Omit<InvitationRow, 'mac' | 'createdAt' | 'endedAt'>) =>
	invitationStatement({
		...invitationFields(row),
		hash: Buffer.from(row.hash).toString('hex'),
		email: row.email,
		name: row.name,
		role: row.role,
		client: row.clientId,
		invitedBy: row.invitedBy,
		isSent: row.isSent,
		expiresAt: row.expiresAt,
	});

type InvitationKey = Pick<InvitationRow, 'firmId' | 'id' | 'nonce'>;

const invitationFields = ({ firmId, id, nonce }: InvitationKey) => ({
	firm: firmId,
	invitation: id,
	nonce: Buffer.from(nonce).toString('hex'),
});

/** Derived, so that the worker has it for the webhook though it is stored nowhere. The version of the key is no secret. */
function deriveSecret(prove: Prover, of: InvitationKey): Buffer {
	const derived = prove(invitationSecretStatement(invitationFields(of))).subarray(-SECRET_LENGTH);
	return Buffer.concat([parseUuid(of.firmId), derived]);
}

/** Which firm and which invitation a link is of. @throws FirmsealError NOT_FOUND, as for one that is over. */
export function parseSecret(text: string): { readonly firm: string; readonly hash: Buffer } {
	if (!LINK.test(text)) throw invitationNotFoundError();
	const secret = Buffer.from(text, 'base64url');
	try {
		return { firm: uuidOf(secret.subarray(0, FIRM_LENGTH)), hash: hashOf(secret) };
	} catch {
		throw invitationNotFoundError();
	}
}

const hashOf = (secret: Uint8Array): Buffer => createHash('sha256').update(secret).digest();

/** One sentence for whatever is the matter. */
export const invitationNotFoundError = () =>
	new FirmsealError(
		'NOT_FOUND',
		'This invitation is none any more: it was used or revoked, or its seven days are over. Ask the firm for another.',
	);

/** Where the link leads: what stands behind # is sent to no server. */
export const invitationPath = (secret: string): string => `/#invitation=${secret}`;

/** What the webhook gets of an invitation. */
export interface InvitationMessage {
	readonly id: string;
	readonly email: string;
	readonly path: string;
	readonly expiresAt: Date;
}

/**
 * What of an invitation is to be sent; null: it is over or not proven, its owner sends the link otherwise, or the key that it was derived
 * from has been replaced. @throws KeyUnavailableError
 */
export async function findInvitationToSend(
	{ worker, rights }: { readonly worker: Plane; readonly rights: Pick<RightsProofs, 'verify' | 'prover'> },
	id: string,
): Promise<InvitationMessage | null> {
	const row = await worker.read(null, (tx) => selectOpenInvitation(tx, { id }));
	if (!row?.isSent || !(await rights.verify(row.firmId, statementOfInvitation(row), row.mac))) return null;
	const secret = deriveSecret(await rights.prover(row.firmId), row);
	if (!hashOf(secret).equals(row.hash)) return null;
	return { id, email: row.email, path: invitationPath(secret.toString('base64url')), expiresAt: row.expiresAt };
}
