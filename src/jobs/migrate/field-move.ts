import { decideMaintenance, type MaintenanceCapability } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { ContentField, Maintenance } from '../../content/index.ts';
import type { ColumnMove, JobRow, Transaction } from '../../database/index.ts';
import type { ObjectStore, PlaintextStore } from '../../documents/index.ts';
import { JobFailure } from '../engine/index.ts';

/** What rows say of a file, in the version's row or in the document's. */
export type FileFields = Readonly<Record<'bucket' | 'objectKey' | 'sha256', ContentField>>;

/** A sealed column that takes over a column of plaintext. */
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
	/** null: it holds a value. Else it says where a file lies, which is moved. */
	readonly file: { readonly ofVersion: FileFields; readonly ofDocument: FileFields } | null;
}

export interface MigrateParts {
	readonly clock: Clock;
	/** Every column that is declared to be moved. */
	readonly fieldMoves: readonly FieldMove[];
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
	/** Where files go. */
	readonly store: ObjectStore;
	/** Where files are in the clear. @throws SetupError when the settings don't say. */
	readonly openPlaintextStore: () => Promise<PlaintextStore>;
	/** Ends with the worker. */
	readonly signal: AbortSignal;
}

/** The job's right to its content. */
export const maintenanceRightOf = (job: JobRow): MaintenanceCapability =>
	decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });

/** What the job is about. @throws JobFailure NOT_DECLARED when this program does not know it. */
export function fieldMoveOf({ fieldMoves }: Pick<MigrateParts, 'fieldMoves'>, { subject }: JobRow): FieldMove {
	const found = fieldMoves.find(({ coordinate }) => coordinate === subject);
	if (!found) throw new JobFailure('NOT_DECLARED');
	return found;
}

/** Its rows of the job's firm. */
export const columnMoveOf = ({ table, from, to, type }: FieldMove, { firmId: firm }: JobRow): ColumnMove => ({
	table,
	from,
	to,
	type,
	firm,
});
