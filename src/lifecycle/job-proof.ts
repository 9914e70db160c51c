import { jobAgreementStatement, jobStatement } from '../access/index.ts';
import type { JobKind, JobRow } from '../database/index.ts';
import { PLATFORM, type Rights } from '../keys/index.ts';
import { areTermsGood } from './erase/terms.ts';

type Of = Pick<
	JobRow,
	'id' | 'firmId' | 'kind' | 'class' | 'version' | 'askedOn' | 'askedBy' | 'askedAt' | 'subject' | 'terms'
>;

/** Kinds that destroy something for good: another person must agree. */
const NEEDS_ANOTHER: ReadonlySet<JobKind> = new Set(['DESTROY', 'CONTRACT', 'ERASE']);

/** What a restore has brought back the worker erases again by itself: two persons have said so before. */
export const needsAnother = (kind: JobKind, askedOn?: JobRow['askedOn']): boolean =>
	NEEDS_ANOTHER.has(kind) && !(kind === 'ERASE' && askedOn === 'worker');

/** Kinds that are worth something to whoever could have an old one done once more. */
const SOON_STALE: ReadonlySet<JobKind> = new Set(['DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'CONTRACT']);

/** Milliseconds after which such a job proves nothing any more. */
const WEEK = 7 * 24 * 3_600_000;

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
const ownerOf = ({ askedOn, firmId }: Of) => (askedOn === 'firm' ? firmId : PLATFORM);

export const proveJob = (rights: Rights, job: Of): Promise<Uint8Array> =>
	rights.prove(ownerOf(job), jobStatement(partsOf(job)));

export const proveAgreement = (rights: Rights, job: Of, user: string): Promise<Uint8Array> =>
	rights.prove(PLATFORM, jobAgreementStatement({ ...partsOf(job), user }));

/** Whether a job is what somebody asked for, who might ask for it. @throws KeyUnavailableError */
export function isAskedFor(rights: Rights, job: JobRow): Promise<boolean> {
	// A firm's own plane asks for another key, and for nothing else.
	const isOfFirm = job.askedOn !== 'firm' || (job.kind === 'ROTATE' && job.class !== null);
	const isFresh =
		job.kind === 'ERASE'
			? areTermsGood(job)
			: !SOON_STALE.has(job.kind) || Math.abs(Date.now() - job.askedAt.getTime()) < WEEK;
	if (!isOfFirm || !isFresh) return Promise.resolve(false);
	return rights.holds(ownerOf(job), jobStatement(partsOf(job)), job.mac);
}

/** Whether it may be done: asked for, and agreed to if it takes another person. @throws KeyUnavailableError */
export async function isJobProven(rights: Rights, job: JobRow): Promise<boolean> {
	if (!(await isAskedFor(rights, job))) return false;
	if (job.agreedBy === null) return !needsAnother(job.kind, job.askedOn);
	if (job.agreedBy === job.askedBy) return false;
	const agreement = jobAgreementStatement({ ...partsOf(job), user: job.agreedBy });
	return rights.holds(PLATFORM, agreement, job.agreedMac);
}

/** Whether a row that was read again is the one that was proven: whatever a proof is of is as it was. */
export const isSameJob = (one: JobRow, other: JobRow): boolean =>
	JSON.stringify([partsOf(one), one.agreedBy]) === JSON.stringify([partsOf(other), other.agreedBy]);
