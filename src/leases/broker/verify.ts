import {
	type ApprovalSide,
	approvalStatement,
	countIndependentVoters,
	hasEnoughApprovals,
	membershipStatement,
	operatorStatement,
	policyStatement,
	requestStatement,
	type Voter,
} from '../../access/index.ts';
import type { Approver, LeaseEvidence } from '../../database/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { hexOf, isRequestHashIntact } from '../request-hash.ts';
import { isOverdue } from '../transition.ts';

/** The part of the evidence that doesn't hold. */
export type RefusalReason = 'REQUEST' | 'REQUESTER' | 'FIRM' | 'POLICY' | 'APPROVALS' | 'CLOCK' | 'AGE' | 'KEY';

export interface LeaseVerdict {
	/** Empty if every part holds. */
	readonly refusalReasons: readonly RefusalReason[];
	/** Whether a row that should give a right is not proven. A right that was withdrawn is proven to be withdrawn, so it is not forged. */
	readonly isForged: boolean;
	/** User ids of unproven approvals, even if the others are enough. */
	readonly forgedApprovals: readonly string[];
}

/** FORGED: the row is not proven. REFUSED: the row is proven but does not give the right. */
type ProofResult = 'HOLDS' | 'REFUSED' | 'FORGED';
type ProofChecker = Pick<RightsProofs, 'verify'>;
type Account = LeaseEvidence['account'];

/**
 * Verifies everything that a lease depends on: the request, the requester, the approvals and the policy. Believes only what a row's MAC proves,
 * so that a person who can write rows but has no RIGHTS key can't make a lease.
 * @throws KeyUnavailableError if a proof can't be verified now.
 */
export async function verifyLease(grounds: LeaseEvidence, rights: ProofChecker): Promise<LeaseVerdict> {
	const { policy, firmStatus, isClockSound } = grounds;
	const request = await checkRequestProof(grounds, rights);
	const requester = await checkOperatorProof(grounds, 'OPERATOR', rights);
	const ofPolicy = await checkPolicyProof(grounds, rights);
	const checkedApprovals: { readonly of: Approver; readonly finding: ProofResult }[] = [];
	for (const of of grounds.approvers)
		checkedApprovals.push({ of, finding: await checkApprovalProof(grounds, of, rights) });
	const refusalReasons: RefusalReason[] = [];
	if (request !== 'HOLDS') refusalReasons.push('REQUEST');
	if (requester !== 'HOLDS') refusalReasons.push('REQUESTER');
	if (firmStatus !== 'ACTIVE') refusalReasons.push('FIRM');
	if (isRequestOverdue(grounds)) refusalReasons.push('AGE');
	if (!isClockSound) refusalReasons.push('CLOCK');
	if (ofPolicy !== 'HOLDS') refusalReasons.push('POLICY');
	const counted = checkedApprovals.flatMap(({ of, finding }) => (finding === 'HOLDS' ? [of] : []));
	if (policy && !hasEnoughApprovals(policy, countApprovals(counted, grounds))) refusalReasons.push('APPROVALS');
	const forgedApprovals = checkedApprovals.flatMap(({ of, finding }) =>
		finding === 'FORGED' ? [of.account.user] : [],
	);
	const isForged = [request, requester, ofPolicy].includes('FORGED') || forgedApprovals.length > 0;
	return { refusalReasons, isForged, forgedApprovals };
}

type AccountWithRole = Pick<LeaseEvidence, 'account' | 'operator'>;

/** A person as a voter in a decision of two. Members of a firm were not introduced by operators. */
const voterOf = ({ account: { person }, operator }: AccountWithRole): Voter => ({
	person,
	introducedBy: operator?.introducedBy ?? [],
	introducedAt: operator?.introducedAt ?? null,
});

/** Counts the approvals of each side by persons who are independent of each other and of the requester. */
function countApprovals(approvers: readonly Approver[], { account, operator, now }: LeaseEvidence) {
	const of = (side: ApprovalSide) => approvers.filter(({ approval }) => approval.side === side).map(voterOf);
	const requester = voterOf({ account, operator });
	const platform = of('PLATFORM');
	return {
		platform: countIndependentVoters(platform, now, [requester]),
		// A person can't approve for both sides.
		firm: countIndependentVoters(of('FIRM'), now, [requester, ...platform]),
	};
}

/**
 * Whether the request is too old, by its row or by the time in its id (RFC 9562, section 5.7). The id is part of every proven statement, so its time
 * can't be changed by SQL.
 */
function isRequestOverdue({ lease, now }: LeaseEvidence): boolean {
	const made = Number.parseInt(lease.id.replace('-', '').slice(0, 12), 16);
	return isOverdue(Math.min(lease.requestedAt.getTime(), made), now);
}

async function checkRequestProof({ lease }: LeaseEvidence, rights: ProofChecker): Promise<ProofResult> {
	const of = {
		lease: lease.id,
		firm: lease.firmId,
		requestHash: hexOf(lease.requestHash),
		requestedBy: lease.requestedBy,
	};
	const isProven =
		isRequestHashIntact(lease) && (await rights.verify(PLATFORM_FIRM_ID, requestStatement(of), lease.requestMac));
	return isProven ? 'HOLDS' : 'FORGED';
}

async function checkPolicyProof(
	{ lease: { firmId: firm }, policy }: LeaseEvidence,
	rights: ProofChecker,
): Promise<ProofResult> {
	const isProven = policy && (await rights.verify(firm, policyStatement({ ...policy, firm }), policy.mac));
	return isProven ? 'HOLDS' : 'FORGED';
}

/** Whether an approval is for exactly this request, is proven, and comes from a person who may approve now. */
async function checkApprovalProof(
	{ lease }: LeaseEvidence,
	approver: Approver,
	rights: ProofChecker,
): Promise<ProofResult> {
	const { approval } = approver;
	const { side, userId: user } = approval;
	const isOfThis = approval.firmId === lease.firmId && Buffer.compare(approval.requestHash, lease.requestHash) === 0;
	const reasonHash = approval.reasonHash && hexOf(approval.reasonHash);
	const of = { lease: lease.id, firm: lease.firmId, requestHash: hexOf(lease.requestHash), side, user, reasonHash };
	const key = side === 'FIRM' ? lease.firmId : PLATFORM_FIRM_ID;
	if (!isOfThis || !(await rights.verify(key, approvalStatement(of), approval.mac))) return 'FORGED';
	return side === 'FIRM'
		? checkOwnerProof(lease.firmId, approver, rights)
		: checkOperatorProof(approver, 'APPROVER', rights);
}

async function checkOperatorProof(
	{ account, operator }: AccountWithRole,
	role: 'OPERATOR' | 'APPROVER',
	rights: ProofChecker,
): Promise<ProofResult> {
	if (!operator) return 'FORGED';
	const active = operator.disabledAt === null;
	const statement = operatorStatement({ ...operator, ...identityOf(account), active });
	if (!(await rights.verify(PLATFORM_FIRM_ID, statement, operator.mac))) return 'FORGED';
	return active && operator.roles.includes(role) && account.disabledAt === null ? 'HOLDS' : 'REFUSED';
}

async function checkOwnerProof(
	firm: string,
	{ account, membership }: Approver,
	rights: ProofChecker,
): Promise<ProofResult> {
	if (!membership) return 'FORGED';
	const { role, clientId: client, mac } = membership;
	const active = membership.removedAt === null;
	const statement = membershipStatement({ ...identityOf(account), firm, role, client, active });
	if (!(await rights.verify(firm, statement, mac))) return 'FORGED';
	return active && role === 'OWNER' && account.disabledAt === null ? 'HOLDS' : 'REFUSED';
}

const identityOf = ({ user, person, issuer, subject }: Account) => ({ user, person, issuer, subject });
