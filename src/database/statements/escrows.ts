import { and, asc, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { escrowFiles } from '../tables/index.ts';

export type EscrowFileRow = typeof escrowFiles.$inferSelect;
export type NewEscrowFile = Omit<EscrowFileRow, 'madeAt'>;

export async function insertEscrowFiles(tx: Transaction, files: readonly NewEscrowFile[]): Promise<void> {
	await tx.insert(escrowFiles).values([...files]);
}

/** The escrow file first, then the shares in the order of the plan; empty: the job has written none. */
export const selectEscrowFiles = (tx: Transaction, firm: string, job: string): Promise<EscrowFileRow[]> =>
	tx
		.select()
		.from(escrowFiles)
		.where(and(eq(escrowFiles.firmId, firm), eq(escrowFiles.jobId, job)))
		.orderBy(asc(escrowFiles.number));

/** Escrows whose file has this SHA-256, in hex. */
export const selectEscrowsOf = (tx: Transaction, digest: string): Promise<Pick<EscrowFileRow, 'jobId' | 'firmId'>[]> =>
	tx
		.select({ jobId: escrowFiles.jobId, firmId: escrowFiles.firmId })
		.from(escrowFiles)
		.where(and(eq(escrowFiles.number, 0), sql`sha256(${escrowFiles.file}) = decode(${digest}, 'hex')`));

/** With its keys an erased firm's escrows go. What holders have been given is theirs to destroy. */
export async function eraseEscrows(tx: Transaction, firm: string): Promise<void> {
	await tx.delete(escrowFiles).where(eq(escrowFiles.firmId, firm));
}
