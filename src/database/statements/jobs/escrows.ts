import { and, asc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { escrowFiles, recoveryFiles, recoverySessions } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export type EscrowFileRow = typeof escrowFiles.$inferSelect;
export type NewEscrowFile = Omit<EscrowFileRow, 'madeAt'>;

export async function insertEscrowFiles(tx: Transaction, files: readonly NewEscrowFile[]): Promise<void> {
	await tx.insert(escrowFiles).values([...files]);
}

/** The escrow file, then the shares in the order of the plan. Empty if the job has written none. */
export const selectEscrowFiles = (tx: Transaction, firm: string, job: string): Promise<EscrowFileRow[]> =>
	tx
		.select()
		.from(escrowFiles)
		.where(and(eq(escrowFiles.firmId, firm), eq(escrowFiles.jobId, job)))
		.orderBy(asc(escrowFiles.number));

/** The files with this SHA-256 in hex: escrow files, with number 0, or shares. */
export const selectEscrowsOf = (
	tx: Transaction,
	digest: string,
): Promise<Pick<EscrowFileRow, 'jobId' | 'firmId' | 'number'>[]> =>
	tx
		.select({ jobId: escrowFiles.jobId, firmId: escrowFiles.firmId, number: escrowFiles.number })
		.from(escrowFiles)
		.where(sql`sha256(${escrowFiles.file}) = decode(${digest}, 'hex')`);

export interface EscrowedFirm {
	/** Null for the platform. */
	readonly slug: string | null;
	/** Number of data key versions made since the newest escrow. */
	readonly newer: number;
}

export async function selectEscrowedFirms(tx: Transaction): Promise<readonly EscrowedFirm[]> {
	const { rows } = await tx.execute(sql`
		select f.slug, (select count(*)::int from public.data_keys k
			where k.firm_id = e.firm_id and k.state <> 'DESTROYED' and k.created_at > e.at) as newer
		from (select x.firm_id, max(j.started_at) as at from public.escrow_files x join public.jobs j on j.id = x.job_id
			where x.number = 0 group by 1) e
		left join public.firms f on f.id = e.firm_id order by f.slug nulls first`);
	return rows as unknown as EscrowedFirm[];
}

/** Deletes an erased firm's escrows, also those that were handed in. Holders must destroy their own copies. */
export async function eraseEscrows(tx: Transaction, firm: string): Promise<void> {
	for (const table of [escrowFiles, recoveryFiles, recoverySessions])
		await deleteRows(tx, table, eq(table.firmId, firm));
}
