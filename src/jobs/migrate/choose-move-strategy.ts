import type { JobRow } from '../../database/index.ts';
import { fieldMoveOf, type MigrateParts } from './field-move.ts';
import { createFileMoveStrategy } from './file-move-strategy.ts';
import type { MoveStrategy } from './move-strategy.ts';
import { createValueMoveStrategy } from './value-move-strategy.ts';

/** How what the job is about goes through the phases. @throws JobFailure NOT_DECLARED */
export const chooseMoveStrategy = (parts: MigrateParts, job: JobRow): MoveStrategy =>
	fieldMoveOf(parts, job).file ? createFileMoveStrategy(parts, job) : createValueMoveStrategy(parts, job);
