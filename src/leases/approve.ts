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
import { FirmsealError } from '../errors.ts';
import { PLATFORM_FIRM_ID } from '../keys/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf, isRequestHashIntact, leaseRequestOf } from './request-hash.ts';
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
	'Another person than the one who asked, and than who has agreed, must agree, and for 30 days no one who came by the word of one of them.';

/** As many as the schema says that a lease ever has. */
const MAX_APPROVALS = 32;

/** What someone agrees to. */
interface ApprovalInput {
	readonly leaseId: string;
	/** SHA-256 of the canonical request, 64 lower-case hex digits. */
	readonly requestHash: string;
}

/**
 * Someone's yes to exactly the request that has this hash: an owner's for the firm, an approver's for
 * the platform. The last yes that is needed makes the lease APPROVED.
 * @throws FirmsealError NOT_FOUND; FORBIDDEN for the person who asked, in whatever account, for who has agreed in another account, for a
 * sign-in older than five minutes or of a time that isn't told, and for a request that can't be proven; CONFLICT for another hash, a second yes, or unless it is
 * REQUESTED; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function approveLease(
	services: LeaseServices,
	by: Principal,
	signedIn: SignInTime,
	{ leaseId: id, requestHash }: ApprovalInput,
): Promise<LeaseRow> {
	const side: ApprovalSide = by.kind === 'firm' ? 'FIRM' : 'PLATFORM';
	const scope = firmScopeOfPrincipal(by);
	const lease = await services.plane.read(scope, (tx) => checkApproval(tx, by, signedIn, id));
	await checkRequest(services, by, lease, requestHash);
	const of = { lease: id, firm: lease.firmId, requestHash };
	// Before a transaction is open: the key may have to be fetched.
	const mac = await services.rights.prove(
		side === 'FIRM' ? lease.firmId : PLATFORM_FIRM_ID,
		approvalStatement({ ...of, side, user: by.user }),
	);
	return translateApprovalConflicts(() =>
		services.plane.write(scope, async (tx) => {
			// First of all: who agrees at the same moment waits here, and then sees this yes.
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
			};
			await insertLeaseApproval(tx, approval);
			const agreed = await hasEnoughApprovalsNow(tx, lease);
			const after = agreed ? await transitionLease(tx, id, 'APPROVED', by.user) : locked;
			await services.record({ ...leaseAct(after), action: 'lease.approve' });
			return after;
		}),
	);
}

/** What is against the person, or against any approval now. @throws FirmsealError */
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
	const stale = whyNotFresh('Agreeing to a lease', signedIn, now);
	if (stale) throw new FirmsealError('FORBIDDEN', stale);
	requireState(lease, 'REQUESTED');
	requireNotOverdue(lease, now);
	return lease;
}

/** Those who have agreed so far. @throws FirmsealError CONFLICT for anyone who is one of them, and when there are as many as can be. */
async function checkOthers(tx: Transaction, by: Principal, id: string): Promise<readonly LeaseApprovalRow[]> {
	const approvals = await selectLeaseApprovals(tx, [id]);
	if (approvals.some(({ userId }) => userId === by.user)) throw alreadyApprovedError();
	if (approvals.length >= MAX_APPROVALS)
		throw new FirmsealError('CONFLICT', `${MAX_APPROVALS} persons have agreed already: one more changes nothing.`);
	return approvals;
}

const alreadyApprovedError = () => new FirmsealError('CONFLICT', 'You have agreed to this request already.');

/**
 * That the request is the one that the person has seen, that it was made by the function that makes requests, and that the words
 * which the person has read are its own. What a plane can't prove, the broker does before anything opens.
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
		throw new FirmsealError('CONFLICT', 'The hash does not match the request: read the lease again before you decide.');
	}
	const [texts, policy] = await services.plane.read(firmScopeOfPrincipal(by), async (tx) => [
		(await selectLeaseTexts(tx, [id]))[0],
		await selectAccessPolicy(tx, firm),
	]);
	if (!texts) throw new FirmsealError('CONFLICT', 'The words of the request were erased: it must be asked for anew.');
	const isSaid =
		Buffer.compare(hashLeaseText(id, texts.reason), lease.reasonHash) === 0 &&
		Buffer.compare(hashLeaseText(id, texts.ticket), lease.ticketHash) === 0;
	const isProven =
		by.kind === 'firm' ||
		(await services.rights.verify(
			PLATFORM_FIRM_ID,
			requestStatement({ lease: id, firm, requestHash, requestedBy: lease.requestedBy }),
			lease.requestMac,
		));
	if (!isSaid || !isProven)
		await refuseUnprovenLease(
			services,
			unproven,
			'The request can’t be proven: deny it, and let it be asked for anew.',
		);
	if (by.kind === 'operator') return;
	if (!policy || !(await services.rights.verify(firm, policyStatement({ firm, ...policy }), policy.mac)))
		await refuseUnprovenLease(
			services,
			{ firm, lease: null },
			'The firm’s access policy can’t be proven: set it again by setFirmAccessPolicy.',
		);
}

async function hasEnoughApprovalsNow(tx: Transaction, { id, firmId }: LeaseRow): Promise<boolean> {
	const policy = await selectAccessPolicy(tx, firmId);
	const approvals = await selectLeaseApprovals(tx, [id]);
	const count = (side: LeaseApprovalRow['side']) => approvals.filter((each) => each.side === side).length;
	return policy !== null && hasEnoughApprovals(policy, { platform: count('PLATFORM'), firm: count('FIRM') });
}

/** What the database refuses of an approval, whatever came between the check and the writing. */
async function translateApprovalConflicts<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isUniqueViolation(error)) throw alreadyApprovedError();
		if (isIntegrityViolation(error)) throw new FirmsealError('FORBIDDEN', INDEPENDENT_PERSON_REQUIRED);
		throw error;
	}
}
