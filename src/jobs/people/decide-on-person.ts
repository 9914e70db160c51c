import { isPastProbation, isWithinProbation } from '../../access/index.ts';
import {
	type JobKind,
	type JobRow,
	type OperatorRow,
	selectNow,
	selectOperators,
	type Transaction,
} from '../../database/index.ts';
import {
	type Approvers,
	areIndependentApprovers,
	filterProvenApprovers,
	hasTwoIndependent,
} from '../../firms/index.ts';
import type { RightsProofs } from '../../keys/index.ts';

/** Everyone who operates the platform, and the time by the database's clock. */
export interface OperatorsNow {
	readonly rows: readonly OperatorRow[];
	readonly now: Date;
}

export const selectOperatorsNow = async (tx: Transaction): Promise<OperatorsNow> => ({
	rows: await selectOperators(tx),
	now: await selectNow(tx),
});

/** Hours between the agreement to another approver and their first act: so long the owners of all firms and whoever is on call can object. */
const WAIT = 72;
/** The same where both who want it have been approvers for over 30 days: a day, so that it is seen in working hours wherever people are. */
const SHORTER_WAIT = 24;
const HOUR = 3_600_000;

type Deciders = Readonly<Record<'askedBy' | 'agreedBy', string | null>>;

/**
 * Whether an approver was disabled within the last 30 days, or is there and can't be proven: no one makes themselves alone by taking others
 * away, and then decides.
 */
export const lacksOne = (approvers: Approvers, { rows, now }: OperatorsNow): boolean =>
	rows.some(
		({ id, roles, disabledAt }) =>
			roles.includes('APPROVER') && (disabledAt === null ? !approvers.has(id) : isWithinProbation(disabledAt, now)),
	);

/**
 * Whether these two decide on a job of the platform: approvers who count as two. On another approver one decides alone, with the longer wait,
 * while there are no two, and none was taken away lately: otherwise no one could ever be added. The database has the same (one_decides_alone).
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

/** Whether two who have been approvers for over 30 days want it, so that it comes sooner. */
function isSooner(approvers: Approvers, { askedBy, agreedBy }: Deciders, at: Date): boolean {
	const both = [askedBy, agreedBy].flatMap((user) => approvers.get(user ?? '') ?? []);
	return areIndependentApprovers(approvers, askedBy, agreedBy, at) && both.every((voice) => isPastProbation(voice, at));
}

export interface PersonDecision {
	readonly approvers: Approvers;
	/** Whether who wanted it still may. */
	readonly isWanted: boolean;
	/** Seconds until it may be done. */
	readonly wait: number;
}

/** How it stands with a job that says who is to operate the platform, by rows that prove it. @throws KeyUnavailableError */
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
