import { jobAgreementStatement, jobStatement } from '../access/index.ts';
import type { JobRow } from '../database/index.ts';
import { PLATFORM, type Rights } from '../keys/index.ts';

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

/** Whether a job is what somebody asked for, and agreed to if `isAgreed` says that it was. @throws KeyUnavailableError */
export async function isJobProven(rights: Rights, job: JobRow): Promise<boolean> {
	if (!(await rights.holds(ownerOf(job), jobStatement(partsOf(job)), job.mac))) return false;
	if (job.agreedBy === null) return true;
	const agreement = jobAgreementStatement({ ...partsOf(job), user: job.agreedBy });
	return rights.holds(PLATFORM, agreement, job.agreedMac);
}
