import { type JobPageRow, type JobRow, selectColumnMove, selectMoveRows } from '../../database/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, singlePageStep } from '../engine/index.ts';
import { chooseMoveStrategy } from './choose-move-strategy.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';
import { countRows, pagedStep, pageEntries } from './move-pages.ts';
import { hasPlain } from './move-strategy.ts';

/**
 * Seals each value or file of a firm that is only in the clear, beside it. Whoever writes meanwhile goes on: a value that was changed since it was
 * read has an envelope of its own by then, or is found again in the next round.
 */
export const backfillSteps = (parts: MigrateParts, job: JobRow): readonly JobStep[] => [
	beginBackfill(parts, job),
	pagedStep(parts, 'UNSEALED', backfillPage),
	repeatUntilSealed(parts),
];

const beginBackfill = (parts: MigrateParts, { subject }: JobRow): JobStep =>
	singlePageStep(async (job) => {
		const left = await countRows(parts, job, 'UNSEALED');
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, subject ?? '');
				if (move?.phase !== 'EXPANDED' && move?.phase !== 'VERIFIED') throw new JobFailure('WRONG_PHASE');
				return { progress: { ...nextStep(job), total: job.done + left }, entries: [] };
			},
		};
	});

/** Nothing is left but what can't be sealed: else it begins anew. */
const repeatUntilSealed = (parts: MigrateParts): JobStep =>
	singlePageStep(async (job) => {
		const left = await countRows(parts, job, 'UNSEALED');
		return {
			async write() {
				if (left > job.failed) return { progress: { step: 0, round: job.round + 1 }, entries: [] };
				if (left > 0) throw new JobFailure('UNSEALABLE');
				return { progress: nextStep(job), entries: [] };
			},
		};
	});

async function backfillPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<PageResult> {
	const moved = fieldMoveOf(parts, job);
	const rows = await parts.read(job, (tx) => selectMoveRows(tx, columnMoveOf(moved, job), 'UNSEALED', page));
	const { left, findings, keys, write } = await chooseMoveStrategy(parts, job).seal(rows.filter(hasPlain));
	return {
		async write(tx) {
			const ids = await write(tx);
			return {
				progress: { done: ids.length, failed: left.length, findings },
				entries: pageEntries(job, moved.coordinate, { done: ids, failed: left, keys }),
			};
		},
	};
}
