import type { FirmRole } from '../access/index.ts';
import {
	endMembership,
	identify,
	insertMembership,
	insertUser,
	isDeadlock,
	isIntegrityViolation,
	lockMembership,
	lockRow,
	type MembershipRow,
	selectMembershipByEmail,
	setMembership,
	type Transaction,
	tables,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type NewPerson, newAccount, refusingDuplicates } from './administration.ts';
import type { Acting, Desk } from './desk.ts';
import { tell } from './notices.ts';

/** What somebody may do, and for which client if they are of the portal. */
interface Place {
	readonly role: FirmRole;
	readonly clientId?: string | null | undefined;
}

const TAKEN = 'An account with this e-mail address or subject exists: use others.';

/**
 * Adds somebody to the owner's firm. A former member with this e-mail address comes back with the account they had.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the client, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addMember(desk: Desk, acting: Acting, input: NewPerson & Place): Promise<string> {
	const account = newAccount(desk.accounts, input);
	const place = checkPlace(input);
	return refusingDuplicates(TAKEN, () =>
		desk.plane.write(acting.firm, async (tx) => {
			await lockClient(tx, place);
			const former = await lockFormer(desk, tx, input);
			const id = former?.userId ?? account.id;
			if (former) await setMembership(tx, id, place);
			else {
				await insertUser(tx, account);
				await insertMembership(tx, { firmId: acting.firm, userId: id, ...place });
			}
			await tell(tx, acting, { kind: 'MEMBER_ADDED', userId: id, role: place.role });
			await desk.content.record(acting.access, { action: 'member.add', records: [id] });
			return id;
		}),
	);
}

/**
 * Changes what somebody may do; what they have already is no change, and leaves no trace.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for the last owner, AUDIT_UNAVAILABLE.
 */
export async function setMemberRole(
	desk: Desk,
	acting: Acting,
	input: Place & { readonly userId: string },
): Promise<string> {
	const place = checkPlace(input);
	return changing(desk, acting, input.userId, async (tx, { userId, role, clientId }) => {
		await lockClient(tx, place);
		if (role === place.role && clientId === place.clientId) return;
		await setMembership(tx, userId, place);
		await tell(tx, acting, { kind: 'MEMBER_ROLE_CHANGED', userId, role: place.role });
		await desk.content.record(acting.access, { action: 'member.change', records: [userId] });
	});
}

/**
 * Takes somebody out of the firm. The account stays, as the author of what they wrote.
 * @throws FirmsealError NOT_FOUND, CONFLICT for the last owner, AUDIT_UNAVAILABLE.
 */
export const removeMember = (desk: Desk, acting: Acting, { userId }: { readonly userId: string }): Promise<string> =>
	changing(desk, acting, userId, async (tx, { role }) => {
		await endMembership(tx, userId);
		await tell(tx, acting, { kind: 'MEMBER_REMOVED', userId, role });
		await desk.content.record(acting.access, { action: 'member.remove', records: [userId] });
	});

function changing(
	desk: Desk,
	acting: Acting,
	userId: string,
	work: (tx: Transaction, member: MembershipRow) => Promise<void>,
): Promise<string> {
	return keepingAnOwner(() =>
		desk.plane.write(acting.firm, async (tx) => {
			const member = await lockMembership(tx, userId);
			if (!member || member.removedAt !== null)
				throw new FirmsealError('NOT_FOUND', 'The firm has no such member: its members are in Firm.members.');
			await work(tx, member);
			return userId;
		}),
	);
}

/** @throws FirmsealError BAD_USER_INPUT unless exactly a CLIENT names a client. */
function checkPlace({ role, clientId = null }: Place): Pick<MembershipRow, 'role' | 'clientId'> {
	if (role === 'CLIENT' && clientId === null)
		throw new FirmsealError('BAD_USER_INPUT', 'Give clientId: a CLIENT is of one of the firm’s clients.');
	if (role !== 'CLIENT' && clientId !== null)
		throw new FirmsealError('BAD_USER_INPUT', 'Leave out clientId: only a CLIENT is of a client.');
	return { role, clientId };
}

async function lockClient(tx: Transaction, { clientId }: Pick<MembershipRow, 'clientId'>): Promise<void> {
	if (clientId !== null && !(await lockRow(tx, tables.clients, clientId, 'share')))
		throw new FirmsealError('NOT_FOUND', 'There is no such client.');
}

/**
 * The membership to which the person comes back. The subject must be that account's: an address may have gone to somebody
 * else since. @throws FirmsealError CONFLICT for a present member, and for another subject.
 */
async function lockFormer(
	{ accounts }: Desk,
	tx: Transaction,
	{ email, subject }: NewPerson,
): Promise<MembershipRow | null> {
	const known = await selectMembershipByEmail(tx, email);
	const member = known && (await lockMembership(tx, known.userId));
	if (!member) return null;
	const isOther = subject != null && (await identify(tx, accounts.issuer, subject))?.userId !== member.userId;
	if (member.removedAt === null || isOther) throw new FirmsealError('CONFLICT', TAKEN);
	return member;
}

/** Tells what the database's trigger keep_an_owner refuses. @throws FirmsealError CONFLICT */
async function keepingAnOwner<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isIntegrityViolation(error))
			throw new FirmsealError('CONFLICT', 'This is the firm’s last owner: make another one first.');
		if (isDeadlock(error)) throw new FirmsealError('CONFLICT', 'Others changed the same at this moment: repeat it.');
		throw error;
	}
}
