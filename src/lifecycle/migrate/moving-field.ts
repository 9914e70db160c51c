import type { ContentField, Maintenance } from '../../content/index.ts';
import type { JobRow, Moving, Transaction } from '../../database/index.ts';
import { JobFailure } from '../job-step.ts';

/** A sealed column that takes over a column of plaintext. */
export interface MovingField {
	/** `Type.field` */
	readonly coordinate: string;
	readonly field: ContentField;
	/** SQL names. */
	readonly table: string;
	readonly from: string;
	readonly to: string;
	/** SQL type of `from`. */
	readonly type: string;
}

export interface MigrateParts {
	/** Every column that is declared to be moved. */
	readonly moving: readonly MovingField[];
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
}

/** What the job is about. @throws JobFailure NOT_DECLARED when this program does not know it. */
export function movingFieldOf({ moving }: Pick<MigrateParts, 'moving'>, { subject }: JobRow): MovingField {
	const found = moving.find(({ coordinate }) => coordinate === subject);
	if (!found) throw new JobFailure('NOT_DECLARED');
	return found;
}

/** Its rows of the job's firm. */
export const movingOf = ({ table, from, to, type }: MovingField, { firmId: firm }: JobRow): Moving => ({
	table,
	from,
	to,
	type,
	firm,
});
