import {
	type ApprovalSide,
	approvalStatement,
	hasEnoughApprovals,
	type Principal,
	policyStatement,
	requestStatement,
	type SignInTime,
	whyNotFresh,
} from '../access/index.ts';
import {
	insertLeaseApproval,
	isIntegrityViolation,
	isUniqueViolation,
	type LeaseApprovalRow,
	type LeaseRow,
	lockLease,
	selectAccessPolicy,
	selectLease,
	selectLeaseApprovals,
	selectLeaseTexts,
	selectNow,
	type Transaction,
	transitionLease,
} from '../database/index.ts';
import { FirmsealError, StaleSignInError } from '../errors.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';
import { explainDecision } from './decision-reason.ts';
import { hashLeaseRequest, hashLeaseText, hexOf, isRequestHashIntact, leaseRequestOf } from './request-hash.ts';
import { checkDecisionReason, MAX_APPROVALS } from './request-input.ts';
import {
	firmScopeOfPrincipal,
	type LeaseServices,
	leaseAct,
	leaseNotFoundError,
	refuseUnprovenLease,
	reportUnproven,
	requireIndependent,
	requireNotOverdue,
	requireState,
} from './transition.ts';

const INDEPENDENT_PERSON_REQUIRED =
	'An independent person must approve: not the person who asked, and no one who has already approved. For their first 30 days, approvers count as one with the persons who introduced them.';

interface ApprovalInput {
	readonly leaseId: string;
	/** SHA-256 of the canonical request, 64 lower-case hex digits. */
	readonly requestHash: string;
	/** Why; nothing without a reason. */
	readonly reason?: string | null | undefined;
}

/**
 * Approves exactly the request with this hash: an owner for the firm, an approver for the platform. The last approval that is needed makes
 * the lease APPROVED.
 * @throws FirmsealError BAD_USER_INPUT for the reason; NOT_FOUND; CONFLICT unless the lease is REQUESTED, for another hash, and for a second approval; FORBIDDEN for the
 * person who asked or has approved, with any other account, without a fresh sign-in, and for a request that can't be proven; KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE.
 */
export async function approveLease(
	services: LeaseServices,
	by: Principal,
	signedIn: SignInTime,
	{ leaseId: id, requestHash, reason: given }: ApprovalInput,
): Promise<LeaseRow> {
	const reason = checkDecisionReason(given);
	const reasonHash = reason === null ? null : hashLeaseText(id, reason);
	const side: ApprovalSide = by.kind === 'firm' ? 'FIRM' : 'PLATFORM';
	const scope = firmScopeOfPrincipal(by);
	const lease = await services.plane.read(scope, (tx) => checkApproval(tx, by, signedIn, id));
	await checkRequest(services, by, lease, requestHash);
	const of = { lease: id, firm: lease.firmId, requestHash };
	// Before a transaction is open, because the key may have to be fetched.
	const mac = await services.rights.prove(
		side === 'FIRM' ? lease.firmId : PLATFORM_FIRM_ID,
		approvalStatement({ ...of, side, user: by.user, reasonHash: reasonHash && hexOf(reasonHash) }),
	);
	return translateApprovalConflicts(() =>
		services.plane.write(scope, async (tx) => {
			// First, so that concurrent approvals wait here and then see this one.
			const locked = await lockLease(tx, id);
			if (!locked) throw leaseNotFoundError();
			requireState(locked, 'REQUESTED');
			await checkOthers(tx, by, id);
			const approval = {
				leaseId: id,
				firmId: lease.firmId,
				side,
				userId: by.user,
				requestHash: lease.requestHash,
				mac,
				reasonHash,
			};
			await insertLeaseApproval(tx, approval);
			await explainDecision(services, tx, lease, by, { decision: 'APPROVAL', reason });
			const agreed = await hasEnoughApprovalsNow(tx, lease);
			const after = agreed ? await transitionLease(tx, id, 'APPROVED', by.user) : locked;
			await services.record({ ...leaseAct(after), action: 'lease.approve' });
			return after;
		}),
	);
}

/** @throws FirmsealError if this person may not approve the lease now, or no one may. */
async function checkApproval(tx: Transaction, by: Principal, signedIn: SignInTime, id: string): Promise<LeaseRow> {
	const lease = await selectLease(tx, id);
	if (!lease) throw leaseNotFoundError();
	const approvals = await checkOthers(tx, by, id);
	await requireIndependent(
		tx,
		by,
		[lease.requestedBy, ...approvals.map(({ userId }) => userId)],
		INDEPENDENT_PERSON_REQUIRED,
	);
	const now = await selectNow(tx);
	const stale = whyNotFresh('Approving a lease', signedIn, now);
	if (stale) throw new StaleSignInError(stale);
	// After the checks of the person, so that a forbidden attempt is recorded whatever the lease's state.
	requireState(lease, 'REQUESTED');
	requireNotOverdue(lease, now);
	return lease;
}

/** The approvals so far. @throws FirmsealError CONFLICT if this account has approved, and at the maximum number of approvals. */
async function checkOthers(tx: Transaction, by: Principal, id: string): Promise<readonly LeaseApprovalRow[]> {
	const approvals = await selectLeaseApprovals(tx, [id]);
	if (approvals.some(({ userId }) => userId === by.user)) throw alreadyApprovedError();
	if (approvals.length >= MAX_APPROVALS)
		throw new FirmsealError(
			'CONFLICT',
			`The lease already has ${MAX_APPROVALS} approvals, the maximum: no further approval is needed.`,
		);
	return approvals;
}

const alreadyApprovedError = () => new FirmsealError('CONFLICT', 'You have already approved this request.');

/**
 * Checks that the request is the one that the person has read, that its texts are unchanged, and that it is proven. The broker verifies what this
 * plane can't verify, before anything is opened.
 */
async function checkRequest(
	services: LeaseServices,
	by: Principal,
	lease: LeaseRow,
	requestHash: string,
): Promise<void> {
	const { id, firmId: firm } = lease;
	const unproven = { firm, lease: id };
	if (hexOf(hashLeaseRequest(leaseRequestOf(lease))) !== requestHash) {
		if (!isRequestHashIntact(lease)) await reportUnproven(services, unproven);
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the request: read the lease again before you approve it.',
		);
	}
	const [texts, policy] = await services.plane.read(firmScopeOfPrincipal(by), async (tx) => [
		(await selectLeaseTexts(tx, [id]))[0],
		await selectAccessPolicy(tx, firm),
	]);
	if (!texts)
		throw new FirmsealError('CONFLICT', 'The reason and ticket of the request were erased: a new request is needed.');
	const areTextsIntact =
		Buffer.compare(hashLeaseText(id, texts.reason), lease.reasonHash) === 0 &&
		Buffer.compare(hashLeaseText(id, texts.ticket), lease.ticketHash) === 0;
	const isProven =
		by.kind === 'firm' ||
		(await services.rights.verify(
			PLATFORM_FIRM_ID,
			requestStatement({ lease: id, firm, requestHash, requestedBy: lease.requestedBy }),
			lease.requestMac,
		));
	if (!areTextsIntact || !isProven)
		await refuseUnprovenLease(
			services,
			unproven,
			'The request cannot be proven: deny it, and have the operator make a new request.',
		);
	if (by.kind === 'operator') return;
	if (!policy || !(await services.rights.verify(firm, policyStatement({ firm, ...policy }), policy.mac)))
		await refuseUnprovenLease(
			services,
			{ firm, lease: null },
			'The firm’s access policy cannot be proven: set it again by setFirmAccessPolicy.',
		);
}

async function hasEnoughApprovalsNow(tx: Transaction, { id, firmId }: LeaseRow): Promise<boolean> {
	const policy = await selectAccessPolicy(tx, firmId);
	const approvals = await selectLeaseApprovals(tx, [id]);
	const count = (side: LeaseApprovalRow['side']) => approvals.filter((each) => each.side === side).length;
	return policy !== null && hasEnoughApprovals(policy, { platform: count('PLATFORM'), firm: count('FIRM') });
}

/** Translates refusals of the database, which also enforces the rules between the check and the insert. */
async function translateApprovalConflicts<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isUniqueViolation(error)) throw alreadyApprovedError();
		if (isIntegrityViolation(error)) throw new FirmsealError('FORBIDDEN', INDEPENDENT_PERSON_REQUIRED);
		throw error;
	}
}
