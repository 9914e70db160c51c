import {
	allowTime,
	countMoving,
	type JobPageRow,
	type JobRow,
	selectColumnMove,
	selectMovingEnd,
	selectMovingRows,
} from '../../database/index.ts';
import { failedEntry, JobFailure, type JobStep, next, once, pageEntry, type WorkedPage } from '../engine/index.ts';
import { type MigrateParts, movingFieldOf, movingOf } from './moving-field.ts';
import { wayOf } from './way-of.ts';
import { hasPlain } from './what-moves.ts';

/**
 * Seals each value or file of a firm that is only in the clear, beside it. Whoever writes meanwhile goes on: a value that was changed since it was
 * read has an envelope of its own by then, or is found again in the next round.
 */
export const backfillSteps = (parts: MigrateParts, job: JobRow): readonly JobStep[] => [
	begin(parts, job),
	{
		isOnce: false,
		plan: (tx, of) =>
			selectMovingEnd(tx, movingOf(movingFieldOf(parts, of), of), 'UNSEALED', of.after, wayOf(parts, of).page),
		work: (of, page) => backfillPage(parts, of, page),
	},
	again(parts),
];

const countLeft = (parts: MigrateParts, job: JobRow): Promise<number> =>
	parts.read(job, async (tx) => {
		await allowTime(tx);
		return countMoving(tx, movingOf(movingFieldOf(parts, job), job), 'UNSEALED');
	});

const begin = (parts: MigrateParts, { subject }: JobRow): JobStep =>
	once(async (job) => {
		const left = await countLeft(parts, job);
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, subject ?? '');
				if (move?.phase !== 'EXPANDED' && move?.phase !== 'VERIFIED') throw new JobFailure('WRONG_PHASE');
				return { progress: { ...next(job), total: job.done + left }, entries: [] };
			},
		};
	});

/** Nothing is left but what can't be sealed: else it begins anew. */
const again = (parts: MigrateParts): JobStep =>
	once(async (job) => {
		const left = await countLeft(parts, job);
		return {
			async write() {
				if (left > job.failed) return { progress: { step: 0, round: job.round + 1 }, entries: [] };
				if (left > 0) throw new JobFailure('UNSEALABLE');
				return { progress: next(job), entries: [] };
			},
		};
	});

async function backfillPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<WorkedPage> {
	const moved = movingFieldOf(parts, job);
	const rows = await parts.read(job, (tx) => selectMovingRows(tx, movingOf(moved, job), 'UNSEALED', page));
	const { left, findings, keys, write } = await wayOf(parts, job).seal(rows.filter(hasPlain));
	const coordinates = [moved.coordinate];
	return {
		async write(tx) {
			const ids = await write(tx);
			return {
				progress: { done: ids.length, failed: left.length, findings },
				entries: [
					...(ids.length > 0 ? [pageEntry(job, { coordinates, records: ids, keys })] : []),
					...(left.length > 0 ? [failedEntry(job, { coordinates, records: left })] : []),
				],
			};
		},
	};
}
