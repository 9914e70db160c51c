import {
	type JobPageRow,
	type JobRow,
	selectColumnMove,
	selectMoveRows,
	selectPlaintextOnlyWrites,
} from '../../database/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, singlePageStep } from '../engine/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';
import { chooseMoveStrategy, countRows, pagedStep, pageWrites } from './move-pages.ts';
import { retryAfterTransactions, waitForOpenTransactions } from './wait-for-transactions.ts';

/**
 * Opens every value or file of a firm and compares it with its plaintext. Counts the rows by state, and has PostgreSQL count all rows
 * before and after.
 */
export const verifySteps = (parts: MigrateParts): readonly JobStep[] => [
	singlePageStep(async (job) => {
		// A verification is void if there is one more write without ciphertext after this count.
		const { plaintextOnly } = await parts.read(job, selectPlaintextOnlyWrites);
		// Some of the counted writes may not be committed yet.
		if (!(await waitForOpenTransactions(parts, job))) return retryAfterTransactions;
		const rows = await countRows(parts, job, 'ANY');
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, job.subject ?? '');
				if (!move || !['EXPANDED', 'VERIFIED', 'CUTOVER'].includes(move.phase)) throw new JobFailure('WRONG_PHASE');
				return {
					progress: {
						...nextStep(job),
						total: rows,
						findings: { rowsBefore: rows, plaintextOnlyWrites: plaintextOnly },
					},
				};
			},
		};
	}),
	pagedStep(parts, 'ANY', verifyPage),
	singlePageStep(async (job) => {
		const rows = await countRows(parts, job, 'ANY');
		const unsealed = await countRows(parts, job, 'UNSEALED');
		return {
			async write() {
				if (job.failed > 0 || unsealed > 0) throw new JobFailure('NOT_THE_SAME');
				return { progress: { ...nextStep(job), findings: { rowsAfter: rows } } };
			},
		};
	}),
];

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
	return { write: async () => pageWrites(job, moved.coordinate, { done: same, failed: others, findings, keys }) };
}
