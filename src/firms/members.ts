import type { SignInTime } from '../access/index.ts';
import { endMembership, isDeadlock, isIntegrityViolation, setMembership, type Transaction } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { type LockedMember, withLockedMember } from './locked-member.ts';
import { notifyFirm } from './notify-firm.ts';
import { assertFreshSignIn, concurrentChangeError } from './refusals.ts';
import { checkRoleAssignment, lockClient, type RoleAssignment } from './role-assignment.ts';

/**
 * Changes a member's role. If the member already has it, nothing is changed or recorded. Making a person an owner, or changing an owner's role,
 * needs a fresh sign-in.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for the last owner, FORBIDDEN for a member whose row isn't proven and without a
 * fresh sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function setMemberRole(
	services: RequestServices,
	acting: ActingMember,
	signedIn: SignInTime,
	input: RoleAssignment & { readonly userId: string },
): Promise<string> {
	const place = checkRoleAssignment(input);
	return changeMember(services, acting, input.userId, async (tx, member) => {
		const { userId, role, clientId } = member;
		await lockClient(tx, place);
		await assertProven(services, acting, member);
		if (role === place.role && clientId === place.clientId) return;
		if (role === 'OWNER' || place.role === 'OWNER') await assertFreshSignIn(tx, 'Changing who is an owner', signedIn);
		await setMembership(tx, userId, { ...place, mac: member.prove(place) });
		await notifyFirm(tx, acting, { kind: 'MEMBER_ROLE_CHANGED', userId, role: place.role });
		await services.content.record(acting.session, { action: 'member.change', records: [userId] });
	});
}

/**
 * Removes a member from the firm. Removing an owner needs a fresh sign-in. The account stays, as the author of their records. A member whose row
 * isn't proven can also be removed; the row then stays unproven.
 * @throws FirmsealError NOT_FOUND, CONFLICT for the last owner, FORBIDDEN without a fresh sign-in, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export const removeMember = (
	services: RequestServices,
	acting: ActingMember,
	signedIn: SignInTime,
	{ userId }: { readonly userId: string },
): Promise<string> =>
	changeMember(services, acting, userId, async (tx, { role, isProven, prove }) => {
		if (role === 'OWNER') await assertFreshSignIn(tx, 'Removing an owner', signedIn);
		await endMembership(tx, userId, isProven ? prove({ removedAt: new Date() }) : null);
		await notifyFirm(tx, acting, { kind: 'MEMBER_REMOVED', userId, role });
		await services.content.record(acting.session, { action: 'member.remove', records: [userId] });
	});

const changeMember = (
	services: RequestServices,
	acting: ActingMember,
	userId: string,
	work: (tx: Transaction, member: LockedMember) => Promise<void>,
): Promise<string> =>
	translateLastOwnerViolation(() =>
		withLockedMember(services, acting, userId, async (tx, member) => {
			if (!member || member.removedAt !== null)
				throw new FirmsealError('NOT_FOUND', 'The firm has no member with this id: see Firm.members.');
			await work(tx, member);
			return userId;
		}),
	);

/** A change must not give a proof to a row that SQL has inserted or changed. Records the refusal. @throws FirmsealError FORBIDDEN */
async function assertProven(
	{ content }: RequestServices,
	{ session }: ActingMember,
	{ userId, isProven }: LockedMember,
): Promise<void> {
	if (isProven) return;
	await content.record(session, {
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		records: [userId],
	});
	throw new FirmsealError(
		'FORBIDDEN',
		'The rights of this account cannot be proven, because it was changed outside Firmseal: remove the member, then invite the person again.',
	);
}

/** Translates refusals of the database's trigger keep_an_owner. @throws FirmsealError CONFLICT */
async function translateLastOwnerViolation<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isIntegrityViolation(error))
			throw new FirmsealError('CONFLICT', 'This is the firm’s last owner: make another member an owner first.');
		if (isDeadlock(error)) throw concurrentChangeError();
		throw error;
	}
}
