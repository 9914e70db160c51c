import { and, asc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { recoveryFiles, recoverySessions } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export type RecoverySessionRow = typeof recoverySessions.$inferSelect;
export type RecoveryFileRow = typeof recoveryFiles.$inferSelect;

/** Whether the firm has been told that the job of this transaction was asked for. */
export async function isJobAnnounced(tx: Transaction): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select is_job_announced() as is_told`);
	return row?.is_told === true;
}

/** Takes the place of the session before, if there was one: what was handed in to that is of no use to anybody. */
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

export async function selectRecoverySession(tx: Transaction, job: string): Promise<RecoverySessionRow | null> {
	const [row] = await tx.select().from(recoverySessions).where(eq(recoverySessions.jobId, job));
	return row ?? null;
}

/** Whether the session is still the job's, and how many seconds it is old by the database's clock; null: another has begun. */
export async function selectRecoverySessionAge(tx: Transaction, job: string, session: string): Promise<number | null> {
	const [row] = await tx
		.select({ age: sql<number>`extract(epoch from clock_timestamp() - ${recoverySessions.begunAt})::float8` })
		.from(recoverySessions)
		.where(and(eq(recoverySessions.jobId, job), eq(recoverySessions.session, session)));
	return row?.age ?? null;
}

/** What no one has looked at, of this session or the escrow file, in the order in which it came. */
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

/** The escrow file that was taken; null: none was. */
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

/** To a job that has ended nothing; and one that is about to end waits for it, so that the file goes with the job. */
export async function insertRecoveryFile(
	tx: Transaction,
	{ id, jobId, firmId, session, file }: NewRecoveryFile,
): Promise<void> {
	await tx.execute(sql`
		insert into public.recovery_files (id, job_id, firm_id, session, file)
		select ${id}::uuid, j.id, ${firmId}::uuid, ${session}::uuid, ${file}::bytea from public.jobs j
		where j.id = ${jobId} and j.ended_at is null for share`);
}

export async function selectRecoveryFile(tx: Transaction, id: string): Promise<RecoveryFileRow | null> {
	const [row] = await tx.select().from(recoveryFiles).where(eq(recoveryFiles.id, id));
	return row ?? null;
}

/** Whether the escrow file is there, looked at or not. */
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

/** What the worker says of a file. A share is not kept any longer. */
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
