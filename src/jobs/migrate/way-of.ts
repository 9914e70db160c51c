import type { JobRow } from '../../database/index.ts';
import { movedFiles } from './moved-files.ts';
import { movedValues } from './moved-values.ts';
import { type MigrateParts, movingFieldOf } from './moving-field.ts';
import type { WhatMoves } from './what-moves.ts';

/** How what the job is about goes through the phases. @throws JobFailure NOT_DECLARED */
export const wayOf = (parts: MigrateParts, job: JobRow): WhatMoves =>
	movingFieldOf(parts, job).file ? movedFiles(parts, job) : movedValues(parts, job);
