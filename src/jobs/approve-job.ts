import type { OperatorPrincipal } from '../access/index.ts';
import { commandEntry } from '../audit/index.ts';
import { cancelJob, type JobRow, selectJob, setJobApproved } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import {
	type AdminContext,
	assertRequestHash,
	findProvenApprovers,
	recordOperatorAct,
	requireApprover,
} from '../firms/index.ts';
import { hashJob, isRequestProven, jobAct, proveApproval, requiredApprovalFor } from './engine/index.ts';
import { lacksOne, mayDecide, selectOperatorsNow } from './people/index.ts';

/** @throws FirmsealError NOT_FOUND */
async function findJob({ worker }: Pick<AdminContext, 'worker'>, id: string): Promise<JobRow> {
	const job = await worker.read(null, (tx) => selectJob(tx, id));
	if (!job) throw new FirmsealError('NOT_FOUND', 'No job has this id: `firmseal job list` lists the newest jobs.');
	return job;
}

/**
 * Records the second person's approval of a waiting job: exactly the job that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and independent of the requester, or if an owner of the firm must approve;
 * NOT_FOUND; CONFLICT if the hash differs, if the job waits for no one, or if it is not what was requested; KEY_UNAVAILABLE;
 * AUDIT_UNAVAILABLE.
 */
export async function approveJob(
	admin: AdminContext,
	{ job: id, requestHash }: { readonly job: string; readonly requestHash: string },
	by: OperatorPrincipal,
): Promise<JobRow> {
	const job = await checkJobApproval(admin, id, by);
	assertRequestHash(hashJob(job), requestHash);
	const mac = await proveApproval(admin.rights, job, by.user);
	return admin.worker.write(job.firmId, async (tx) => {
		if (!(await setJobApproved(tx, id, { user: by.user, mac }))) throw notWaitingError(await selectJob(tx, id));
		await recordOperatorAct(admin, by, jobAct('job.agree', job));
		return (await selectJob(tx, id)) as JobRow;
	});
}

/** Refuses what approveJob() would refuse, and changes nothing. Returns the job. @throws FirmsealError as approveJob() does */
export async function checkJobApproval(admin: AdminContext, id: string, by: OperatorPrincipal): Promise<JobRow> {
	requireApprover(by);
	const job = await findJob(admin, id);
	if (job.state !== 'WAITING') throw notWaitingError(job);
	if (requiredApprovalFor(job) === 'OWNER')
		throw new FirmsealError('FORBIDDEN', 'Only an owner of the firm can approve this job, no one of the platform.');
	const approvers = await findProvenApprovers(admin);
	if (job.askedBy === null || !approvers.has(job.askedBy) || !(await isRequestProven(admin.rights, job)))
		throw new FirmsealError(
			'CONFLICT',
			'The requester of this job is not an approver, or the job was changed since: cancel it.',
		);
	const operators = await admin.worker.read(null, selectOperatorsNow);
	if (mayDecide(job.kind, approvers, { askedBy: job.askedBy, agreedBy: by.user }, operators)) return job;
	throw new FirmsealError(
		'FORBIDDEN',
		job.kind === 'APPOINT' && lacksOne(approvers, operators)
			? 'A person other than the requester must approve: an approver was disabled within the last 30 days or has rights that cannot be proven, so no one may decide alone.'
			: 'A person other than the requester must approve. For 30 days, an approver and the person who introduced them count as one.',
	);
}

/** Refuses what cancelRequestedJob() would refuse, and changes nothing. Returns the job. @throws FirmsealError NOT_FOUND, CONFLICT */
export async function checkJobCancellation(admin: Pick<AdminContext, 'worker'>, id: string): Promise<JobRow> {
	const job = await findJob(admin, id);
	if (job.endedAt !== null) throw jobEndedError();
	if (job.kind === 'ERASE' && job.state === 'RUNNING')
		throw new FirmsealError('CONFLICT', 'The erasure has begun and can no longer be cancelled.');
	return job;
}

const jobEndedError = () => new FirmsealError('CONFLICT', 'The job has already ended.');

/**
 * Cancels a job. Finished pages stay, and a new request continues after them.
 * @throws FirmsealError NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE
 */
export async function cancelRequestedJob(admin: AdminContext, id: string): Promise<JobRow> {
	const job = await checkJobCancellation(admin, id);
	await admin.worker.write(job.firmId, async (tx) => {
		if (!(await cancelJob(tx, id))) throw jobEndedError();
		await admin.audit.append([commandEntry(admin.osAccount, jobAct('job.cancel', job))]);
	});
	return { ...job, state: 'CANCELLED' };
}

const notWaitingError = (job: JobRow | null) =>
	new FirmsealError('CONFLICT', `The job is ${job?.state ?? 'gone'} and does not wait for approval.`);
