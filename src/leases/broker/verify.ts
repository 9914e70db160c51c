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

/** What a lease was refused for: the part that doesn't hold. */
export type RefusalReason = 'REQUEST' | 'REQUESTER' | 'FIRM' | 'POLICY' | 'APPROVALS' | 'CLOCK' | 'AGE' | 'KEY';

export interface LeaseVerdict {
	/** None: every part holds. */
	readonly refusalReasons: readonly RefusalReason[];
	/** Whether a row that gives a right could not be proven; what someone has taken back since is proven to be so. */
	readonly isForged: boolean;
	/** User ids of approvals that could not be proven, whether or not the others are enough. */
	readonly forgedApprovals: readonly string[];
}

/** FORGED: the row proves nothing. REFUSED: it is proven, and not enough. */
type ProofResult = 'HOLDS' | 'REFUSED' | 'FORGED';
type ProofChecker = Pick<RightsProofs, 'verify'>;
type Account = LeaseEvidence['account'];

/**
 * Whether everything that a lease stands on holds now: asked for, by whom, agreed to by whom, under which policy. Of a row only what
 * its MAC proves is believed; so a person who can write rows, and has no RIGHTS key, makes no lease.
 * @throws KeyUnavailableError when that can't be known now.
 */
export async function verifyLease(grounds: LeaseEvidence, rights: ProofChecker): Promise<LeaseVerdict> {
	const { policy, firmStatus, isClockSound } = grounds;
	const request = await checkRequestProof(grounds, rights);
	const requester = await checkOperatorProof(grounds, 'OPERATOR', rights);
	const ofPolicy = await checkPolicyProof(grounds, rights);
	const checkedApprovals: { readonly of: Approver; readonly finding: ProofResult }[] = [];
	for (const of of grounds.approvers)
		checkedApprovals.push({ of, finding: await checkApprovalProof(grounds, of, rights) });
	const doubts: RefusalReason[] = [];
	if (request !== 'HOLDS') doubts.push('REQUEST');
	if (requester !== 'HOLDS') doubts.push('REQUESTER');
	if (firmStatus !== 'ACTIVE') doubts.push('FIRM');
	if (isRequestOverdue(grounds)) doubts.push('AGE');
	if (!isClockSound) doubts.push('CLOCK');
	if (ofPolicy !== 'HOLDS') doubts.push('POLICY');
	const counted = checkedApprovals.flatMap(({ of, finding }) => (finding === 'HOLDS' ? [of] : []));
	if (policy && !hasEnoughApprovals(policy, countApprovals(counted, grounds))) doubts.push('APPROVALS');
	const forgedApprovals = checkedApprovals.flatMap(({ of, finding }) =>
		finding === 'FORGED' ? [of.account.user] : [],
	);
	const isForged = [request, requester, ofPolicy].includes('FORGED') || forgedApprovals.length > 0;
	return { refusalReasons: doubts, isForged, forgedApprovals };
}

type AccountWithRole = Pick<LeaseEvidence, 'account' | 'operator'>;

/** Who someone is in a rule of two. No one of a firm is there by the word of the platform's people. */
const voterOf = ({ account: { person }, operator }: AccountWithRole): Voter => ({
	person,
	introducedBy: operator?.introducedBy ?? [],
	introducedAt: operator?.introducedAt ?? null,
});

/** How many persons have agreed for each side, each independent of the others and of the one who asks. */
function countApprovals(approvers: readonly Approver[], { account, operator, now }: LeaseEvidence) {
	const of = (side: ApprovalSide) => approvers.filter(({ approval }) => approval.side === side).map(voterOf);
	const requester = voterOf({ account, operator });
	const platform = of('PLATFORM');
	return {
		platform: countIndependentVoters(platform, now, [requester]),
		// No one agrees for both sides.
		firm: countIndependentVoters(of('FIRM'), now, [requester, ...platform]),
	};
}

/**
 * Whether the request has waited too long: by its row, and by the time in the id (RFC 9562, section 5.7), which is a part of
 * everything that was proven.
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

/** Whether an approval is of this very request, proven, and of someone who may agree now. */
async function checkApprovalProof(
	{ lease }: LeaseEvidence,
	approver: Approver,
	rights: ProofChecker,
): Promise<ProofResult> {
	const { approval } = approver;
	const { side, userId: user } = approval;
	const isOfThis = approval.firmId === lease.firmId && Buffer.compare(approval.requestHash, lease.requestHash) === 0;
	const of = { lease: lease.id, firm: lease.firmId, requestHash: hexOf(lease.requestHash), side, user };
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
