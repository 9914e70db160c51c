import { decideMaintenance, type MaintenanceCapability } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { ContentField, Maintenance } from '../../content/index.ts';
import type { ColumnMove, JobRow } from '../../database/index.ts';
import type { ObjectStore, PlaintextStore } from '../../documents/index.ts';
import { JobFailure, type JobTransactions } from '../engine/index.ts';

/** The fields about a file, in the version's row or in the document's. */
export type FileFields = Readonly<Record<'bucket' | 'objectKey' | 'sha256', ContentField>>;

/** A sealed column that replaces a plaintext column. */
export interface FieldMove {
	/** `Type.field` */
	readonly coordinate: string;
	readonly field: ContentField;
	/** SQL names. */
	readonly table: string;
	readonly from: string;
	readonly to: string;
	/** SQL type of `from`. */
	readonly type: string;
	/** null if the column holds a value. Otherwise it holds the location of a file, which moves too. */
	readonly file: { readonly ofVersion: FileFields; readonly ofDocument: FileFields } | null;
}

export interface MigrateParts extends JobTransactions {
	readonly clock: Clock;
	readonly fieldMoves: readonly FieldMove[];
	readonly maintenanceOf: (job: JobRow) => Maintenance;
	/** The store for sealed files. */
	readonly store: ObjectStore;
	/** Opens the store of plaintext files. @throws SetupError if the settings don't name it */
	readonly openPlaintextStore: () => Promise<PlaintextStore>;
	readonly signal: AbortSignal;
}

export const maintenanceRightOf = (job: JobRow): MaintenanceCapability =>
	decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });

/** The job's column. @throws JobFailure NOT_DECLARED if this program doesn't know it */
export function fieldMoveOf({ fieldMoves }: Pick<MigrateParts, 'fieldMoves'>, { subject }: JobRow): FieldMove {
	const found = fieldMoves.find(({ coordinate }) => coordinate === subject);
	if (!found) throw new JobFailure('NOT_DECLARED');
	return found;
}

/** The column's rows of the job's firm. */
export const columnMoveOf = ({ table, from, to, type }: FieldMove, { firmId: firm }: JobRow): ColumnMove => ({
	table,
	from,
	to,
	type,
	firm,
});
