import { isPastProbation, isWithinProbation } from '../../access/index.ts';
import {
	type JobKind,
	type JobRow,
	type OperatorRow,
	type Plane,
	selectNow,
	selectOperators,
	selectOperatorsOnTheirPlane,
	type Transaction,
} from '../../database/index.ts';
import {
	type Approvers,
	areIndependentApprovers,
	filterProvenApprovers,
	hasTwoIndependent,
} from '../../firms/index.ts';
import type { RightsProofs } from '../../keys/index.ts';

/** All operators of the platform, and the database's time. */
export interface OperatorsNow {
	readonly rows: readonly OperatorRow[];
	readonly now: Date;
}

/** `plane`: the plane of the transaction; only the operator plane must say so. */
export const selectOperatorsNow = async (tx: Transaction, plane?: Pick<Plane, 'role'>): Promise<OperatorsNow> => ({
	rows: await (plane?.role === 'firmseal_operator' ? selectOperatorsOnTheirPlane : selectOperators)(tx),
	now: await selectNow(tx),
});

/**
 * Hours between the approval of a new approver and their first act. Meanwhile the owners of all firms and the people on call can object.
 */
const WAIT = 72;
/** Hours if requester and approver have both been approvers for over 30 days: one day, so that it includes working hours everywhere. */
const SHORTER_WAIT = 24;
const HOUR = 3_600_000;

type Deciders = Readonly<Record<'askedBy' | 'agreedBy', string | null>>;

/**
 * True if an approver was disabled within the last 30 days, or exists and can't be proven. So no one can remove the others and then decide
 * alone.
 */
export const lacksOne = (approvers: Approvers, { rows, now }: OperatorsNow): boolean =>
	rows.some(
		({ id, roles, disabledAt }) =>
			roles.includes('APPROVER') && (disabledAt === null ? !approvers.has(id) : isWithinProbation(disabledAt, now)),
	);

/**
 * True if these two may decide on a job of the platform: they are approvers who count as two. One approver alone may decide on a new
 * approver, with the longer wait, if no two approvers count as two and none was removed recently; otherwise no one could ever be added. The
 * database has the same rule (one_decides_alone).
 */
export const mayDecide = (
	kind: JobKind,
	approvers: Approvers,
	{ askedBy, agreedBy }: Deciders,
	operators: OperatorsNow,
): boolean =>
	areIndependentApprovers(approvers, askedBy, agreedBy, operators.now) ||
	(kind === 'APPOINT' &&
		[askedBy, agreedBy].every((user) => approvers.has(user ?? '')) &&
		!hasTwoIndependent(approvers, operators.now) &&
		!lacksOne(approvers, operators));

/** True if two people who have been approvers for over 30 days agree, so that the wait is shorter. */
function isSooner(approvers: Approvers, { askedBy, agreedBy }: Deciders, at: Date): boolean {
	const both = [askedBy, agreedBy].flatMap((user) => approvers.get(user ?? '') ?? []);
	return areIndependentApprovers(approvers, askedBy, agreedBy, at) && both.every((voice) => isPastProbation(voice, at));
}

export interface PersonDecision {
	readonly approvers: Approvers;
	/** True if requester and approver may still decide. */
	readonly isWanted: boolean;
	/** Seconds until the job may run. */
	readonly wait: number;
}

/** Decides on a job that appoints an operator, by rows that prove themselves. @throws KeyUnavailableError */
export async function decideOnPerson(
	rights: Pick<RightsProofs, 'verify'>,
	job: Pick<JobRow, 'kind' | 'askedBy' | 'agreedBy' | 'agreedAt'>,
	operators: OperatorsNow,
): Promise<PersonDecision> {
	const { rows, now } = operators;
	const approvers = await filterProvenApprovers(rights, rows);
	const isWanted = job.agreedAt !== null && mayDecide(job.kind, approvers, job, operators);
	if (!isWanted || job.agreedAt === null || job.kind !== 'APPOINT') return { approvers, isWanted, wait: 0 };
	const hours = isSooner(approvers, job, job.agreedAt) ? SHORTER_WAIT : WAIT;
	return { approvers, isWanted, wait: Math.max(0, (job.agreedAt.getTime() + hours * HOUR - now.getTime()) / 1000) };
}
