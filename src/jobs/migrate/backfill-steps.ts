import { type JobPageRow, type JobRow, selectColumnMove, selectMoveRows } from '../../database/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, singlePageStep } from '../engine/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts } from './field-move.ts';
import { chooseMoveStrategy, countRows, pagedStep, pageWrites, repeatUntilDone } from './move-pages.ts';
import { hasPlain } from './move-strategy.ts';

/**
 * Seals each value or file of a firm that exists only in the clear, beside the plaintext. Other writers continue: a value that was changed
 * since it was read already has its own envelope, or is found in the next round.
 */
export const backfillSteps = (parts: MigrateParts, job: JobRow): readonly JobStep[] => [
	beginBackfill(parts, job),
	pagedStep(parts, 'UNSEALED', backfillPage),
	repeatUntilDone(parts, 'UNSEALED', () => 'UNSEALABLE'),
];

const beginBackfill = (parts: MigrateParts, { subject }: JobRow): JobStep =>
	singlePageStep(async (job) => {
		const left = await countRows(parts, job, 'UNSEALED');
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, subject ?? '');
				if (move?.phase !== 'EXPANDED' && move?.phase !== 'VERIFIED') throw new JobFailure('WRONG_PHASE');
				return { progress: { ...nextStep(job), total: job.done + left } };
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
			return pageWrites(job, moved.coordinate, { done: ids, failed: left, findings, keys });
		},
	};
}
