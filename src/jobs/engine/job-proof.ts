import { jobApprovalStatement, jobStatement } from '../../access/index.ts';
import type { JobKind, JobRow } from '../../database/index.ts';
import { hashApprovalRequest } from '../../firms/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';
import { areEraseTermsValid, expiryOfEraseTerms } from './erase-terms.ts';
import { nullIfKeyRefused } from './job-step.ts';

type Of = Pick<
	JobRow,
	'id' | 'firmId' | 'kind' | 'class' | 'version' | 'askedOn' | 'askedBy' | 'askedAt' | 'subject' | 'terms'
>;

type JobToApprove = Pick<JobRow, 'kind' | 'firmId'> & Partial<Pick<JobRow, 'askedOn'>>;

/** Who must approve a job besides its requester: another APPROVER, or an OWNER of the firm. */
export type RequiredApproval = 'APPROVER' | 'OWNER';

/**
 * A job that destroys something permanently or recovers keys needs another person of the platform. A job that decides whose key protects a
 * firm's content, or who has shares of its keys, needs the firm. Other jobs need no approval. The database has the same table
 * (required_approval_for).
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
 * The worker repeats an erasure after a restore without approval, because two persons approved it before. The platform's keys have no
 * owner, so another approver approves who has shares of them.
 */
export function requiredApprovalFor({ kind, firmId, askedOn }: JobToApprove): RequiredApproval | null {
	if (kind === 'ERASE' && askedOn === 'worker') return null;
	if (kind === 'ESCROW' && firmId === PLATFORM_FIRM_ID) return 'APPROVER';
	return REQUIRED_APPROVALS[kind] ?? null;
}

/** Milliseconds. */
const WEEK = 7 * 24 * 3_600_000;

/** Milliseconds after which a request expires, for kinds that an attacker could gain from repeating. */
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
	// It waits for three days after the approval.
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

/** Whose key proves the request: the firm's if its own plane asks, because that plane has no other. */
const ownerOf = ({ askedOn, firmId }: Of) => (askedOn === 'firm' ? firmId : PLATFORM_FIRM_ID);

export const proveJob = (rights: RightsProofs, job: Of): Promise<Uint8Array> =>
	rights.prove(ownerOf(job), jobStatement(partsOf(job)));

/** Whose key proves the approval. Each side has only its own key, so neither can approve for the other. */
const approvalKeyOwnerOf = ({ kind, firmId }: Of) =>
	requiredApprovalFor({ kind, firmId }) === 'OWNER' ? firmId : PLATFORM_FIRM_ID;

export const proveApproval = (rights: RightsProofs, job: Of, user: string): Promise<Uint8Array> =>
	rights.prove(approvalKeyOwnerOf(job), jobApprovalStatement({ ...partsOf(job), user }));

/** The hash of everything that the job's proof covers. An approver approves exactly this. */
export const hashJob = (job: Of): string => hashApprovalRequest('job', jobStatement(partsOf(job)));

/** True if the request has not expired. */
export const isFreshJob = ({ kind, askedAt }: Pick<Of, 'kind' | 'askedAt'>): boolean =>
	Math.abs(Date.now() - askedAt.getTime()) < (STALE_AFTER[kind] ?? Number.POSITIVE_INFINITY);

/** The time when the request expires; null if it never expires, or if it has no valid terms. */
export function validUntil({ kind, askedAt, terms }: Pick<Of, 'kind' | 'askedAt' | 'terms'>): Date | null {
	if (kind === 'ERASE') return expiryOfEraseTerms(terms);
	const span = STALE_AFTER[kind];
	return span === undefined ? null : new Date(askedAt.getTime() + span);
}

const isStillValid = (job: JobRow): boolean => (job.kind === 'ERASE' ? areEraseTermsValid(job) : isFreshJob(job));

async function wasRequestProven(rights: RightsProofs, job: JobRow): Promise<boolean> {
	// A firm's own plane may only request the rotation of a data key.
	const isOfFirm = job.askedOn !== 'firm' || (job.kind === 'ROTATE' && job.class !== null);
	return isOfFirm && rights.verify(ownerOf(job), jobStatement(partsOf(job)), job.mac);
}

/** True if the request is authentic and has not expired. @throws KeyUnavailableError */
export const isRequestProven = async (rights: RightsProofs, job: JobRow): Promise<boolean> =>
	isStillValid(job) && wasRequestProven(rights, job);

/** True if the job may run: the request and the required approval are authentic and have not expired. @throws KeyUnavailableError */
export const isJobProven = async (rights: RightsProofs, job: JobRow): Promise<boolean> =>
	isStillValid(job) && wasApprovalProven(rights, job);

/**
 * As isJobProven(), ignoring expiry, for a job that has run. null if a key that proves it is lost or disabled.
 * @throws KeyUnavailableError AWAY, THROTTLED
 */
export async function wasJobProven(rights: RightsProofs, job: JobRow): Promise<boolean | null> {
	try {
		return await wasApprovalProven(rights, job);
	} catch (error) {
		return nullIfKeyRefused(error);
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

/** True if a row that was read again equals the proven row in everything that the proof covers. */
export const isSameJob = (one: JobRow, other: JobRow): boolean =>
	JSON.stringify([partsOf(one), one.agreedBy]) === JSON.stringify([partsOf(other), other.agreedBy]);
