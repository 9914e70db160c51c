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
	if (!job) throw new FirmsealError('NOT_FOUND', 'There is no such job: `firmseal job list` names them.');
	return job;
}

/**
 * The second person's yes to a job that waits for it: exactly the one that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and independent of the one who asked, and for what an owner of the firm must agree
 * to; NOT_FOUND, CONFLICT for another hash, for a job that waits for no one, or that isn't what was asked for; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
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

/** What agree() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkJobApproval(admin: AdminContext, id: string, by: OperatorPrincipal): Promise<JobRow> {
	requireApprover(by);
	const job = await findJob(admin, id);
	if (job.state !== 'WAITING') throw notWaitingError(job);
	if (requiredApprovalFor(job) === 'OWNER')
		throw new FirmsealError('FORBIDDEN', 'An owner of the firm must agree to this job, nobody of the platform.');
	const approvers = await findProvenApprovers(admin);
	if (job.askedBy === null || !approvers.has(job.askedBy) || !(await isRequestProven(admin.rights, job)))
		throw new FirmsealError('CONFLICT', 'Who asked for this job is no approver, or it was changed since: cancel it.');
	const operators = await admin.worker.read(null, selectOperatorsNow);
	if (mayDecide(job.kind, approvers, { askedBy: job.askedBy, agreedBy: by.user }, operators)) return job;
	throw new FirmsealError(
		'FORBIDDEN',
		job.kind === 'APPOINT' && lacksOne(approvers, operators)
			? 'Another person than the one who asked must agree: an approver was disabled within the last 30 days, or has rights that can not be proven, and so long no one decides alone.'
			: 'Another person than the one who asked must agree; for 30 days not one of whom the other has asked that they be an approver.',
	);
}

/** What cancelRequestedJob() would refuse; changes nothing. @throws FirmsealError NOT_FOUND, CONFLICT */
export async function checkJobCancellation(admin: Pick<AdminContext, 'worker'>, id: string): Promise<JobRow> {
	const job = await findJob(admin, id);
	if (job.endedAt !== null) throw jobEndedError();
	if (job.kind === 'ERASE' && job.state === 'RUNNING')
		throw new FirmsealError('CONFLICT', 'The erasure has begun, and cannot be called off any more.');
	return job;
}

const jobEndedError = () => new FirmsealError('CONFLICT', 'The job has ended already.');

/** Calls a job off; what it has done stays, and asking again goes on from there. @throws FirmsealError NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE. */
export async function cancelRequestedJob(admin: AdminContext, id: string): Promise<JobRow> {
	const job = await checkJobCancellation(admin, id);
	await admin.worker.write(job.firmId, async (tx) => {
		if (!(await cancelJob(tx, id))) throw jobEndedError();
		await admin.audit.append([commandEntry(admin.osAccount, jobAct('job.cancel', job))]);
	});
	return { ...job, state: 'CANCELLED' };
}

const notWaitingError = (job: JobRow | null) =>
	new FirmsealError('CONFLICT', `The job is ${job?.state ?? 'gone'}: it waits for nobody’s agreement.`);
