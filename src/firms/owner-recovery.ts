import { v7 as uuidv7 } from 'uuid';
import type { OperatorPrincipal } from '../access/index.ts';
import {
	approveOwnerRecovery,
	cancelOwnerRecovery,
	completeOwnerRecovery,
	type FirmRow,
	identifyToken,
	insertOwnerRecovery,
	insertUser,
	isIntegrityViolation,
	type OwnerRecoveryRow,
	selectAccountByEmail,
	selectMembershipsByUsers,
	selectNow,
	selectOwnerRecoveries,
	type Transaction,
	withdrawOwnerRecoveryOfFirm,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { type AdminContext, newAccount, translateDuplicates } from './administration.ts';
import { assertNotAffiliated, isAffiliated, PERSON_ALREADY_AFFILIATED, withFormerPersonId } from './affiliation.ts';
import { assertRequestHash } from './approval-request-hash.ts';
import { findNextOwner, isMembershipProven, isSameNextOwner } from './next-owner.ts';
import { notifyFirm } from './notify-firm.ts';
import {
	type Approvers,
	areIndependentApprovers,
	findProvenApprovers,
	recordOperatorAct,
	requireApprover,
} from './operators.ts';
import { personIdFromClaim } from './person-claim.ts';
import { loadRecoveryView, type RecoveryView } from './recovery-view.ts';

export interface NextOwnerInput {
	readonly email: string;
	/** Needed to make an account if the person has none in the firm. */
	readonly name?: string | undefined;
	readonly subject?: string | undefined;
	/** Value of their person claim, if there is such a claim. */
	readonly personClaimValue?: string | undefined;
}

const RECOVERY_OPEN = 'The firm already has an open owner recovery: cancel it first.';

type Firm = Pick<FirmRow, 'id' | 'status'>;

/**
 * Asks for a new owner of a firm that has lost its owners. An owner who has lost the account is still in the table; an owner who has not can
 * cancel this. The database notifies every member of every step.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, BAD_USER_INPUT, NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function requestRecovery(
	admin: AdminContext,
	firm: Firm,
	next: NextOwnerInput,
	by: OperatorPrincipal,
): Promise<RecoveryView> {
	requireApprover(by);
	return translateRecoveryConflicts(
		'The firm already has an open owner recovery, or the subject is taken: cancel the recovery, or use another subject.',
		() =>
			admin.worker.write(firm.id, async (tx) => {
				const { userId, account } = await checkNextOwner(admin, tx, firm, next);
				if (account) await insertUser(tx, account);
				const id = uuidv7();
				await insertOwnerRecovery(tx, { id, firmId: firm.id, userId, requestedBy: by.user });
				await record(admin, by, firm, 'recovery.request', userId);
				return viewOpenRecovery(tx, firm.id);
			}),
	);
}

/** Makes the checks of requestRecovery() and changes nothing. @throws FirmsealError as requestRecovery() does. */
export async function checkRecoveryRequest(
	admin: AdminContext,
	firm: Firm,
	next: NextOwnerInput,
	by: OperatorPrincipal,
): Promise<void> {
	requireApprover(by);
	await admin.worker.read(firm.id, (tx) => checkNextOwner(admin, tx, firm, next));
}

/**
 * Approves exactly the recovery with this hash, as the second person. It can be completed 72 hours after the firm's plane has seen the
 * approval, by the database's clock. Returns the recovery to complete.
 * @throws FirmsealError FORBIDDEN for the person who asked, with any account, NOT_FOUND, CONFLICT, also for another hash, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE.
 */
export async function approveRecovery(
	admin: AdminContext,
	firm: Firm,
	read: string,
	by: OperatorPrincipal,
): Promise<RecoveryView> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	return admin.worker.write(firm.id, async (tx) => {
		const { recovery, requestHash } = await findApprovable(tx, firm, approvers, by);
		assertRequestHash(requestHash, read);
		if (!(await approveOwnerRecovery(tx, recovery.id, by.user))) throw noOpenRecoveryError();
		await record(admin, by, firm, 'recovery.approve', recovery.userId);
		return viewOpenRecovery(tx, firm.id);
	});
}

/** The recovery that approveRecovery() would approve. Changes nothing. @throws FirmsealError as approveRecovery() does. */
export async function checkRecoveryApproval(
	admin: AdminContext,
	firm: Firm,
	by: OperatorPrincipal,
): Promise<RecoveryView> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	return admin.worker.read(firm.id, (tx) => findApprovable(tx, firm, approvers, by));
}

async function findApprovable(
	tx: Transaction,
	firm: Firm,
	approvers: Approvers,
	by: OperatorPrincipal,
): Promise<RecoveryView> {
	const seen = await viewOpenRecovery(tx, firm.id);
	const { requestedBy, approvedBy } = seen.recovery;
	if (approvedBy !== null) throw new FirmsealError('CONFLICT', 'The recovery is already approved.');
	if (!approvers.has(requestedBy)) throw approvalsMissingError();
	if (!areIndependentApprovers(approvers, requestedBy, by.user, await selectNow(tx)))
		throw new FirmsealError(
			'FORBIDDEN',
			'A second, independent person must approve the recovery. For their first 30 days, approvers count as one with the persons who introduced them.',
		);
	return seen;
}

/**
 * Makes the new owner. The database checks that the time has come and that two persons who are still approvers have agreed. This function
 * checks before that their rows are proven, and that SQL has not changed the new owner's row. The recovery itself has no proof: the
 * hash shows that it is the one that `by` has read.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, and for a former member whose row isn't proven, NOT_FOUND, CONFLICT for another
 * hash and while the recovery can't be completed, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function completeRecovery(
	admin: AdminContext,
	firm: Firm,
	read: string,
	by: OperatorPrincipal,
): Promise<OwnerRecoveryRow> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const next = await admin.worker.read(firm.id, async (tx) => {
		const { recovery, requestHash } = await viewOpenRecovery(tx, firm.id);
		assertRequestHash(requestHash, read);
		return findNextOwner(tx, recovery);
	});
	if (!(await isMembershipProven(admin.rights, next))) {
		await record(admin, by, firm, 'rights.refuse', next.userId);
		throw new FirmsealError(
			'FORBIDDEN',
			'The rights of this person’s account cannot be proven, because it was changed outside Firmseal: cancel the recovery, and name another person.',
		);
	}
	const mac = await admin.rights.prove(firm.id, next.ownerStatement);
	return translateRecoveryConflicts(
		'The person has become a member of another firm or an operator: cancel the recovery, and name another person.',
		() =>
			admin.worker.write(firm.id, async (tx) => {
				const { recovery, requestHash } = await viewOpenRecovery(tx, firm.id);
				assertRequestHash(requestHash, read);
				if (!isSameNextOwner(await findNextOwner(tx, recovery), next))
					throw new FirmsealError('CONFLICT', 'The account has just been changed: try again.');
				const outcome = await completeOwnerRecovery(tx, recovery.id, mac);
				if (outcome === 'ENDED') throw noOpenRecoveryError();
				if (outcome === 'UNSEEN')
					throw new FirmsealError(
						'CONFLICT',
						'No server of the firm’s plane has seen the approved recovery, so the firm’s 72 hours to object have not begun: start such a server.',
					);
				if (outcome === 'EARLY')
					throw new FirmsealError(
						'CONFLICT',
						`The firm has 72 hours to object: the recovery can be completed from ${recovery.possibleAt?.toISOString()} on.`,
					);
				const { requestedBy, approvedBy } = recovery;
				const areTwo = areIndependentApprovers(approvers, requestedBy, approvedBy, await selectNow(tx));
				if (outcome === 'UNAPPROVED' || !areTwo) throw approvalsMissingError();
				await record(admin, by, firm, 'recovery.complete', recovery.userId);
				return recovery;
			}),
	);
}

/** Cancels a recovery for the platform. @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, NOT_FOUND, AUDIT_UNAVAILABLE. */
export function cancelRecovery(admin: AdminContext, firm: Firm, by: OperatorPrincipal): Promise<string> {
	requireApprover(by);
	return admin.worker.write(firm.id, async (tx) => {
		const { id, userId } = await findOpenRecovery(tx, firm.id);
		if (!(await withdrawOwnerRecoveryOfFirm(tx, firm.id))) throw noOpenRecoveryError();
		await record(admin, by, firm, 'recovery.cancel', userId);
		return id;
	});
}

/** The open recovery of a firm. @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, NOT_FOUND. */
export function findRecovery(admin: AdminContext, firm: Firm, by: OperatorPrincipal): Promise<RecoveryView> {
	requireApprover(by);
	return admin.worker.read(firm.id, (tx) => viewOpenRecovery(tx, firm.id));
}

/** Cancels the recovery for an owner of the firm. @throws FirmsealError NOT_FOUND, AUDIT_UNAVAILABLE. */
export const cancelOwnRecovery = (services: RequestServices, acting: ActingMember): Promise<string> =>
	services.plane.write(acting.firm, async (tx) => {
		const recovery = await findOpenRecovery(tx, acting.firm);
		if (!(await cancelOwnerRecovery(tx, recovery))) throw noOpenRecoveryError();
		const { id, userId } = recovery;
		await notifyFirm(tx, acting, { kind: 'OWNER_RECOVERY_CANCELLED', userId, role: 'OWNER' });
		await services.content.record(acting.session, { action: 'recovery.cancel', records: [userId] });
		return id;
	});

/** Checks the person named as the next owner. `account` is the account to make; null if they have one. @throws FirmsealError */
async function checkNextOwner(
	admin: AdminContext,
	tx: Transaction,
	firm: Firm,
	{ email, name, subject, personClaimValue }: NextOwnerInput,
) {
	if ((await selectOwnerRecoveries(tx, [firm.id])).length > 0) throw new FirmsealError('CONFLICT', RECOVERY_OPEN);
	if (firm.status !== 'ACTIVE')
		throw new FirmsealError('CONFLICT', 'The firm is suspended, so no owner could object: resume the firm first.');
	const known = await selectAccountByEmail(tx, email, firm.id);
	if (!known) {
		if (name === undefined)
			throw new FirmsealError(
				'NOT_FOUND',
				'No one in the firm has this e-mail address: give --name to make an account with it.',
			);
		const account = await withFormerPersonId(
			admin,
			tx,
			newAccount(admin, { email, name, subject, person: personIdFromClaim(admin, personClaimValue) }),
		);
		return { userId: account.id, account };
	}
	if (subject !== undefined && subject !== known.subject)
		throw new FirmsealError(
			'CONFLICT',
			'The account with this e-mail address has another subject: leave out the subject.',
		);
	if (personClaimValue !== undefined && personIdFromClaim(admin, personClaimValue) !== known.personId)
		throw new FirmsealError(
			'CONFLICT',
			'The account with this e-mail address belongs to another person: leave out the person.',
		);
	const [membership] = await selectMembershipsByUsers(tx, [known.id]);
	if (membership?.role === 'OWNER' && membership.removedAt === null)
		throw new FirmsealError('CONFLICT', 'This person is already an owner of the firm.');
	const now = await identifyToken(tx, known.issuer, known.subject);
	if (now && now.userId !== known.id && isAffiliated(now))
		throw new FirmsealError('CONFLICT', PERSON_ALREADY_AFFILIATED);
	await assertNotAffiliated(tx, known);
	return { userId: known.id, account: null };
}

async function findOpenRecovery(tx: Transaction, firm: string): Promise<OwnerRecoveryRow> {
	const [recovery] = await selectOwnerRecoveries(tx, [firm]);
	if (!recovery) throw noOpenRecoveryError();
	return recovery;
}

const viewOpenRecovery = async (tx: Transaction, firm: string): Promise<RecoveryView> =>
	loadRecoveryView(tx, await findOpenRecovery(tx, firm));

const approvalsMissingError = () =>
	new FirmsealError(
		'CONFLICT',
		'The recovery needs the approval of two persons who are approvers now: approve it, or cancel it.',
	);

const noOpenRecoveryError = () => new FirmsealError('NOT_FOUND', 'The firm has no open owner recovery.');

type RecoveryAction =
	| 'recovery.request'
	| 'recovery.approve'
	| 'recovery.complete'
	| 'recovery.cancel'
	| 'rights.refuse';

const record = (
	admin: AdminContext,
	by: OperatorPrincipal,
	{ id: firm }: Firm,
	action: RecoveryAction,
	userId: string,
) =>
	recordOperatorAct(admin, by, {
		action,
		firm,
		records: [userId],
		...(action === 'rights.refuse' && { decision: 'DENIED', reason: 'FORBIDDEN' }),
	});

const translateRecoveryConflicts = <T>(sentence: string, work: () => Promise<T>): Promise<T> =>
	translateDuplicates(sentence, async () => {
		try {
			return await work();
		} catch (error) {
			if (isIntegrityViolation(error)) throw new FirmsealError('CONFLICT', sentence);
			throw error;
		}
	});
