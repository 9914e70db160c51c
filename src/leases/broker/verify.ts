import {
	approvalStatement,
	isAgreed,
	membershipStatement,
	operatorStatement,
	policyStatement,
	requestStatement,
} from '../../access/index.ts';
import type { Approver, LeaseGrounds } from '../../database/index.ts';
import { PLATFORM, type Rights } from '../../keys/index.ts';
import { hexOf, isOwnHash } from '../request-hash.ts';

/** What a lease was refused for: the part that doesn't hold. */
export type Doubt = 'REQUEST' | 'REQUESTER' | 'FIRM' | 'POLICY' | 'APPROVALS' | 'CLOCK' | 'AGE' | 'KEY';

export interface Verdict {
	/** None: every part holds. */
	readonly doubts: readonly Doubt[];
	/** User ids of approvals that count for nothing, whether or not the others are enough. */
	readonly uncounted: readonly string[];
}

type Prove = Pick<Rights, 'holds'>;
type Account = LeaseGrounds['account'];

/**
 * Whether everything that a lease stands on holds now: asked for, by whom, agreed to by whom, under which policy. Of a row only what
 * its MAC proves is believed; so whoever can write rows, and has no RIGHTS key, makes no lease.
 * @throws KeyUnavailableError when that can't be known now.
 */
export async function verifyLease(grounds: LeaseGrounds, rights: Prove): Promise<Verdict> {
	const { lease, policy, firmStatus, isClockSound } = grounds;
	const doubts: Doubt[] = [];
	if (!(await isProvenRequest(grounds, rights))) doubts.push('REQUEST');
	if (!(await operates(grounds, 'OPERATOR', rights))) doubts.push('REQUESTER');
	if (firmStatus !== 'ACTIVE') doubts.push('FIRM');
	if (isOld(grounds)) doubts.push('AGE');
	if (!isClockSound) doubts.push('CLOCK');
	const isPolicyProven =
		policy !== null &&
		(await rights.holds(lease.firmId, policyStatement({ ...policy, firm: lease.firmId }), policy.mac));
	if (!isPolicyProven) doubts.push('POLICY');
	const counted = new Map<Approver, boolean>();
	for (const approver of grounds.approvers) counted.set(approver, await counts(grounds, approver, rights));
	const personsOf = (side: Approver['approval']['side']) =>
		new Set([...counted].flatMap(([of, yes]) => (yes && of.approval.side === side ? [of.account.person] : [])));
	const firm = personsOf('FIRM');
	const platform = personsOf('PLATFORM');
	// Nobody agrees for both sides.
	const both = [...firm].filter((person) => platform.has(person)).length;
	const agreed = { firm: firm.size - both, platform: platform.size };
	if (policy && !isAgreed(policy, agreed)) doubts.push('APPROVALS');
	const uncounted = [...counted].flatMap(([{ account }, yes]) => (yes ? [] : [account.user]));
	return { doubts, uncounted };
}

/** Milliseconds for which what was agreed to may be used. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Whether the request is of more than a day ago: by its row, and by the time in the id (RFC 9562, section 5.7), which is a part of
 * everything that was proven.
 */
function isOld({ lease, now }: LeaseGrounds): boolean {
	const made = Number.parseInt(lease.id.replace('-', '').slice(0, 12), 16);
	return now.getTime() - Math.min(lease.requestedAt.getTime(), made) >= DAY;
}

async function isProvenRequest({ lease }: LeaseGrounds, rights: Prove): Promise<boolean> {
	const of = {
		lease: lease.id,
		firm: lease.firmId,
		requestHash: hexOf(lease.requestHash),
		requestedBy: lease.requestedBy,
	};
	return isOwnHash(lease) && (await rights.holds(PLATFORM, requestStatement(of), lease.requestMac));
}

/** Whether an approval is of this very request, proven, and of another person than the one who asks, who may agree now. */
async function counts(
	{ lease, account: requester }: LeaseGrounds,
	approver: Approver,
	rights: Prove,
): Promise<boolean> {
	const { approval, account } = approver;
	if (account.person === requester.person || approval.firmId !== lease.firmId) return false;
	if (Buffer.compare(approval.requestHash, lease.requestHash) !== 0) return false;
	const { side, userId: user } = approval;
	const of = { lease: lease.id, firm: lease.firmId, requestHash: hexOf(lease.requestHash), side, user };
	const key = side === 'FIRM' ? lease.firmId : PLATFORM;
	if (!(await rights.holds(key, approvalStatement(of), approval.mac))) return false;
	return side === 'FIRM' ? owns(lease.firmId, approver, rights) : operates(approver, 'APPROVER', rights);
}

async function operates(
	{ account, operator }: Pick<LeaseGrounds, 'account' | 'operator'>,
	role: 'OPERATOR' | 'APPROVER',
	rights: Prove,
): Promise<boolean> {
	if (!operator?.roles.includes(role) || operator.disabledAt !== null || account.disabledAt !== null) return false;
	const statement = operatorStatement({ ...identityOf(account), roles: operator.roles, active: true });
	return rights.holds(PLATFORM, statement, operator.mac);
}

async function owns(firm: string, { account, membership }: Approver, rights: Prove): Promise<boolean> {
	if (membership?.role !== 'OWNER' || membership.removedAt !== null || account.disabledAt !== null) return false;
	const { role, clientId: client, mac } = membership;
	const statement = membershipStatement({ ...identityOf(account), firm, role, client, active: true });
	return rights.holds(firm, statement, mac);
}

const identityOf = ({ user, person, issuer, subject }: Account) => ({ user, person, issuer, subject });
