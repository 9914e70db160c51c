import { v7 as uuidv7 } from 'uuid';
import type { Act } from '../../audit/index.ts';
import {
	insertJob,
	isRequestLimitExceeded,
	isUniqueViolation,
	type JobKind,
	type JobRow,
	type Plane,
	selectJob,
	selectOpenJob,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { jobAct } from './job-entries.ts';
import { proveJob, requiredApprovalFor } from './job-proof.ts';

/** What is to be done: of one firm, and one class of its keys; null: its wrapping key. */
export interface JobRequest {
	readonly firm: string;
	readonly kind: JobKind;
	readonly class: string | null;
	/** The version that it is about, or up to which. */
	readonly version: number | null;
	/** What it is about beside a class, where the kind says so: a coordinate, or a record's id. */
	readonly subject?: string | null;
	/** The rest of what is asked for, as a text of the kind's own. */
	readonly terms?: string | null;
	/** Rows a second at most; null: as the database keeps up. */
	readonly rate?: number | null;
}

/** Who asks, and how that is put on record. */
export interface JobRequester {
	readonly on: 'firm' | 'cli' | 'worker';
	/** User id; null: whoever runs commands on the installation, or the program itself. */
	readonly user: string | null;
	readonly record: (act: Act) => Promise<unknown>;
}

export interface RequestJobParts {
	/** Of whoever asks. */
	readonly plane: Pick<Plane, 'read' | 'write'>;
	readonly rights: RightsProofs;
}

export interface RequestedJob {
	readonly job: JobRow;
	/** false: it was there already, and goes on. */
	readonly isNew: boolean;
}

const termsConflictError = ({ id }: Pick<JobRow, 'id'>) =>
	new FirmsealError(
		'CONFLICT',
		`The same is asked for already as the job ${id}, on other terms or at another rate: let that job end, or cancel it if it still can be.`,
	);

/**
 * Asks for a job: it is recorded, proven and told to the firm, and a worker does it. Who asks for what is under way already gets that.
 * @throws FirmsealError FORBIDDEN for a kind that needs a person and has none, CONFLICT while it is open under other terms or at another rate, RATE_LIMITED for who has asked too often for what all firms are told of, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function requestJob(
	{ plane, rights }: RequestJobParts,
	{ firm, kind, class: of, version, subject = null, terms = null, rate = null }: JobRequest,
	{ on, user, record }: JobRequester,
): Promise<RequestedJob> {
	const consent = requiredApprovalFor({ kind, firmId: firm, askedOn: on });
	if (consent === 'APPROVER' && user === null)
		throw new FirmsealError('FORBIDDEN', "This needs two approvers: set FIRMSEAL_TOKEN to one's token.");
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
			// Someone else has asked for the same at the same moment.
			return plane.write(firm, insert);
		});
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError(
				'RATE_LIMITED',
				'You have asked for too many jobs of which every firm is told, within an hour or a day, or too many of them are open: have those agreed to, or ask again later.',
			);
		throw error;
	}
}
