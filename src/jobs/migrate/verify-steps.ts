import {
	countMoveRows,
	extendStatementTimeout,
	type JobPageRow,
	type JobRow,
	selectColumnMove,
	selectMovePageEnd,
	selectMoveRows,
	selectPlaintextOnlyWrites,
} from '../../database/index.ts';
import {
	failedEntry,
	JobFailure,
	type JobStep,
	nextStep,
	type PageResult,
	pageEntry,
	singlePageStep,
} from '../engine/index.ts';
import { chooseMoveStrategy } from './choose-move-strategy.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';
import { retryAfterTransactions, waitForOpenTransactions } from './wait-for-transactions.ts';

/**
 * Opens every value or file of a firm and compares it with the one in the clear, whole. It counts rows by what they hold, beside two counts that
 * PostgreSQL makes, before and after.
 */
export const verifySteps = (parts: MigrateParts): readonly JobStep[] => [
	singlePageStep(async (job) => {
		// One more written without ciphertext since now, and this has shown nothing.
		const { lone } = await parts.read(job, selectPlaintextOnlyWrites);
		// What is counted already may not be committed yet.
		if (!(await waitForOpenTransactions(parts, job))) return retryAfterTransactions;
		const rows = await countAll(parts, job);
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, job.subject ?? '');
				if (!move || !['EXPANDED', 'VERIFIED', 'CUTOVER'].includes(move.phase)) throw new JobFailure('WRONG_PHASE');
				return {
					progress: { ...nextStep(job), total: rows, findings: { rowsBefore: rows, loneWrites: lone } },
					entries: [],
				};
			},
		};
	}),
	{
		isSinglePage: false,
		plan: (tx, of) =>
			selectMovePageEnd(
				tx,
				columnMoveOf(fieldMoveOf(parts, of), of),
				'ANY',
				of.after,
				chooseMoveStrategy(parts, of).page,
			),
		work: (of, page) => verifyPage(parts, of, page),
	},
	singlePageStep(async (job) => {
		const rows = await countAll(parts, job);
		const unsealed = await parts.read(job, (tx) =>
			countMoveRows(tx, columnMoveOf(fieldMoveOf(parts, job), job), 'UNSEALED'),
		);
		return {
			async write() {
				if (job.failed > 0 || unsealed > 0) throw new JobFailure('NOT_THE_SAME');
				return { progress: { ...nextStep(job), findings: { rowsAfter: rows } }, entries: [] };
			},
		};
	}),
];

const countAll = (parts: MigrateParts, job: JobRow): Promise<number> =>
	parts.read(job, async (tx) => {
		await extendStatementTimeout(tx);
		return countMoveRows(tx, columnMoveOf(fieldMoveOf(parts, job), job), 'ANY');
	});

async function verifyPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<PageResult> {
	const moved = fieldMoveOf(parts, job);
	const moves = chooseMoveStrategy(parts, job);
	const rows = await parts.read(job, (tx) => selectMoveRows(tx, columnMoveOf(moved, job), 'ANY', page));
	const { states, keys } = await moves.compare(rows);
	const records = (wanted: boolean) =>
		[...states].flatMap(([id, state]) => (moves.isWhole(state) === wanted ? [id] : []));
	const same = records(true);
	const others = records(false);
	const findings = Object.fromEntries(
		[...Map.groupBy(states.values(), (state) => state)].map(([state, of]) => [state, of.length]),
	);
	const coordinates = [moved.coordinate];
	return {
		write: async () => ({
			progress: { done: same.length, failed: others.length, findings },
			entries: [
				...(same.length > 0 ? [pageEntry(job, { coordinates, records: same, keys })] : []),
				...(others.length > 0 ? [failedEntry(job, { coordinates, records: others })] : []),
			],
		}),
	};
}
