import { decideMaintenance } from '../../access/index.ts';
import type { KeyUse } from '../../audit/index.ts';
import type { JobRow, MovingRow } from '../../database/index.ts';
import { hasPlain } from './backfill.ts';
import { type MigrateParts, movingFieldOf } from './moving-field.ts';

/** What a row holds, compared: SAME in both forms, or why it is not. */
export type RowState = 'SAME' | 'DIFFERENT' | 'UNOPENED' | 'PLAIN_ONLY' | 'SEALED_ONLY';

type Both = MovingRow & { readonly plain: Uint8Array; readonly sealed: Uint8Array };

const hasBoth = (row: MovingRow): row is Both => hasPlain(row) && row.sealed !== null;

/** Opens every envelope that has a value in the clear beside it, and compares. By row id. */
export async function compareRows(
	parts: MigrateParts,
	job: JobRow,
	rows: readonly MovingRow[],
): Promise<{ readonly states: ReadonlyMap<string, RowState>; readonly keys: readonly KeyUse[] }> {
	const { field } = movingFieldOf(parts, job);
	const both = rows.filter(hasBoth);
	const capability = decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });
	const { outcomes, keys } = await parts.maintenanceOf(job).compare(
		capability,
		both.map(({ id, plain, sealed }) => ({ field, row: id, plain, sealed })),
	);
	const compared = new Map(both.map(({ id }, index) => [id, outcomes[index] ?? 'UNOPENED']));
	const states = new Map(
		rows.map((row): [string, RowState] => [
			row.id,
			compared.get(row.id) ?? (row.sealed === null ? 'PLAIN_ONLY' : 'SEALED_ONLY'),
		]),
	);
	return { states, keys };
}
