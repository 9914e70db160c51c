import { hash } from 'node:crypto';
import { systemEntry } from '../../audit/index.ts';
import {
	extendStatementTimeout,
	isLockTimeout,
	type JobRow,
	rewriteMovedTable,
	selectNewestJobs,
	setMoveReport,
	type Transaction,
} from '../../database/index.ts';
import { JobFailure, type JobRequest, type JobStep, nextStep, pageResult, singlePageStep } from '../engine/index.ts';
import { STEPS_BEFORE_REWRITE } from './clear-steps.ts';
import { fieldMoveOf } from './field-move.ts';
import { writeMoveReport } from './move-report.ts';
import { enterPhase, type MoveParts } from './move-steps.ts';
import { retryAfterTransactions, waitForOpenTransactions } from './wait-for-transactions.ts';

export interface ContractParts extends MoveParts {
	/** Requests another job in the name of the program. */
	readonly requestJob: (request: JobRequest) => Promise<unknown>;
}

/** Seconds between two checks of the firms' jobs. */
const LOOK = 0.5;

/**
 * Removes plaintext permanently: one job for each firm, which the firm is notified of. Then rewrites the table's files, searches them, and
 * reports.
 */
export const contractSteps = (parts: ContractParts): readonly JobStep[] => [
	singlePageStep((job) => enterPhase(parts, job, 'CONTRACTING')),
	singlePageStep(async (job) => {
		await requestClearJobs(parts, job, await parts.firms());
		return pageResult(nextStep(job));
	}),
	waitForFirms(parts, ({ state, step }) => state === 'DONE' || (state === 'RUNNING' && step >= STEPS_BEFORE_REWRITE)),
	singlePageStep(async (job) => {
		// Old rows that a transaction can still see would be copied.
		if (!(await waitForOpenTransactions(parts, job))) return retryAfterTransactions;
		try {
			await parts.write(job, async (tx) => {
				await extendStatementTimeout(tx);
				await rewriteMovedTable(tx, job.subject ?? '');
			});
		} catch (error) {
			if (isLockTimeout(error)) return pageResult({ wait: 2 });
			throw error;
		}
		return pageResult(nextStep(job));
	}),
	waitForFirms(parts, ({ state }) => state === 'DONE'),
	singlePageStep((job) => enterPhase(parts, job, 'CONTRACTED')),
	singlePageStep(async (job) => ({
		async write(tx) {
			const moved = fieldMoveOf(parts, job);
			const report = await writeMoveReport(tx, moved);
			await setMoveReport(tx, moved.coordinate, report);
			// The log's next signed checkpoint covers this hash, so the report is signed too.
			const entry = systemEntry('worker', {
				action: 'column.report',
				firm: job.firmId,
				coordinates: [moved.coordinate],
				records: [job.id],
				hash: hash('sha256', report, 'hex'),
			});
			return { progress: { ...nextStep(job), done: 1, total: 1 }, entries: [entry] };
		},
	})),
];

async function requestClearJobs(parts: ContractParts, job: JobRow, firms: readonly string[]): Promise<void> {
	const { coordinate, field } = fieldMoveOf(parts, job);
	for (const firm of firms)
		await parts.requestJob({
			firm,
			kind: 'CLEAR',
			class: field.class,
			version: null,
			subject: coordinate,
			rate: job.rate,
		});
}

const newestOfFirms = async (tx: Transaction, { subject }: JobRow): Promise<ReadonlyMap<string, JobRow>> =>
	new Map((await selectNewestJobs(tx, 'CLEAR', subject ?? '')).map((each) => [each.firmId, each]));

const waitForFirms = (parts: ContractParts, isSoFar: (job: JobRow) => boolean): JobStep =>
	singlePageStep(async (job) => {
		const firms = await parts.firms();
		// Also requests the job for firms that were created since.
		const asked = await parts.read(job, (tx) => newestOfFirms(tx, job));
		await requestClearJobs(
			parts,
			job,
			firms.filter((firm) => !asked.has(firm)),
		);
		return {
			async write(tx) {
				const ofFirms = await newestOfFirms(tx, job);
				const all = firms.map((firm) => ofFirms.get(firm));
				if (all.some((each) => each?.state === 'FAILED' || each?.state === 'CANCELLED'))
					throw new JobFailure('NOT_CLEARED');
				const isOver = all.every((each) => each !== undefined && isSoFar(each));
				return { progress: isOver ? nextStep(job) : { wait: LOOK } };
			},
		};
	});
