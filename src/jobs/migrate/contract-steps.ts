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
import type { JobRequest } from '../engine/index.ts';
import { JobFailure, type JobStep, nextStep, singlePageStep } from '../engine/index.ts';
import { STEPS_BEFORE_REWRITE } from './clear-steps.ts';
import { fieldMoveOf } from './field-move.ts';
import { writeMoveReport } from './move-report.ts';
import { enterPhase, type MoveParts } from './move-steps.ts';
import { retryAfterTransactions, waitForOpenTransactions } from './wait-for-transactions.ts';

export interface ContractParts extends MoveParts {
	/** Asks for a further job, as the program itself. */
	readonly requestJob: (request: JobRequest) => Promise<unknown>;
}

/** Seconds between two looks at how far the firms are. */
const LOOK = 0.5;

/**
 * Takes what is in the clear away for good: of each firm by a job of its own, which the firm is told of; then the table's files are written
 * anew, looked through, and all of it reported.
 */
export const contractSteps = (parts: ContractParts): readonly JobStep[] => [
	singlePageStep((job) => enterPhase(parts, job, 'CONTRACTING')),
	singlePageStep(async (job) => {
		await requestClearJobs(parts, job, await parts.firms());
		return { write: async () => ({ progress: nextStep(job), entries: [] }) };
	}),
	waitForFirms(parts, ({ state, step }) => state === 'DONE' || (state === 'RUNNING' && step >= STEPS_BEFORE_REWRITE)),
	singlePageStep(async (job) => {
		// What somebody may still see of the rows before would be copied.
		if (!(await waitForOpenTransactions(parts, job))) return retryAfterTransactions;
		try {
			await parts.write(job, async (tx) => {
				await extendStatementTimeout(tx);
				await rewriteMovedTable(tx, job.subject ?? '');
			});
		} catch (error) {
			if (isLockTimeout(error)) return { write: async () => ({ progress: { wait: 2 }, entries: [] }) };
			throw error;
		}
		return { write: async () => ({ progress: nextStep(job), entries: [] }) };
	}),
	waitForFirms(parts, ({ state }) => state === 'DONE'),
	singlePageStep((job) => enterPhase(parts, job, 'CONTRACTED')),
	singlePageStep(async (job) => ({
		async write(tx) {
			const moved = fieldMoveOf(parts, job);
			const report = await writeMoveReport(tx, moved);
			await setMoveReport(tx, moved.coordinate, report);
			// Under the log's next signed checkpoint, and so signed with it.
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
		// One that was made since the others were asked.
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
				return { progress: isOver ? nextStep(job) : { wait: LOOK }, entries: [] };
			},
		};
	});
