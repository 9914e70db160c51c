import type { FirmRole } from '../access/index.ts';
import {
	endMembership,
	identify,
	insertMembership,
	insertUser,
	isDeadlock,
	isIntegrityViolation,
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
import { statementOfMember } from './proofs.ts';
import { type FoundMember, workOnMember } from './proven-members.ts';

/** What somebody may do, and for which client if they are of the portal. */
interface Place {
	readonly role: FirmRole;
	readonly clientId?: string | null | undefined;
}

const TAKEN = 'An account with this e-mail address or subject exists: use others.';

/**
 * Adds somebody to the owner's firm. A former member with this e-mail address comes back with the account they had.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for the client, CONFLICT, FORBIDDEN for a former member whose row isn't proven,
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function addMember(desk: Desk, acting: Acting, input: NewPerson & Place): Promise<string> {
	const account = newAccount(desk.accounts, input);
	const place = checkPlace(input);
	const find = async (tx: Transaction) => (await selectMembershipByEmail(tx, input.email))?.userId ?? null;
	return refusingDuplicates(TAKEN, () =>
		workOnMember(desk, acting, find, async (tx, former, prove) => {
			await lockClient(tx, place);
			if (former) {
				await assertMayReturn(desk, tx, former, input);
				await assertProven(desk, acting, former);
			}
			const id = former?.userId ?? account.id;
			const next = { ...place, removedAt: null };
			if (former) await setMembership(tx, id, { ...place, mac: former.prove(next) });
			else {
				await insertUser(tx, account);
				const mac = prove(statementOfMember({ firmId: acting.firm, ...next }, id, account));
				await insertMembership(tx, { firmId: acting.firm, userId: id, ...place, mac });
			}
			await tell(tx, acting, { kind: 'MEMBER_ADDED', userId: id, role: place.role });
			await desk.content.record(acting.access, { action: 'member.add', records: [id] });
			return id;
		}),
	);
}

/**
 * Changes what somebody may do; what they have already is no change, and leaves no trace.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for the last owner, FORBIDDEN for a member whose row isn't proven,
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function setMemberRole(
	desk: Desk,
	acting: Acting,
	input: Place & { readonly userId: string },
): Promise<string> {
	const place = checkPlace(input);
	return changing(desk, acting, input.userId, async (tx, member) => {
		const { userId, role, clientId } = member;
		await lockClient(tx, place);
		await assertProven(desk, acting, member);
		if (role === place.role && clientId === place.clientId) return;
		await setMembership(tx, userId, { ...place, mac: member.prove(place) });
		await tell(tx, acting, { kind: 'MEMBER_ROLE_CHANGED', userId, role: place.role });
		await desk.content.record(acting.access, { action: 'member.change', records: [userId] });
	});
}

/**
 * Takes somebody out of the firm. The account stays, as the author of what they wrote. Whose row isn't proven goes too, without a proof.
 * @throws FirmsealError NOT_FOUND, CONFLICT for the last owner, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export const removeMember = (desk: Desk, acting: Acting, { userId }: { readonly userId: string }): Promise<string> =>
	changing(desk, acting, userId, async (tx, { role, isProven, prove }) => {
		await endMembership(tx, userId, isProven ? prove({ removedAt: new Date() }) : null);
		await tell(tx, acting, { kind: 'MEMBER_REMOVED', userId, role });
		await desk.content.record(acting.access, { action: 'member.remove', records: [userId] });
	});

const changing = (
	desk: Desk,
	acting: Acting,
	userId: string,
	work: (tx: Transaction, member: FoundMember) => Promise<void>,
): Promise<string> =>
	keepingAnOwner(() =>
		workOnMember(
			desk,
			acting,
			async () => userId,
			async (tx, member) => {
				if (!member || member.removedAt !== null)
					throw new FirmsealError('NOT_FOUND', 'The firm has no such member: its members are in Firm.members.');
				await work(tx, member);
				return userId;
			},
		),
	);

/** A row that SQL has put there or changed gets no proof by being changed again. @throws FirmsealError FORBIDDEN, on record */
async function assertProven({ content }: Desk, { access }: Acting, { userId, isProven }: FoundMember): Promise<void> {
	if (isProven) return;
	await content.record(access, {
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		records: [userId],
	});
	throw new FirmsealError(
		'FORBIDDEN',
		"The rights of this account can't be proven, it was changed outside Firmseal: remove it, and add the person with another e-mail address.",
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
 * A former member comes back. The subject must be that account's: an address may have gone to somebody else since.
 * @throws FirmsealError CONFLICT for a present member, and for another subject.
 */
async function assertMayReturn(
	{ accounts }: Desk,
	tx: Transaction,
	{ userId, removedAt }: FoundMember,
	{ subject }: NewPerson,
): Promise<void> {
	const isOther = subject != null && (await identify(tx, accounts.issuer, subject))?.userId !== userId;
	if (removedAt === null || isOther) throw new FirmsealError('CONFLICT', TAKEN);
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
