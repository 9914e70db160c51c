import { type FirmPrincipal, type SignInTime, whyNotFresh } from '../../access/index.ts';
import type { Act } from '../../audit/index.ts';
import {
	cancelJob,
	type JobRow,
	type Plane,
	selectJob,
	selectNow,
	setJobApproved,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { jobAct } from './job-entries.ts';
import { hashJob, isFreshJob, proveApproval, requiredApprovalFor } from './job-proof.ts';

/** What an owner decides with: the firm's own plane, which proves with the firm's key. */
export interface OwnerApprovalParts {
	readonly plane: Pick<Plane, 'read' | 'write'>;
	readonly rights: RightsProofs;
	readonly record: (act: Act) => Promise<unknown>;
}

/** What an owner says yes to: exactly the job that has this hash. */
export interface ReviewedJob {
	readonly jobId: string;
	/** 64 lower-case hex digits. */
	readonly requestHash: string;
}

/**
 * An owner's yes to a job that waits for it, by which a worker does it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for a sign-in older than five minutes or of a time that isn't told, CONFLICT for another hash, for a job that does not wait for
 * an owner, or was asked for more than a week ago; KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function approveAsOwner(
	services: OwnerApprovalParts,
	{ firm, user }: Pick<FirmPrincipal, 'firm' | 'user'>,
	signedIn: SignInTime,
	{ jobId, requestHash }: ReviewedJob,
): Promise<JobRow> {
	const { job, now } = await services.plane.read(firm, async (tx) => ({
		job: await findWaiting(tx, jobId),
		now: await selectNow(tx),
	}));
	const stale = whyNotFresh('Agreeing to a job', signedIn, now);
	if (stale) throw new FirmsealError('FORBIDDEN', stale);
	if (hashJob(job) !== requestHash)
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the job, which may have changed since you read it: read it again before you decide.',
		);
	if (!isFreshJob(job)) throw new FirmsealError('CONFLICT', 'The job was asked for too long ago: deny it.');
	const mac = await proveApproval(services.rights, job, user);
	return services.plane.write(firm, async (tx) => {
		if (!(await setJobApproved(tx, jobId, { user, mac }))) throw notWaitingError();
		await services.record(jobAct('job.agree', job));
		return findJob(tx, jobId);
	});
}

/** An owner's no: the job is called off before anything of it was done. @throws FirmsealError NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE */
export const denyAsOwner = (services: OwnerApprovalParts, firm: string, id: string): Promise<JobRow> =>
	services.plane.write(firm, async (tx) => {
		const job = await findWaiting(tx, id);
		if (!(await cancelJob(tx, id))) throw notWaitingError();
		await services.record(jobAct('job.cancel', job));
		return findJob(tx, id);
	});

async function findWaiting(tx: Transaction, id: string): Promise<JobRow> {
	const job = await findJob(tx, id);
	if (job.state !== 'WAITING' || requiredApprovalFor(job) !== 'OWNER') throw notWaitingError();
	return job;
}

async function findJob(tx: Transaction, id: string): Promise<JobRow> {
	const job = await selectJob(tx, id);
	if (!job) throw new FirmsealError('NOT_FOUND', 'There is no such job of your firm.');
	return job;
}

const notWaitingError = () => new FirmsealError('CONFLICT', 'The job does not wait for an owner’s yes.');
