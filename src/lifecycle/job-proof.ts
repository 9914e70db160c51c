import { jobAgreementStatement, jobStatement } from '../access/index.ts';
import type { JobKind, JobRow } from '../database/index.ts';
import { PLATFORM, type Rights } from '../keys/index.ts';

/** Kinds that destroy something for good: another person must agree. */
const NEEDS_ANOTHER: ReadonlySet<JobKind> = new Set(['DESTROY']);

export const needsAnother = (kind: JobKind): boolean => NEEDS_ANOTHER.has(kind);

type Of = Pick<JobRow, 'id' | 'firmId' | 'kind' | 'class' | 'version' | 'askedOn' | 'askedBy' | 'askedAt'>;

const partsOf = ({ id, firmId, kind, class: of, version, askedOn, askedBy, askedAt }: Of) => ({
	job: id,
	firm: firmId,
	kind,
	class: of,
	version,
	askedOn,
	askedBy,
	askedAt,
});

/** Whose key proves what was asked: the firm's, where its own plane asks, which has no other. */
const ownerOf = ({ askedOn, firmId }: Of) => (askedOn === 'firm' ? firmId : PLATFORM);

export const proveJob = (rights: Rights, job: Of): Promise<Uint8Array> =>
	rights.prove(ownerOf(job), jobStatement(partsOf(job)));

export const proveAgreement = (rights: Rights, job: Of, user: string): Promise<Uint8Array> =>
	rights.prove(PLATFORM, jobAgreementStatement({ ...partsOf(job), user }));

/** A firm's own key proves another version of a data key, and nothing else: what it can't ask for, it can't prove either. */
const isFirms = ({ kind, class: of }: Of) => kind === 'ROTATE' && of !== null;

/** Whether a job is what somebody asked for. @throws KeyUnavailableError */
export async function isJobAsked(rights: Rights, job: JobRow): Promise<boolean> {
	if (job.askedOn === 'firm' && !isFirms(job)) return false;
	return rights.holds(ownerOf(job), jobStatement(partsOf(job)), job.mac);
}

/**
 * Whether a job may be done: it is what somebody asked for, and if its kind needs another's yes, or its row says that there is one, that is
 * proven too. The state of its row proves nothing. @throws KeyUnavailableError
 */
export async function isJobProven(rights: Rights, job: JobRow): Promise<boolean> {
	if (!(await isJobAsked(rights, job))) return false;
	if (job.agreedBy === null) return !needsAnother(job.kind);
	if (job.agreedBy === job.askedBy) return false;
	const agreement = jobAgreementStatement({ ...partsOf(job), user: job.agreedBy });
	return rights.holds(PLATFORM, agreement, job.agreedMac);
}
