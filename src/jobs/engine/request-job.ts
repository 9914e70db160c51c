import { v7 as uuidv7 } from 'uuid';
import { type Act, type AuditLog, systemEntry } from '../../audit/index.ts';
import {
	insertJob,
	isRequestLimitExceeded,
	isUniqueViolation,
	type JobKind,
	type JobRow,
	type Plane,
	selectJob,
	selectOpenJob,
	selectOwnClasses,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { jobAct } from './job-entries.ts';
import { proveJob, requiredApprovalFor } from './job-proof.ts';

export interface JobRequest {
	readonly firm: string;
	readonly kind: JobKind;
	/** Class of data keys; null for a job about the wrapping key, or about no key. */
	readonly class: string | null;
	/** The key version that the job is about, or up to which it works. */
	readonly version: number | null;
	/** The subject of kinds that have one: a coordinate, or a record's id. */
	readonly subject?: string | null;
	/** Other terms of the request, as a text in the kind's own form. */
	readonly terms?: string | null;
	/** Most rows per second; null for no limit. */
	readonly rate?: number | null;
}

/** The requester, and how the request is recorded. */
export interface JobRequester {
	readonly on: 'firm' | 'cli' | 'worker';
	/** User id; null for commands on the installation and for the program itself. */
	readonly user: string | null;
	readonly record: (act: Act) => Promise<unknown>;
}

export interface RequestJobParts {
	readonly plane: Pick<Plane, 'read' | 'write'>;
	readonly rights: RightsProofs;
}

export interface RequestedJob {
	readonly job: JobRow;
	/** False if the same job was already open. */
	readonly isNew: boolean;
}

const termsConflictError = ({ id }: Pick<JobRow, 'id'>) =>
	new FirmsealError(
		'CONFLICT',
		`The job ${id} for the same purpose is open, with other terms or another rate: wait until it ends, or cancel it if that is still possible.`,
	);

/**
 * Requests a job: it is recorded and proven, the firm is notified, and a worker runs it. If the same job is open already, returns that job.
 * @throws FirmsealError FORBIDDEN if the kind needs a person and there is none; CONFLICT if the same job is open with other terms or
 * another rate; RATE_LIMITED if the requester has made too many requests that all firms are notified of; KEY_UNAVAILABLE;
 * AUDIT_UNAVAILABLE.
 */
export async function requestJob(
	{ plane, rights }: RequestJobParts,
	{ firm, kind, class: of, version, subject = null, terms = null, rate = null }: JobRequest,
	{ on, user, record }: JobRequester,
): Promise<RequestedJob> {
	const consent = requiredApprovalFor({ kind, firmId: firm, askedOn: on });
	if (consent === 'APPROVER' && user === null)
		throw new FirmsealError(
			'FORBIDDEN',
			'This job needs two approvers: set FIRMSEAL_TOKEN to the token of one of them.',
		);
	const asked = {
		id: uuidv7(),
		firmId: firm,
		kind,
		class: of,
		version,
		askedOn: on,
		askedBy: user,
		askedAt: new Date(),
		subject,
		terms,
	} as const;
	const mac = await proveJob(rights, asked);
	const state = consent === null ? 'QUEUED' : 'WAITING';
	const insert = async (tx: Transaction): Promise<RequestedJob> => {
		await refuseInFirmCustody(tx, asked);
		const open = await selectOpenJob(tx, asked);
		if (open && (open.terms !== terms || (rate !== null && open.rate !== rate))) throw termsConflictError(open);
		if (open) return { job: open, isNew: false };
		await insertJob(tx, { ...asked, rate, state, mac });
		await record(jobAct('job.request', asked));
		return { job: (await selectJob(tx, asked.id)) as JobRow, isNew: true };
	};
	try {
		return await plane.write(firm, insert).catch((error: unknown) => {
			if (!isUniqueViolation(error)) throw error;
			// Someone else requested the same job at the same moment.
			return plane.write(firm, insert);
		});
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError(
				'RATE_LIMITED',
				'You have requested too many jobs that every firm is notified of, within an hour or a day, or too many of them are open: have the open ones approved, or try again later.',
			);
		throw error;
	}
}

/**
 * Kinds of jobs that use the platform's keys of a class. A class in the firm's own custody has none that seals or opens its values; only old
 * versions are destroyed there.
 */
const USES_CLASS_KEYS: ReadonlySet<JobKind> = new Set([
	'ROTATE',
	'REENCRYPT',
	'DISABLE',
	'ENABLE',
	'BACKFILL',
	'VERIFY',
]);

/** @throws FirmsealError CONFLICT for a class whose values the firm's devices seal */
async function refuseInFirmCustody(
	tx: Transaction,
	{ firmId, kind, class: of }: Pick<JobRow, 'firmId' | 'kind' | 'class'>,
): Promise<void> {
	if (of === null || !USES_CLASS_KEYS.has(kind)) return;
	if ((await selectOwnClasses(tx, firmId)).includes(of)) throw ownCustodyError(of);
}

/** A job of the platform on a class whose values the firm's devices seal. */
export const ownCustodyError = (className: string): FirmsealError =>
	new FirmsealError(
		'CONFLICT',
		`The class ${className} is in the firm's own custody, so the platform has no key of it to work with: a device of the firm makes the next data key (key.generate in its key log) and seals records again.`,
	);

/** As requestJob(), in the name of the program itself. */
export const requestJobAsWorker = (
	{ plane, rights, audit }: RequestJobParts & { readonly audit: AuditLog },
	request: JobRequest,
): Promise<RequestedJob> =>
	requestJob({ plane, rights }, request, {
		on: 'worker',
		user: null,
		record: (act) => audit.append([systemEntry('worker', act)]),
	});
