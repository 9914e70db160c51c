import type { OperatorPrincipal } from '../access/index.ts';
import { commandEntry } from '../audit/index.ts';
import { agreeToJob, cancelJob, type JobRow, selectJob } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { assertRead, findProvenApprovers, type Office, recordBy, requireApprover } from '../firms/index.ts';
import { actOnJob, consentTo, hashJob, isAskedFor, proveAgreement } from './engine/index.ts';
import { lacksOne, mayDecide, selectStanding } from './people/index.ts';

/** @throws FirmsealError NOT_FOUND */
async function findJob({ worker }: Pick<Office, 'worker'>, id: string): Promise<JobRow> {
	const job = await worker.read(null, (tx) => selectJob(tx, id));
	if (!job) throw new FirmsealError('NOT_FOUND', 'There is no such job: `firmseal job list` names them.');
	return job;
}

/**
 * The second person's yes to a job that waits for it: exactly the one that has this hash.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and independent of the one who asked, and for what an owner of the firm must agree
 * to; NOT_FOUND, CONFLICT for another hash, for a job that waits for no one, or that isn't what was asked for; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function agree(
	office: Office,
	{ job: id, requestHash }: { readonly job: string; readonly requestHash: string },
	by: OperatorPrincipal,
): Promise<JobRow> {
	const job = await checkAgreement(office, id, by);
	assertRead(hashJob(job), requestHash);
	const mac = await proveAgreement(office.rights, job, by.user);
	return office.worker.write(job.firmId, async (tx) => {
		if (!(await agreeToJob(tx, id, { user: by.user, mac }))) throw notWaiting(await selectJob(tx, id));
		await recordBy(office, by, actOnJob('job.agree', job));
		return (await selectJob(tx, id)) as JobRow;
	});
}

/** What agree() would refuse; changes nothing. @throws FirmsealError as it does. */
export async function checkAgreement(office: Office, id: string, by: OperatorPrincipal): Promise<JobRow> {
	requireApprover(by);
	const job = await findJob(office, id);
	if (job.state !== 'WAITING') throw notWaiting(job);
	if (consentTo(job) === 'OWNER')
		throw new FirmsealError('FORBIDDEN', 'An owner of the firm must agree to this job, nobody of the platform.');
	const approvers = await findProvenApprovers(office);
	if (job.askedBy === null || !approvers.has(job.askedBy) || !(await isAskedFor(office.rights, job)))
		throw new FirmsealError('CONFLICT', 'Who asked for this job is no approver, or it was changed since: cancel it.');
	const standing = await office.worker.read(null, selectStanding);
	if (mayDecide(job.kind, approvers, { askedBy: job.askedBy, agreedBy: by.user }, standing)) return job;
	throw new FirmsealError(
		'FORBIDDEN',
		job.kind === 'APPOINT' && lacksOne(approvers, standing)
			? 'Another person than the one who asked must agree: an approver was disabled within the last 30 days, or has rights that can not be proven, and so long no one decides alone.'
			: 'Another person than the one who asked must agree; for 30 days not one of whom the other has asked that they be an approver.',
	);
}

/** What callOff() would refuse; changes nothing. @throws FirmsealError NOT_FOUND, CONFLICT */
export async function checkCallOff(office: Pick<Office, 'worker'>, id: string): Promise<JobRow> {
	const job = await findJob(office, id);
	if (job.endedAt !== null) throw hasEnded();
	if (job.kind === 'ERASE' && job.state === 'RUNNING')
		throw new FirmsealError('CONFLICT', 'The erasure has begun, and cannot be called off any more.');
	return job;
}

const hasEnded = () => new FirmsealError('CONFLICT', 'The job has ended already.');

/** Calls a job off; what it has done stays, and asking again goes on from there. @throws FirmsealError NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE. */
export async function callOff(office: Office, id: string): Promise<JobRow> {
	const job = await checkCallOff(office, id);
	await office.worker.write(job.firmId, async (tx) => {
		if (!(await cancelJob(tx, id))) throw hasEnded();
		await office.audit.append([commandEntry(office.account, actOnJob('job.cancel', job))]);
	});
	return { ...job, state: 'CANCELLED' };
}

const notWaiting = (job: JobRow | null) =>
	new FirmsealError('CONFLICT', `The job is ${job?.state ?? 'gone'}: it waits for nobody’s agreement.`);
