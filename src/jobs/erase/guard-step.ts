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
import { erasureTargetOf, JobFailure, type JobStep, readEraseTerms } from '../engine/index.ts';
import { isErasureProven } from './erasure-record.ts';
import type { ErasureRecordStore } from './erasure-record-store.ts';
import { isHeld } from './holds.ts';

export interface GuardParts {
	readonly rights: RightsProofs;
	readonly erasureRecords: Pick<ErasureRecordStore, 'has'>;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	/** Whether the database disagrees with the log's anchors: then its holds are not believed either. */
	readonly isClosed: () => boolean;
}

/** What a proven job erases. @throws JobFailure for nothing that can be. */
export function erasureTargetOfJob(job: JobRow): ErasureTarget {
	const erasing = erasureTargetOf(job);
	if (!erasing || job.class !== null || job.version !== null) throw new JobFailure('NO_SUBJECT');
	return erasing;
}

/** The erasure of a job that has begun, proven. @throws JobFailure when SQL has put it there, or taken it away. */
export async function erasureOf(rights: RightsProofs, tx: Transaction, job: JobRow): Promise<ErasureRow> {
	const erasure = await selectErasure(tx, job);
	if (!erasure || !(await isErasureProven(rights, erasure))) throw new JobFailure('FORBIDDEN');
	return erasure;
}

/**
 * Whether anything may be erased now: asked in the transaction of each page, whatever step the job's row says. @throws JobFailure; FirmsealError
 * CONFLICT before its time by the database's clock, which may be a little behind.
 */
async function assertMayErase(rights: RightsProofs, tx: Transaction, job: JobRow, isBegun: boolean): Promise<void> {
	const { notBefore } = readEraseTerms(job.terms) ?? {};
	if (!notBefore) throw new JobFailure('FORBIDDEN');
	if (Date.now() < notBefore.getTime() || !(await isPast(tx, notBefore)))
		throw new FirmsealError('CONFLICT', 'The waiting period is not over.');
	const isAgain = job.askedOn === 'worker';
	if (isBegun || isAgain) await erasureOf(rights, tx, job);
	// Of what is erased once more the proof says that nothing held it when it began: a hold of since then is on what was left.
	if (!isAgain && (await isHeld(rights, tx, erasureTargetOfJob(job)))) throw new JobFailure('HELD');
}

/**
 * A database that has erasure records to learn of was restored: until it knows them it takes no number for another. @throws FirmsealError
 * CONFLICT, and what the store throws.
 */
async function assertKnowsErasureRecords({ erasureRecords, read }: GuardParts, job: JobRow): Promise<void> {
	if (await erasureRecords.has(await read(job, selectNextErasureRecordNumber)))
		throw new FirmsealError(
			'CONFLICT',
			'The database does not know every erasure record yet: a worker has to read them first.',
		);
}

function assertAnchored({ isClosed }: GuardParts): void {
	if (isClosed())
		throw new FirmsealError('CONFLICT', 'The audit log is not what was anchored of it: nothing is erased until it is.');
}

/** A step that erases, of which each page asks first; the first alone begins what the others go on with. */
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
					// Until it has begun, a hold may still come: from here on it is refused.
					if (!isBegun) await lockFirm(tx, job.firmId, { waits: true });
					await assertMayErase(rights, tx, job, isBegun);
					return write(tx);
				},
			};
		},
	};
}
