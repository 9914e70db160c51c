import {
	allowTime,
	countMoving,
	type JobPageRow,
	type JobRow,
	selectColumnMove,
	selectLoneWrites,
	selectMovingEnd,
	selectMovingRows,
} from '../../database/index.ts';
import { failedEntry, JobFailure, type JobStep, next, once, pageEntry, type WorkedPage } from '../engine/index.ts';
import { type MigrateParts, movingFieldOf, movingOf } from './moving-field.ts';
import { areTransactionsOver, waitsForTransactions } from './wait-for-transactions.ts';
import { wayOf } from './way-of.ts';

/**
 * Opens every value or file of a firm and compares it with the one in the clear, whole. It counts rows by what they hold, beside two counts that
 * PostgreSQL makes, before and after.
 */
export const verifySteps = (parts: MigrateParts): readonly JobStep[] => [
	once(async (job) => {
		// One more written without ciphertext since now, and this has shown nothing.
		const { lone } = await parts.read(job, selectLoneWrites);
		// What is counted already may not be committed yet.
		if (!(await areTransactionsOver(parts, job))) return waitsForTransactions;
		const rows = await countAll(parts, job);
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, job.subject ?? '');
				if (!move || !['EXPANDED', 'VERIFIED', 'CUTOVER'].includes(move.phase)) throw new JobFailure('WRONG_PHASE');
				return {
					progress: { ...next(job), total: rows, findings: { rowsBefore: rows, loneWrites: lone } },
					entries: [],
				};
			},
		};
	}),
	{
		isOnce: false,
		plan: (tx, of) =>
			selectMovingEnd(tx, movingOf(movingFieldOf(parts, of), of), 'ANY', of.after, wayOf(parts, of).page),
		work: (of, page) => verifyPage(parts, of, page),
	},
	once(async (job) => {
		const rows = await countAll(parts, job);
		const unsealed = await parts.read(job, (tx) =>
			countMoving(tx, movingOf(movingFieldOf(parts, job), job), 'UNSEALED'),
		);
		return {
			async write() {
				if (job.failed > 0 || unsealed > 0) throw new JobFailure('NOT_THE_SAME');
				return { progress: { ...next(job), findings: { rowsAfter: rows } }, entries: [] };
			},
		};
	}),
];

const countAll = (parts: MigrateParts, job: JobRow): Promise<number> =>
	parts.read(job, async (tx) => {
		await allowTime(tx);
		return countMoving(tx, movingOf(movingFieldOf(parts, job), job), 'ANY');
	});

async function verifyPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<WorkedPage> {
	const moved = movingFieldOf(parts, job);
	const moves = wayOf(parts, job);
	const rows = await parts.read(job, (tx) => selectMovingRows(tx, movingOf(moved, job), 'ANY', page));
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
