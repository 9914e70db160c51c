import {
	approvalStatement,
	countIndependent,
	isAgreed,
	membershipStatement,
	operatorStatement,
	policyStatement,
	requestStatement,
	type Side,
	type Voice,
} from '../../access/index.ts';
import type { Approver, LeaseGrounds } from '../../database/index.ts';
import { PLATFORM, type Rights } from '../../keys/index.ts';
import { isOverdue } from '../move.ts';
import { hexOf, isOwnHash } from '../request-hash.ts';

/** What a lease was refused for: the part that doesn't hold. */
export type Doubt = 'REQUEST' | 'REQUESTER' | 'FIRM' | 'POLICY' | 'APPROVALS' | 'CLOCK' | 'AGE' | 'KEY';

export interface Verdict {
	/** None: every part holds. */
	readonly doubts: readonly Doubt[];
	/** Whether a row that gives a right could not be proven; what somebody has taken back since is proven to be so. */
	readonly isForged: boolean;
	/** User ids of approvals that could not be proven, whether or not the others are enough. */
	readonly forgedApprovals: readonly string[];
}

/** FORGED: the row proves nothing. REFUSED: it is proven, and not enough. */
type Finding = 'HOLDS' | 'REFUSED' | 'FORGED';
type Prove = Pick<Rights, 'holds'>;
type Account = LeaseGrounds['account'];

/**
 * Whether everything that a lease stands on holds now: asked for, by whom, agreed to by whom, under which policy. Of a row only what
 * its MAC proves is believed; so whoever can write rows, and has no RIGHTS key, makes no lease.
 * @throws KeyUnavailableError when that can't be known now.
 */
export async function verifyLease(grounds: LeaseGrounds, rights: Prove): Promise<Verdict> {
	const { policy, firmStatus, isClockSound } = grounds;
	const request = await findRequest(grounds, rights);
	const requester = await findOperator(grounds, 'OPERATOR', rights);
	const ofPolicy = await findPolicy(grounds, rights);
	const yeses: { readonly of: Approver; readonly finding: Finding }[] = [];
	for (const of of grounds.approvers) yeses.push({ of, finding: await findYes(grounds, of, rights) });
	const doubts: Doubt[] = [];
	if (request !== 'HOLDS') doubts.push('REQUEST');
	if (requester !== 'HOLDS') doubts.push('REQUESTER');
	if (firmStatus !== 'ACTIVE') doubts.push('FIRM');
	if (isOld(grounds)) doubts.push('AGE');
	if (!isClockSound) doubts.push('CLOCK');
	if (ofPolicy !== 'HOLDS') doubts.push('POLICY');
	const counted = yeses.flatMap(({ of, finding }) => (finding === 'HOLDS' ? [of] : []));
	if (policy && !isAgreed(policy, agreedBy(counted, grounds))) doubts.push('APPROVALS');
	const forgedApprovals = yeses.flatMap(({ of, finding }) => (finding === 'FORGED' ? [of.account.user] : []));
	const isForged = [request, requester, ofPolicy].includes('FORGED') || forgedApprovals.length > 0;
	return { doubts, isForged, forgedApprovals };
}

type Someone = Pick<LeaseGrounds, 'account' | 'operator'>;

/** Who someone is in a rule of two. Nobody of a firm is there by the word of the platform's people. */
const voiceOf = ({ account: { person }, operator }: Someone): Voice => ({
	person,
	introducedBy: operator?.introducedBy ?? [],
	introducedAt: operator?.introducedAt ?? null,
});

/** How many persons have agreed for each side, each independent of the others and of the one who asks. */
function agreedBy(approvers: readonly Approver[], { account, operator, now }: LeaseGrounds) {
	const of = (side: Side) => approvers.filter(({ approval }) => approval.side === side).map(voiceOf);
	const requester = voiceOf({ account, operator });
	const platform = of('PLATFORM');
	return {
		platform: countIndependent(platform, now, [requester]),
		// Nobody agrees for both sides.
		firm: countIndependent(of('FIRM'), now, [requester, ...platform]),
	};
}

/**
 * Whether the request has waited too long: by its row, and by the time in the id (RFC 9562, section 5.7), which is a part of
 * everything that was proven.
 */
function isOld({ lease, now }: LeaseGrounds): boolean {
	const made = Number.parseInt(lease.id.replace('-', '').slice(0, 12), 16);
	return isOverdue(Math.min(lease.requestedAt.getTime(), made), now);
}

async function findRequest({ lease }: LeaseGrounds, rights: Prove): Promise<Finding> {
	const of = {
		lease: lease.id,
		firm: lease.firmId,
		requestHash: hexOf(lease.requestHash),
		requestedBy: lease.requestedBy,
	};
	const isProven = isOwnHash(lease) && (await rights.holds(PLATFORM, requestStatement(of), lease.requestMac));
	return isProven ? 'HOLDS' : 'FORGED';
}

async function findPolicy({ lease: { firmId: firm }, policy }: LeaseGrounds, rights: Prove): Promise<Finding> {
	const isProven = policy && (await rights.holds(firm, policyStatement({ ...policy, firm }), policy.mac));
	return isProven ? 'HOLDS' : 'FORGED';
}

/** Whether an approval is of this very request, proven, and of someone who may agree now. */
async function findYes({ lease }: LeaseGrounds, approver: Approver, rights: Prove): Promise<Finding> {
	const { approval } = approver;
	const { side, userId: user } = approval;
	const isOfThis = approval.firmId === lease.firmId && Buffer.compare(approval.requestHash, lease.requestHash) === 0;
	const of = { lease: lease.id, firm: lease.firmId, requestHash: hexOf(lease.requestHash), side, user };
	const key = side === 'FIRM' ? lease.firmId : PLATFORM;
	if (!isOfThis || !(await rights.holds(key, approvalStatement(of), approval.mac))) return 'FORGED';
	return side === 'FIRM' ? findOwner(lease.firmId, approver, rights) : findOperator(approver, 'APPROVER', rights);
}

async function findOperator(
	{ account, operator }: Someone,
	role: 'OPERATOR' | 'APPROVER',
	rights: Prove,
): Promise<Finding> {
	if (!operator) return 'FORGED';
	const active = operator.disabledAt === null;
	const statement = operatorStatement({ ...operator, ...identityOf(account), active });
	if (!(await rights.holds(PLATFORM, statement, operator.mac))) return 'FORGED';
	return active && operator.roles.includes(role) && account.disabledAt === null ? 'HOLDS' : 'REFUSED';
}

async function findOwner(firm: string, { account, membership }: Approver, rights: Prove): Promise<Finding> {
	if (!membership) return 'FORGED';
	const { role, clientId: client, mac } = membership;
	const active = membership.removedAt === null;
	const statement = membershipStatement({ ...identityOf(account), firm, role, client, active });
	if (!(await rights.holds(firm, statement, mac))) return 'FORGED';
	return active && role === 'OWNER' && account.disabledAt === null ? 'HOLDS' : 'REFUSED';
}

const identityOf = ({ user, person, issuer, subject }: Account) => ({ user, person, issuer, subject });
