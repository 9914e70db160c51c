import {
	type ErasureRow,
	type ErasureTarget,
	isPast,
	type JobRow,
	lockFirm,
	selectErasure,
	selectNextErasureRecordNumber,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { erasureTargetOf, JobFailure, type JobStep, type JobTransactions, readEraseTerms } from '../engine/index.ts';
import { isErasureProven } from './erasure-record.ts';
import type { ErasureRecordStore } from './erasure-record-store.ts';
import { isHeld } from './holds.ts';

export interface GuardParts extends Pick<JobTransactions, 'read'> {
	readonly rights: RightsProofs;
	readonly erasureRecords: Pick<ErasureRecordStore, 'has'>;
	/** True if the database disagrees with the log's anchors. Then its holds can't be trusted either. */
	readonly isClosed: () => boolean;
}

/** The subject of a proven job. @throws JobFailure if the subject is not erasable */
export function erasureTargetOfJob(job: JobRow): ErasureTarget {
	const erasing = erasureTargetOf(job);
	if (!erasing || job.class !== null || job.version !== null) throw new JobFailure('NO_SUBJECT');
	return erasing;
}

/** The proven erasure row of a job that has begun. @throws JobFailure if SQL has inserted, changed or deleted the row */
export async function erasureOf(rights: RightsProofs, tx: Transaction, job: JobRow): Promise<ErasureRow> {
	const erasure = await selectErasure(tx, job);
	if (!erasure || !(await isErasureProven(rights, erasure))) throw new JobFailure('FORBIDDEN');
	return erasure;
}

/**
 * Checks that the job may erase now. Runs in the transaction of each page, no matter which step the job's row names.
 * @throws JobFailure; FirmsealError CONFLICT before the job's time by the database's clock, which may be a little behind
 */
async function assertMayErase(rights: RightsProofs, tx: Transaction, job: JobRow, isBegun: boolean): Promise<void> {
	const { notBefore } = readEraseTerms(job.terms) ?? {};
	if (!notBefore) throw new JobFailure('FORBIDDEN');
	if (Date.now() < notBefore.getTime() || !(await isPast(tx, notBefore)))
		throw new FirmsealError('CONFLICT', 'The waiting period is not over.');
	const isAgain = job.askedOn === 'worker';
	if (isBegun || isAgain) await erasureOf(rights, tx, job);
	// A repeated erasure was under no hold when it began, as its proof shows. A later hold only covers what was left.
	if (!isAgain && (await isHeld(rights, tx, erasureTargetOfJob(job)))) throw new JobFailure('HELD');
}

/**
 * A restored database must learn all erasure records before it assigns a new number.
 * @throws FirmsealError CONFLICT; errors of the store
 */
async function assertKnowsErasureRecords({ erasureRecords, read }: GuardParts, job: JobRow): Promise<void> {
	if (await erasureRecords.has(await read(job, selectNextErasureRecordNumber)))
		throw new FirmsealError(
			'CONFLICT',
			'The database does not know every erasure record yet: a worker must read them first.',
		);
}

function assertAnchored({ isClosed }: GuardParts): void {
	if (isClosed())
		throw new FirmsealError('CONFLICT', 'The audit log differs from its anchors: nothing is erased until both agree.');
}

/** Makes each page of a step run the checks first. Only the first step has no begun erasure (`isBegun`). */
export function guardStep(parts: GuardParts, step: JobStep, isBegun = true): JobStep {
	const { rights } = parts;
	return {
		isSinglePage: step.isSinglePage,
		async plan(tx, job) {
			await assertMayErase(rights, tx, job, isBegun);
			return step.plan(tx, job);
		},
		async work(job, page) {
			assertAnchored(parts);
			await assertKnowsErasureRecords(parts, job);
			const { write } = await step.work(job, page);
			if (!write) return {};
			return {
				async write(tx) {
					assertAnchored(parts);
					// A hold may still be set until the erasure begins. From this lock on it is refused.
					if (!isBegun) await lockFirm(tx, job.firmId, { waits: true });
					await assertMayErase(rights, tx, job, isBegun);
					return write(tx);
				},
			};
		},
	};
}
