import { type OperatorPrincipal, type SignInTime, whyNotFresh } from '../access/index.ts';
import { type Act, commandEntry } from '../audit/index.ts';
import { cancelJob, type JobRow, type Plane, selectJob, selectNow, setJobApproved } from '../database/index.ts';
import { FirmsealError, StaleSignInError } from '../errors.ts';
import {
	type AdminContext,
	assertRequestHash,
	filterProvenApprovers,
	recordOperatorAct,
	requireApprover,
} from '../firms/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import { hashJob, isRequestProven, jobAct, proveApproval, requiredApprovalFor } from './engine/index.ts';
import { lacksOne, mayDecide, selectOperatorsNow } from './people/index.ts';

/** A plane of the platform, on which an approver decides, and proofs under the platform's key. */
export interface ApproverApprovalParts {
	readonly plane: Pick<Plane, 'read' | 'write' | 'role'>;
	readonly rights: RightsProofs;
	/** Makes an entry about the approver's act durable, inside the act's transaction. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<unknown>;
	/** The same for an entry about a row that gives a right but can't be proven. */
	readonly recordUnproven: (act: Act) => Promise<unknown>;
}

export interface JobToApprove {
	readonly job: string;
	/** 64 lower-case hex digits. */
	readonly requestHash: string;
}

/** The parts of a command, whose entries name the operating system's account. */
const partsOfCommand = (admin: AdminContext, by: OperatorPrincipal): ApproverApprovalParts => ({
	plane: admin.worker,
	rights: admin.rights,
	record: (act) => recordOperatorAct(admin, by, act),
	recordUnproven: (act) => admin.audit.append([commandEntry(admin.osAccount, act)]),
});

/** @throws FirmsealError NOT_FOUND */
async function findJob(plane: Pick<Plane, 'read'>, id: string): Promise<JobRow> {
	const job = await plane.read(null, (tx) => selectJob(tx, id));
	if (!job) throw new FirmsealError('NOT_FOUND', 'No job has this id: `firmseal job list` lists the newest jobs.');
	return job;
}

/**
 * Records the second person's approval of a waiting job: exactly the job that has this hash. For a command, which has checked the sign-in.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER and independent of the requester, or if an owner of the firm must approve;
 * NOT_FOUND; CONFLICT if the hash differs, if the job waits for no one, or if it is not what was requested; KEY_UNAVAILABLE;
 * AUDIT_UNAVAILABLE.
 */
export const approveJob = (admin: AdminContext, job: JobToApprove, by: OperatorPrincipal): Promise<JobRow> =>
	approve(partsOfCommand(admin, by), job, by);

/**
 * The same for a request to the API.
 * @throws FirmsealError as approveJob() does; FORBIDDEN also if the sign-in is older than five minutes or its time is unknown.
 */
export async function approveAsApprover(
	parts: ApproverApprovalParts,
	by: OperatorPrincipal,
	signedIn: SignInTime,
	job: JobToApprove,
): Promise<JobRow> {
	const stale = whyNotFresh('Agreeing to a job', signedIn, await parts.plane.read(null, selectNow));
	if (stale) throw new StaleSignInError(stale);
	return approve(parts, job, by);
}

async function approve(
	parts: ApproverApprovalParts,
	{ job: id, requestHash }: JobToApprove,
	by: OperatorPrincipal,
): Promise<JobRow> {
	const { plane, rights, record } = parts;
	const job = await checkApproval(parts, id, by);
	assertRequestHash(hashJob(job), requestHash);
	const mac = await proveApproval(rights, job, by.user);
	// The operator plane's transactions name no firm.
	return plane.write(plane.role === 'firmseal_operator' ? null : job.firmId, async (tx) => {
		if (!(await setJobApproved(tx, id, { user: by.user, mac }))) throw notWaitingError(await selectJob(tx, id));
		await record(jobAct('job.agree', job));
		return (await selectJob(tx, id)) as JobRow;
	});
}

/** Refuses what approveJob() would refuse, and changes nothing. Returns the job. @throws FirmsealError as approveJob() does */
export const checkJobApproval = (admin: AdminContext, id: string, by: OperatorPrincipal): Promise<JobRow> =>
	checkApproval(partsOfCommand(admin, by), id, by);

async function checkApproval(
	{ plane, rights, recordUnproven }: ApproverApprovalParts,
	id: string,
	by: OperatorPrincipal,
): Promise<JobRow> {
	requireApprover(by);
	const job = await findJob(plane, id);
	if (job.state !== 'WAITING') throw notWaitingError(job);
	if (requiredApprovalFor(job) === 'OWNER')
		throw new FirmsealError('FORBIDDEN', 'Only an owner of the firm can approve this job, no one of the platform.');
	const operators = await plane.read(null, (tx) => selectOperatorsNow(tx, plane));
	const approvers = await filterProvenApprovers(rights, operators.rows, ({ id: unproven }) =>
		recordUnproven({ action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN', records: [unproven] }),
	);
	if (job.askedBy === null || !approvers.has(job.askedBy) || !(await isRequestProven(rights, job)))
		throw new FirmsealError(
			'CONFLICT',
			'The requester of this job is not an approver, or the job was changed since: cancel it.',
		);
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
	const job = await findJob(admin.worker, id);
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
