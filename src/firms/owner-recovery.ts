import { v7 as uuidv7 } from 'uuid';
import type { OperatorPrincipal } from '../access/index.ts';
import {
	approveOwnerRecovery,
	cancelOwnerRecovery,
	completeOwnerRecovery,
	type FirmRow,
	identify,
	insertOwnerRecovery,
	insertUser,
	isIntegrityViolation,
	type OwnerRecoveryRow,
	selectAccountByEmail,
	selectMembershipsByUsers,
	selectNow,
	selectOwnerRecoveries,
	type Transaction,
	withdrawOwnerRecovery,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { newAccount, type Office, refusingDuplicates } from './administration.ts';
import type { Acting, Desk } from './desk.ts';
import { assertFree, hasPlace, PLACED, withFormerPerson } from './former-person.ts';
import { findNextOwner, isProven, isSameOwner } from './next-owner.ts';
import { tell } from './notices.ts';
import { type Approvers, areTwoApprovers, findProvenApprovers, recordBy, requireApprover } from './operators.ts';
import { personNamed } from './person-claim.ts';
import { assertRead } from './request-hash.ts';
import { type SeenRecovery, seeRecovery } from './seen-recovery.ts';

/** Who is to be the owner; a name makes an account for somebody who has none. */
export interface NextOwner {
	readonly email: string;
	readonly name?: string | undefined;
	readonly subject?: string | undefined;
	/** What the claim that tells persons apart says of them, where there is one. */
	readonly said?: string | undefined;
}

const ON_ITS_WAY = 'The firm is on the way to an owner already: cancel that first.';

type Firm = Pick<FirmRow, 'id' | 'status'>;

/**
 * Asks that somebody be made an owner of a firm that has lost its own. It may still have one on paper: an owner whose
 * account is lost is in the table, and one who isn't lost calls this off. The database tells every member of every step.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, BAD_USER_INPUT, NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function requestRecovery(
	office: Office,
	firm: Firm,
	next: NextOwner,
	by: OperatorPrincipal,
): Promise<SeenRecovery> {
	requireApprover(by);
	return refusingBroken(
		'The firm is on the way to an owner already, or the subject is taken: cancel that, or use another.',
		() =>
			office.worker.write(firm.id, async (tx) => {
				const { userId, account } = await checkRequest(office, tx, firm, next);
				if (account) await insertUser(tx, account);
				const id = uuidv7();
				await insertOwnerRecovery(tx, { id, firmId: firm.id, userId, requestedBy: by.user });
				await record(office, by, firm, 'recovery.request', userId);
				return seeOpen(tx, firm.id);
			}),
	);
}

/** What requestRecovery would refuse at once; changes nothing. @throws FirmsealError as it does. */
export async function checkRecovery(office: Office, firm: Firm, next: NextOwner, by: OperatorPrincipal): Promise<void> {
	requireApprover(by);
	await office.worker.read(firm.id, (tx) => checkRequest(office, tx, firm, next));
}

/**
 * The second person's yes, to exactly the recovery that has this hash. The new owner can be made 72 hours after the firm's plane has seen it,
 * by the database's clock. Answers what is to be completed.
 * @throws FirmsealError FORBIDDEN for whoever asked, in whatever account, NOT_FOUND, CONFLICT, also for another hash, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE.
 */
export async function approveRecovery(
	office: Office,
	firm: Firm,
	read: string,
	by: OperatorPrincipal,
): Promise<SeenRecovery> {
	requireApprover(by);
	const approvers = await findProvenApprovers(office);
	return office.worker.write(firm.id, async (tx) => {
		const { recovery, requestHash } = await approvable(tx, firm, approvers, by);
		assertRead(requestHash, read);
		if (!(await approveOwnerRecovery(tx, recovery.id, by.user))) throw ended();
		await record(office, by, firm, 'recovery.approve', recovery.userId);
		return seeOpen(tx, firm.id);
	});
}

/** What approveRecovery would agree to; changes nothing. @throws FirmsealError as it does. */
export async function checkApproval(office: Office, firm: Firm, by: OperatorPrincipal): Promise<SeenRecovery> {
	requireApprover(by);
	const approvers = await findProvenApprovers(office);
	return office.worker.read(firm.id, (tx) => approvable(tx, firm, approvers, by));
}

async function approvable(
	tx: Transaction,
	firm: Firm,
	approvers: Approvers,
	by: OperatorPrincipal,
): Promise<SeenRecovery> {
	const seen = await seeOpen(tx, firm.id);
	const { requestedBy, approvedBy } = seen.recovery;
	if (approvedBy !== null) throw new FirmsealError('CONFLICT', 'It is approved already.');
	if (!approvers.has(requestedBy)) throw unwanted();
	if (!areTwoApprovers(approvers, requestedBy, by.user, await selectNow(tx)))
		throw new FirmsealError(
			'FORBIDDEN',
			'Another person than the one who asked must approve it, and for 30 days no one who came by the other’s word.',
		);
	return seen;
}

/**
 * Makes the owner. Whether it is time, and whether two persons who are still approvers wanted it, the database says; whether these
 * are approvers by rows that prove it, and the new owner's row is none that SQL has changed, is found out before. The recovery itself has no
 * proof: it is the one that `by` has read, by this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, and for a former member whose row isn't proven, NOT_FOUND, CONFLICT for another
 * hash and while anything is missing, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function completeRecovery(
	office: Office,
	firm: Firm,
	read: string,
	by: OperatorPrincipal,
): Promise<OwnerRecoveryRow> {
	requireApprover(by);
	const approvers = await findProvenApprovers(office);
	const next = await office.worker.read(firm.id, async (tx) => {
		const { recovery, requestHash } = await seeOpen(tx, firm.id);
		assertRead(requestHash, read);
		return findNextOwner(tx, recovery);
	});
	if (!(await isProven(office.rights, next))) {
		await record(office, by, firm, 'rights.refuse', next.userId);
		throw new FirmsealError(
			'FORBIDDEN',
			"The rights of this person's account can't be proven, it was changed outside Firmseal: cancel, and name another.",
		);
	}
	const mac = await office.rights.prove(firm.id, next.promised);
	return refusingBroken(
		'The person has become a member of another firm or an operator: cancel, and name another.',
		() =>
			office.worker.write(firm.id, async (tx) => {
				const { recovery, requestHash } = await seeOpen(tx, firm.id);
				assertRead(requestHash, read);
				if (!isSameOwner(await findNextOwner(tx, recovery), next))
					throw new FirmsealError('CONFLICT', 'The account was changed at this moment: repeat it.');
				const outcome = await completeOwnerRecovery(tx, recovery.id, mac);
				if (outcome === 'ENDED') throw ended();
				if (outcome === 'UNSEEN')
					throw new FirmsealError(
						'CONFLICT',
						'No server of the firm’s plane has seen it yet, so the firm’s 72 hours to object have not begun: start one.',
					);
				if (outcome === 'EARLY')
					throw new FirmsealError(
						'CONFLICT',
						`The firm has 72 hours to object: it can be done from ${recovery.possibleAt?.toISOString()} on.`,
					);
				const { requestedBy, approvedBy } = recovery;
				const areTwo = areTwoApprovers(approvers, requestedBy, approvedBy, await selectNow(tx));
				if (outcome === 'UNAPPROVED' || !areTwo) throw unwanted();
				await record(office, by, firm, 'recovery.complete', recovery.userId);
				return recovery;
			}),
	);
}

/** Calls it off, for the platform. @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, NOT_FOUND, AUDIT_UNAVAILABLE. */
export function cancelRecovery(office: Office, firm: Firm, by: OperatorPrincipal): Promise<string> {
	requireApprover(by);
	return office.worker.write(firm.id, async (tx) => {
		const { id, userId } = await openRecovery(tx, firm.id);
		if (!(await withdrawOwnerRecovery(tx, firm.id))) throw ended();
		await record(office, by, firm, 'recovery.cancel', userId);
		return id;
	});
}

/** The recovery that a firm is on. @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, NOT_FOUND. */
export function findRecovery(office: Office, firm: Firm, by: OperatorPrincipal): Promise<SeenRecovery> {
	requireApprover(by);
	return office.worker.read(firm.id, (tx) => seeOpen(tx, firm.id));
}

/** An owner of the firm calls it off. @throws FirmsealError NOT_FOUND, AUDIT_UNAVAILABLE. */
export const cancelOwnRecovery = (desk: Desk, acting: Acting): Promise<string> =>
	desk.plane.write(acting.firm, async (tx) => {
		const recovery = await openRecovery(tx, acting.firm);
		if (!(await cancelOwnerRecovery(tx, recovery))) throw ended();
		const { id, userId } = recovery;
		await tell(tx, acting, { kind: 'OWNER_RECOVERY_CANCELLED', userId, role: 'OWNER' });
		await desk.content.record(acting.access, { action: 'recovery.cancel', records: [userId] });
		return id;
	});

/** Who is to be the owner; `account` is the one to be made, null: there is one. @throws FirmsealError */
async function checkRequest(office: Office, tx: Transaction, firm: Firm, { email, name, subject, said }: NextOwner) {
	if ((await selectOwnerRecoveries(tx, [firm.id])).length > 0) throw new FirmsealError('CONFLICT', ON_ITS_WAY);
	if (firm.status !== 'ACTIVE')
		throw new FirmsealError('CONFLICT', 'The firm is suspended, so that no owner could object: resume it first.');
	const known = await selectAccountByEmail(tx, email, firm.id);
	if (!known) {
		if (name === undefined)
			throw new FirmsealError(
				'NOT_FOUND',
				'No one of the firm has this e-mail address: give --name to make an account for it.',
			);
		const account = await withFormerPerson(
			office,
			tx,
			newAccount(office, { email, name, subject, person: personNamed(office, said) }),
		);
		return { userId: account.id, account };
	}
	if (subject !== undefined && subject !== known.subject)
		throw new FirmsealError('CONFLICT', 'The account with this e-mail address has another subject: leave it out.');
	if (said !== undefined && personNamed(office, said) !== known.personId)
		throw new FirmsealError(
			'CONFLICT',
			'The account with this e-mail address is of another person: leave the person out.',
		);
	const [membership] = await selectMembershipsByUsers(tx, [known.id]);
	if (membership?.role === 'OWNER' && membership.removedAt === null)
		throw new FirmsealError('CONFLICT', 'This person is an owner of the firm already.');
	const now = await identify(tx, known.issuer, known.subject);
	if (now && now.userId !== known.id && hasPlace(now)) throw new FirmsealError('CONFLICT', PLACED);
	await assertFree(tx, known);
	return { userId: known.id, account: null };
}

async function openRecovery(tx: Transaction, firm: string): Promise<OwnerRecoveryRow> {
	const [recovery] = await selectOwnerRecoveries(tx, [firm]);
	if (!recovery) throw ended();
	return recovery;
}

const seeOpen = async (tx: Transaction, firm: string): Promise<SeenRecovery> =>
	seeRecovery(tx, await openRecovery(tx, firm));

const unwanted = () =>
	new FirmsealError('CONFLICT', 'It needs the yes of two persons who are approvers now: approve it, or cancel.');

const ended = () => new FirmsealError('NOT_FOUND', 'The firm is on no way to a new owner.');

type RecoveryAction =
	| 'recovery.request'
	| 'recovery.approve'
	| 'recovery.complete'
	| 'recovery.cancel'
	| 'rights.refuse';

const record = (office: Office, by: OperatorPrincipal, { id: firm }: Firm, action: RecoveryAction, userId: string) =>
	recordBy(office, by, {
		action,
		firm,
		records: [userId],
		...(action === 'rights.refuse' && { decision: 'DENIED', reason: 'FORBIDDEN' }),
	});

const refusingBroken = <T>(sentence: string, work: () => Promise<T>): Promise<T> =>
	refusingDuplicates(sentence, async () => {
		try {
			return await work();
		} catch (error) {
			if (isIntegrityViolation(error)) throw new FirmsealError('CONFLICT', sentence);
			throw error;
		}
	});
