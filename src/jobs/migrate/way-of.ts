import type { JobRow } from '../../database/index.ts';
import { createFileMoveStrategy } from './moved-files.ts';
import { createValueMoveStrategy } from './moved-values.ts';
import { fieldMoveOf, type MigrateParts } from './moving-field.ts';
import type { MoveStrategy } from './what-moves.ts';

/** How what the job is about goes through the phases. @throws JobFailure NOT_DECLARED */
export const chooseMoveStrategy = (parts: MigrateParts, job: JobRow): MoveStrategy =>
	fieldMoveOf(parts, job).file ? createFileMoveStrategy(parts, job) : createValueMoveStrategy(parts, job);
