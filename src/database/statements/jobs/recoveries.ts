import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean } from '../../single-row.ts';
import { recoveryFiles, recoverySessions } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export type RecoverySessionRow = typeof recoverySessions.$inferSelect;
export type RecoveryFileRow = typeof recoveryFiles.$inferSelect;

/** Whether the firm has been notified of the request for this transaction's job. */
export const isJobAnnounced = (tx: Transaction): Promise<boolean> =>
	selectBoolean(tx, sql`select public.is_job_announced()`);

/** Replaces an earlier session. Shares handed in to that one are useless and are deleted. */
export async function insertRecoverySession(
	tx: Transaction,
	{ jobId, firmId, session, recipient, mac }: Omit<RecoverySessionRow, 'begunAt'>,
): Promise<void> {
	await deleteRows(tx, recoveryFiles, and(eq(recoveryFiles.jobId, jobId), isNotNull(recoveryFiles.session)));
	await tx.execute(sql`
		insert into public.recovery_sessions (job_id, firm_id, session, recipient, mac)
		values (${jobId}, ${firmId}, ${session}, ${recipient}, ${mac})
		on conflict (job_id) do update set session = excluded.session, recipient = excluded.recipient, mac = excluded.mac,
			begun_at = clock_timestamp()`);
}

export const selectRecoverySession = (tx: Transaction, job: string): Promise<RecoverySessionRow | null> =>
	firstRow(tx.select().from(recoverySessions).where(eq(recoverySessions.jobId, job)));

/** Age of the session in seconds by the database's clock; null if another session has replaced it. */
export async function selectRecoverySessionAge(tx: Transaction, job: string, session: string): Promise<number | null> {
	const [row] = await tx
		.select({ age: sql<number>`extract(epoch from clock_timestamp() - ${recoverySessions.begunAt})::float8` })
		.from(recoverySessions)
		.where(and(eq(recoverySessions.jobId, job), eq(recoverySessions.session, session)));
	return row?.age ?? null;
}

/** Files of this session, or the escrow file, without an answer, in the order of arrival. */
export const selectUnansweredFiles = (tx: Transaction, job: string, session: string): Promise<RecoveryFileRow[]> =>
	tx
		.select()
		.from(recoveryFiles)
		.where(
			and(
				eq(recoveryFiles.jobId, job),
				isNull(recoveryFiles.answer),
				or(isNull(recoveryFiles.session), eq(recoveryFiles.session, session)),
			),
		)
		.orderBy(asc(recoveryFiles.handedAt), asc(recoveryFiles.id));

/** The accepted escrow file; null if there is none. */
export async function selectAcceptedEscrow(tx: Transaction, job: string): Promise<Uint8Array | null> {
	const [row] = await tx
		.select({ file: recoveryFiles.file })
		.from(recoveryFiles)
		.where(and(eq(recoveryFiles.jobId, job), isNull(recoveryFiles.session), eq(recoveryFiles.answer, 'TAKEN')));
	return row?.file ?? null;
}

export type NewRecoveryFile = Pick<RecoveryFileRow, 'id' | 'jobId' | 'firmId' | 'session'> & {
	readonly file: Uint8Array;
};

/** Inserts nothing if the job has ended. A job that is about to end waits for this transaction, so that the file is deleted with the job. */
export async function insertRecoveryFile(
	tx: Transaction,
	{ id, jobId, firmId, session, file }: NewRecoveryFile,
): Promise<void> {
	await tx.execute(sql`
		insert into public.recovery_files (id, job_id, firm_id, session, file)
		select ${id}::uuid, j.id, ${firmId}::uuid, ${session}::uuid, ${file}::bytea from public.jobs j
		where j.id = ${jobId} and j.ended_at is null for share`);
}

export const selectRecoveryFile = (tx: Transaction, id: string): Promise<RecoveryFileRow | null> =>
	firstRow(tx.select().from(recoveryFiles).where(eq(recoveryFiles.id, id)));

/** Whether the escrow file was handed in, with or without an answer. */
export async function hasEscrowFile(tx: Transaction, job: string): Promise<boolean> {
	const rows = await tx
		.select({ id: recoveryFiles.id })
		.from(recoveryFiles)
		.where(
			and(
				eq(recoveryFiles.jobId, job),
				isNull(recoveryFiles.session),
				sql`${recoveryFiles.answer} is distinct from 'REFUSED'`,
			),
		);
	return rows.length > 0;
}

export type FileAnswer = Pick<RecoveryFileRow, 'answer'> &
	Partial<Pick<RecoveryFileRow, 'refusal' | 'holder' | 'side' | 'have' | 'need'>>;

/** Records the worker's answer. Deletes the file itself if it is a share or was refused. */
export async function answerRecoveryFile(
	tx: Transaction,
	{ id, session }: Pick<RecoveryFileRow, 'id' | 'session'>,
	answer: FileAnswer,
): Promise<void> {
	await tx
		.update(recoveryFiles)
		.set({ ...answer, ...((session !== null || answer.answer === 'REFUSED') && { file: null }) })
		.where(eq(recoveryFiles.id, id));
}
