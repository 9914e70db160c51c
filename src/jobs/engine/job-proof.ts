import { jobApprovalStatement, jobStatement } from '../../access/index.ts';
import type { JobKind, JobRow } from '../../database/index.ts';
import { hashApprovalRequest } from '../../firms/index.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { areEraseTermsValid, expiryOfEraseTerms } from './erase-terms.ts';

type Of = Pick<
	JobRow,
	'id' | 'firmId' | 'kind' | 'class' | 'version' | 'askedOn' | 'askedBy' | 'askedAt' | 'subject' | 'terms'
>;

type JobToApprove = Pick<JobRow, 'kind' | 'firmId'> & Partial<Pick<JobRow, 'askedOn'>>;

/** Whose yes is needed beside whoever asks: another APPROVER's, or an OWNER's of the firm. */
export type RequiredApproval = 'APPROVER' | 'OWNER';

/**
 * What destroys something for good, or brings keys back, another person of the platform must agree to; what decides under whose key a firm's
 * content is, and who has shares of its keys, the firm. The rest needs nobody. The database has the same (required_approval_for).
 */
const REQUIRED_APPROVALS: Readonly<Partial<Record<JobKind, RequiredApproval>>> = {
	DESTROY: 'APPROVER',
	CONTRACT: 'APPROVER',
	BRING: 'OWNER',
	GIVE_BACK: 'OWNER',
	ERASE: 'APPROVER',
	ESCROW: 'OWNER',
	RECOVER: 'APPROVER',
	DRILL: 'APPROVER',
	APPOINT: 'APPROVER',
	ADD_OPERATOR: 'APPROVER',
};

/**
 * What a restore has brought back the worker erases again by itself: two persons have said so before. Of the platform's keys there is no owner, and
 * another approver agrees to who has shares of them.
 */
export function requiredApprovalFor({ kind, firmId, askedOn }: JobToApprove): RequiredApproval | null {
	if (kind === 'ERASE' && askedOn === 'worker') return null;
	if (kind === 'ESCROW' && firmId === PLATFORM_FIRM_ID) return 'APPROVER';
	return REQUIRED_APPROVALS[kind] ?? null;
}

/** Milliseconds. */
const WEEK = 7 * 24 * 3_600_000;

/** Kinds that are worth something to whoever could have an old one done once more: after how long they prove nothing any more. */
const STALE_AFTER: Readonly<Partial<Record<JobKind, number>>> = {
	DISABLE: WEEK,
	ENABLE: WEEK,
	DESTROY: WEEK,
	MOVE: WEEK,
	CONTRACT: WEEK,
	BRING: WEEK,
	GIVE_BACK: WEEK,
	ESCROW: WEEK,
	RECOVER: WEEK,
	DRILL: WEEK,
	// It waits for three days after the agreement.
	APPOINT: 2 * WEEK,
	ADD_OPERATOR: WEEK,
};

const partsOf = ({ id, firmId, kind, class: of, version, askedOn, askedBy, askedAt, subject, terms }: Of) => ({
	job: id,
	firm: firmId,
	kind,
	class: of,
	version,
	askedOn,
	askedBy,
	askedAt,
	subject,
	terms,
});

/** Whose key proves what was asked: the firm's, where its own plane asks, which has no other. */
const ownerOf = ({ askedOn, firmId }: Of) => (askedOn === 'firm' ? firmId : PLATFORM_FIRM_ID);

export const proveJob = (rights: RightsProofs, job: Of): Promise<Uint8Array> =>
	rights.prove(ownerOf(job), jobStatement(partsOf(job)));

/** Under whose key somebody agrees: each side has only its own, so that none agrees for the other. */
const approvalKeyOwnerOf = ({ kind, firmId }: Of) =>
	requiredApprovalFor({ kind, firmId }) === 'OWNER' ? firmId : PLATFORM_FIRM_ID;

export const proveApproval = (rights: RightsProofs, job: Of, user: string): Promise<Uint8Array> =>
	rights.prove(approvalKeyOwnerOf(job), jobApprovalStatement({ ...partsOf(job), user }));

/** Of all that a job's proof is of: what another person agrees to. */
export const hashJob = (job: Of): string => hashApprovalRequest('job', jobStatement(partsOf(job)));

/** Whether it was asked for so lately that it may still be done. */
export const isFreshJob = ({ kind, askedAt }: Pick<Of, 'kind' | 'askedAt'>): boolean =>
	Math.abs(Date.now() - askedAt.getTime()) < (STALE_AFTER[kind] ?? Number.POSITIVE_INFINITY);

/** Until when it may be done; null: for ever, or never. */
export function validUntil({ kind, askedAt, terms }: Pick<Of, 'kind' | 'askedAt' | 'terms'>): Date | null {
	if (kind === 'ERASE') return expiryOfEraseTerms(terms);
	const span = STALE_AFTER[kind];
	return span === undefined ? null : new Date(askedAt.getTime() + span);
}

const isStillValid = (job: JobRow): boolean => (job.kind === 'ERASE' ? areEraseTermsValid(job) : isFreshJob(job));

async function wasRequestProven(rights: RightsProofs, job: JobRow): Promise<boolean> {
	// A firm's own plane asks for another key, and for nothing else.
	const isOfFirm = job.askedOn !== 'firm' || (job.kind === 'ROTATE' && job.class !== null);
	return isOfFirm && rights.verify(ownerOf(job), jobStatement(partsOf(job)), job.mac);
}

/** Whether a job is what somebody asked for, who might ask for it. @throws KeyUnavailableError */
export const isRequestProven = async (rights: RightsProofs, job: JobRow): Promise<boolean> =>
	isStillValid(job) && wasRequestProven(rights, job);

/** Whether it may be done: asked for, and agreed to by whoever must. @throws KeyUnavailableError */
export const isJobProven = async (rights: RightsProofs, job: JobRow): Promise<boolean> =>
	isStillValid(job) && wasApprovalProven(rights, job);

/** The same of a job that is done, however long ago; null: a key that proves it is lost or closed. @throws KeyUnavailableError AWAY, THROTTLED */
export async function wasJobProven(rights: RightsProofs, job: JobRow): Promise<boolean | null> {
	try {
		return await wasApprovalProven(rights, job);
	} catch (error) {
		if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return null;
		throw error;
	}
}

async function wasApprovalProven(rights: RightsProofs, job: JobRow): Promise<boolean> {
	if (!(await wasRequestProven(rights, job))) return false;
	if (job.agreedBy === null) return requiredApprovalFor(job) === null;
	// While no one else can approve another approver, the waiting period stands in for the second person (people/decide-on-person.ts).
	if (job.agreedBy === job.askedBy && job.kind !== 'APPOINT') return false;
	const agreement = jobApprovalStatement({ ...partsOf(job), user: job.agreedBy });
	return rights.verify(approvalKeyOwnerOf(job), agreement, job.agreedMac);
}

/** Whether a row that was read again is the one that was proven: whatever a proof is of is as it was. */
export const isSameJob = (one: JobRow, other: JobRow): boolean =>
	JSON.stringify([partsOf(one), one.agreedBy]) === JSON.stringify([partsOf(other), other.agreedBy]);
