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
import { FirmsealError, StaleSignInError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { jobAct } from './job-entries.ts';
import { hashJob, isFreshJob, proveApproval, requiredApprovalFor } from './job-proof.ts';

/** The plane of the firm, and proofs under the firm's key. */
export interface OwnerApprovalParts {
	readonly plane: Pick<Plane, 'read' | 'write'>;
	readonly rights: RightsProofs;
	readonly record: (act: Act) => Promise<unknown>;
}

/** The job that an owner approves: exactly the job that has this hash. */
export interface ReviewedJob {
	readonly jobId: string;
	/** 64 lower-case hex digits. */
	readonly requestHash: string;
}

/**
 * Records an owner's approval of a waiting job, so that a worker runs it.
 * @throws FirmsealError NOT_FOUND; FORBIDDEN if the sign-in is older than five minutes or its time is unknown; CONFLICT if the hash
 * differs, if the job does not wait for an owner, or if it was requested more than a week ago; KEY_UNAVAILABLE; AUDIT_UNAVAILABLE.
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
	if (stale) throw new StaleSignInError(stale);
	if (hashJob(job) !== requestHash)
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the job, which may have changed since you read it: read the job again before you decide.',
		);
	if (!isFreshJob(job)) throw new FirmsealError('CONFLICT', 'The job was requested too long ago: deny it.');
	const mac = await proveApproval(services.rights, job, user);
	return services.plane.write(firm, async (tx) => {
		if (!(await setJobApproved(tx, jobId, { user, mac }))) throw notWaitingError();
		await services.record(jobAct('job.agree', job));
		return findJob(tx, jobId);
	});
}

/** Cancels a waiting job for an owner, before any of it ran. @throws FirmsealError NOT_FOUND, CONFLICT, AUDIT_UNAVAILABLE */
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
	if (!job) throw new FirmsealError('NOT_FOUND', 'Your firm has no job with this id.');
	return job;
}

const notWaitingError = () => new FirmsealError('CONFLICT', 'The job does not wait for an owner’s approval.');
