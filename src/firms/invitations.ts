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

/** Seven days, by the database's clock. */
const INVITATION_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** Open invitations of one firm. */
export const MAX_OPEN_INVITATIONS = 100;

/** Bytes of a link's text: the firm's id, and the secret. */
const FIRM_LENGTH = 16;
const SECRET_LENGTH = 32;
const LINK = /^[A-Za-z0-9_-]{64}$/;

export interface InvitationInput extends RoleAssignment {
	readonly email: string;
	readonly name: string;
	/** Whether the webhook also gets the link; true unless given. */
	readonly send?: boolean | null | undefined;
}

/** An invitation, and the text of its link, which is not stored. */
export interface CreatedInvitation {
	readonly invitation: InvitationRow;
	readonly secret: string;
}

/**
 * Invites a person to the owner's firm. The link works once, within seven days, for as long as the sender is an owner.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the client, CONFLICT, FORBIDDEN if the firm's sign-in rules can't be proven, and for an
 * invitation as OWNER without a fresh sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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
		// A change of the sign-in rules ends all open invitations, so no invitation may be made under the old rules.
		if (!isSameSignIn(await lockFirmSignIn(tx, firm), signIn)) throw concurrentChangeError();
		await lockClient(tx, place);
		if (await selectMembershipByEmail(tx, email))
			throw new FirmsealError('CONFLICT', 'A member of the firm already has this address: see Firm.members.');
		if (await selectOpenInvitation(tx, { email }))
			throw new FirmsealError('CONFLICT', 'This address already has an open invitation: revoke it, then invite again.');
		if ((await countOpenInvitations(tx, firm)) >= MAX_OPEN_INVITATIONS)
			throw new FirmsealError(
				'CONFLICT',
				`The firm has ${MAX_OPEN_INVITATIONS} open invitations, the maximum: revoke some first.`,
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

/** Ends an invitation, so that its link no longer works. @throws FirmsealError NOT_FOUND, AUDIT_UNAVAILABLE. */
export const revokeInvitation = (services: RequestServices, acting: ActingMember, id: string): Promise<InvitationRow> =>
	services.plane.write(acting.firm, async (tx) => {
		const invitation = await endInvitation(tx, id);
		if (!invitation)
			throw new FirmsealError('NOT_FOUND', 'The firm has no open invitation with this id: see Firm.invitations.');
		await notifyFirm(tx, acting, { kind: 'INVITATION_REVOKED', role: invitation.role, invitationId: id });
		await services.content.record(acting.session, { action: 'invitation.revoke', records: [id] });
		return invitation;
	});

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

/** Derives the secret by a MAC, so that the worker can send it by the webhook although it is not stored. Omits the key version before the MAC. */
function deriveSecret(prove: Prover, of: InvitationKey): Buffer {
	const derived = prove(invitationSecretStatement(invitationFields(of))).subarray(-SECRET_LENGTH);
	return Buffer.concat([parseUuid(of.firmId), derived]);
}

/** The firm of a link, and the hash of its invitation. @throws FirmsealError NOT_FOUND, as for an invitation that has ended. */
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

/** One sentence for every reason. */
export const invitationNotFoundError = () =>
	new FirmsealError(
		'NOT_FOUND',
		'This invitation is no longer valid: it was used or revoked, or is older than seven days. Ask the firm for another.',
	);

/** Path of the link. Browsers don't send the part after # to a server. */
export const invitationPath = (secret: string): string => `/#invitation=${secret}`;

/** The webhook's message about an invitation. */
export interface InvitationMessage {
	readonly id: string;
	readonly email: string;
	readonly path: string;
	readonly expiresAt: Date;
}

/**
 * The message to send; null if the invitation has ended or is not proven, if its sender delivers the link otherwise, or if the RIGHTS key has
 * been replaced since. @throws KeyUnavailableError
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
