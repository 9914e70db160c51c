import { and, asc, eq, exists, inArray, isNotNull, notInArray, or, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { type JOB_KINDS, jobPages, jobs } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export type JobRow = typeof jobs.$inferSelect;
export type JobKind = (typeof JOB_KINDS)[number];

const OPEN = ['WAITING', 'QUEUED', 'RUNNING'] as const;

export type NewJob = Pick<
	JobRow,
	| 'id'
	| 'firmId'
	| 'kind'
	| 'class'
	| 'version'
	| 'subject'
	| 'terms'
	| 'rate'
	| 'state'
	| 'askedOn'
	| 'askedBy'
	| 'askedAt'
	| 'mac'
>;

/** Only these columns: everything else is the work's to say. Throws a unique violation while the same job is open. */
export async function insertJob(tx: Transaction, job: NewJob): Promise<void> {
	await tx.execute(sql`
		insert into public.jobs (id, firm_id, kind, class, version, subject, terms, rate, state, asked_on, asked_by, asked_at, mac)
		values (${job.id}, ${job.firmId}, ${job.kind}, ${job.class}, ${job.version}, ${job.subject}, ${job.terms},
			${job.rate}, ${job.state}, ${job.askedOn}, ${job.askedBy}, ${sql.param(job.askedAt, jobs.askedAt)}, ${job.mac})`);
}

export async function selectJob(tx: Transaction, id: string): Promise<JobRow | null> {
	const [row] = await tx.select().from(jobs).where(eq(jobs.id, id));
	return row ?? null;
}

export const selectJobs = (tx: Transaction, ids: readonly string[]): Promise<JobRow[]> =>
	tx
		.select()
		.from(jobs)
		.where(inArray(jobs.id, [...ids]))
		.orderBy(asc(jobs.id));

/** The newest, of a firm or of all, open ones alone if asked. */
export const selectJobListing = (
	tx: Transaction,
	{ firm, open, most }: { readonly firm: string | null; readonly open: boolean; readonly most: number },
): Promise<JobRow[]> =>
	tx
		.select()
		.from(jobs)
		.where(and(firm === null ? undefined : eq(jobs.firmId, firm), open ? inArray(jobs.state, OPEN) : undefined))
		.orderBy(sql`${jobs.id} desc`)
		.limit(most);

/** The one that is the same and still open; of what a firm's plane asks for, whatever its version. null: none is. */
export async function selectOpenJob(
	tx: Transaction,
	{
		firmId,
		kind,
		class: of,
		version,
		subject,
		askedOn,
	}: Pick<JobRow, 'firmId' | 'kind' | 'class' | 'version' | 'subject'> & Partial<Pick<JobRow, 'askedOn'>>,
): Promise<JobRow | null> {
	const isOfVersion = sql`${jobs.version} is not distinct from ${version}`;
	const [row] = await tx
		.select()
		.from(jobs)
		.where(
			and(
				eq(jobs.firmId, firmId),
				eq(jobs.kind, kind),
				sql`${jobs.class} is not distinct from ${of}`,
				askedOn === 'firm' ? or(isOfVersion, eq(jobs.askedOn, 'firm')) : isOfVersion,
				sql`${jobs.subject} is not distinct from ${subject}`,
				inArray(jobs.state, OPEN),
			),
		);
	return row ?? null;
}

/** Of each firm, the newest job of a kind that is about this. */
export const selectNewestJobs = (tx: Transaction, kind: JobKind, subject: string): Promise<JobRow[]> =>
	tx
		.selectDistinctOn([jobs.firmId])
		.from(jobs)
		.where(and(eq(jobs.kind, kind), eq(jobs.subject, subject)))
		.orderBy(jobs.firmId, sql`${jobs.id} desc`);

/** Calls a job off. false: it has ended. Pages that are under way are written no more. */
export async function cancelJob(tx: Transaction, id: string): Promise<boolean> {
	const rows = await tx
		.update(jobs)
		.set({ state: 'CANCELLED', endedAt: sql`clock_timestamp()` })
		.where(and(eq(jobs.id, id), inArray(jobs.state, OPEN)))
		.returning({ id: jobs.id });
	return rows.length === 1;
}

/** The second person's yes, by which a job is queued. false: it does not wait for one. */
export async function setJobApproved(
	tx: Transaction,
	id: string,
	{ user, mac }: { readonly user: string; readonly mac: Uint8Array },
): Promise<boolean> {
	const rows = await tx
		.update(jobs)
		.set({ state: 'QUEUED', agreedBy: user, agreedMac: mac })
		.where(and(eq(jobs.id, id), eq(jobs.state, 'WAITING')))
		.returning({ id: jobs.id });
	return rows.length === 1;
}

/** Kinds of which a page lasts for as long as people take. */
const INTERACTIVE_KINDS: readonly JobKind[] = ['RECOVER', 'DRILL'];

/**
 * Whose turn it is, of the jobs that wait for people or of the others; null: none has anything to do now. Nothing is taken by asking, and
 * nothing more is read of it, so that no row keeps others from their turns.
 * `firmsFirst`: what firms' planes asked for comes before all else; otherwise after it.
 */
export async function selectNextJob(
	tx: Transaction,
	{ interactive, firmsFirst }: { readonly interactive: boolean; readonly firmsFirst: boolean },
): Promise<Pick<JobRow, 'id'> | null> {
	const [row] = await tx
		.select({ id: jobs.id })
		.from(jobs)
		.where(
			and(
				inArray(jobs.state, ['QUEUED', 'RUNNING']),
				(interactive ? inArray : notInArray)(jobs.kind, [...INTERACTIVE_KINDS]),
				sql`${jobs.nextAt} <= clock_timestamp()`,
			),
		)
		.orderBy(sql`(${jobs.askedOn} = 'firm') <> ${firmsFirst}`, asc(jobs.nextAt))
		.limit(1);
	return row ?? null;
}

/** Takes the job for this transaction, and begins it if it was not yet. null: someone else has it, or it has ended. */
export async function lockJob(tx: Transaction, id: string): Promise<JobRow | null> {
	const open = and(eq(jobs.id, id), inArray(jobs.state, ['QUEUED', 'RUNNING']));
	const [row] = await tx.select().from(jobs).where(open).for('update', { skipLocked: true });
	if (row?.state !== 'QUEUED') return row ?? null;
	const startedAt = sql`clock_timestamp()`;
	const [begun] = await tx.update(jobs).set({ state: 'RUNNING', startedAt }).where(eq(jobs.id, id)).returning();
	return begun ?? null;
}

/** Whether the log says of a job that it has ended, whatever its row says. `logged`: its id as the log writes ids. */
export async function hasEndedByLog(
	tx: Transaction,
	{ firmId, kind }: Pick<JobRow, 'firmId' | 'kind'>,
	logged: string,
): Promise<boolean> {
	const { rows } = await tx.execute(sql`select public.has_ended_by_log(${firmId}, ${kind}, ${logged}) as ended`);
	return rows[0]?.ended === true;
}

export type JobPageRow = typeof jobPages.$inferSelect & {
	/** Someone had it before, and may have done of it whatever is not written by its transaction. */
	readonly isAgain?: boolean;
};

/** A page whose worker has given no sign of life for so many seconds, under another claim; null: there is none. */
export async function takeOverPage(
	tx: Transaction,
	job: string,
	{ claim, silence }: { readonly claim: string; readonly silence: number },
): Promise<JobPageRow | null> {
	const { rows } = await tx.execute(sql`
		update public.job_pages p set claim = ${claim}, claimed_at = clock_timestamp()
		where (p.job_id, p.number) = (select l.job_id, l.number from public.job_pages l where l.job_id = ${job}
			and abs(extract(epoch from clock_timestamp() - l.claimed_at)) > ${silence} order by l.number limit 1 for update skip locked)
		returning p.step, p.after, p.upto, p.number`);
	const [row] = rows as unknown as Pick<JobPageRow, 'step' | 'after' | 'upto' | 'number'>[];
	return row ? { ...row, jobId: job, claim, claimedAt: new Date(), isAgain: true } : null;
}

/** Begins a page of a locked job and moves the job on behind it. */
export async function beginPage(
	tx: Transaction,
	{ id, step, after, rate }: Pick<JobRow, 'id' | 'step' | 'after' | 'rate'>,
	{ upto, claim, rows }: Pick<JobPageRow, 'upto' | 'claim'> & { readonly rows: number },
): Promise<JobPageRow> {
	const [page] = await tx
		.insert(jobPages)
		.values({
			jobId: id,
			step,
			after,
			upto,
			claim,
			number: sql`(select coalesce(max(p.number), 0) + 1 from public.job_pages p where p.job_id = ${id})`,
		} as never)
		.returning();
	// To the end of the queue, behind other jobs; and no sooner than its rate allows.
	const pause = rate === null ? 0 : rows / rate;
	await tx
		.update(jobs)
		.set({
			after: upto,
			nextAt: sql`greatest(${jobs.nextAt}, clock_timestamp()) + ${pause}::float8 * interval '1 second'`,
		})
		.where(eq(jobs.id, id));
	return page as JobPageRow;
}

/** Pages of the job that are under way. */
export async function countPages(tx: Transaction, job: string): Promise<number> {
	const [row] = await tx.select({ count: sql<number>`count(*)::int` }).from(jobPages).where(eq(jobPages.jobId, job));
	return row?.count ?? 0;
}

/** A sign of life. false: someone else has the page. */
export async function recordPageHeartbeat(tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<boolean> {
	const rows = await tx
		.update(jobPages)
		.set({ claimedAt: sql`clock_timestamp()` })
		.where(and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim)))
		.returning({ number: jobPages.number });
	return rows.length === 1;
}

/** Ends a page, first of what its transaction writes. false: it is not this worker's any more, so nothing may be written. */
export async function endPage(tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<boolean> {
	const isOf = and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim));
	return (await deleteRows(tx, jobPages, isOf)) === 1;
}

/** Lets go of a page at once, for anyone who comes next. */
export async function releasePage(tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<void> {
	await tx
		.update(jobPages)
		.set({ claimedAt: new Date(0) })
		.where(and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim)));
}

/**
 * Takes away what is left of pages of jobs that have ended. Not with the end: the one who settles a page waits for the job, and would be waited
 * for.
 */
export async function deleteEndedPages(tx: Transaction): Promise<void> {
	const hasEnded = tx
		.select({ id: jobs.id })
		.from(jobs)
		.where(and(eq(jobs.id, jobPages.jobId), isNotNull(jobs.endedAt)));
	await deleteRows(tx, jobPages, exists(hasEnded));
}

/** What a job has come to. Counts are added; `wait`: seconds until its next page, at the earliest. */
export interface JobProgress {
	readonly done?: number;
	readonly failed?: number;
	readonly total?: number;
	readonly step?: number;
	readonly round?: number;
	readonly wait?: number;
	/** Added to what was counted before, name by name. */
	readonly findings?: Readonly<Record<string, number>>;
	/** null: it gets on again. */
	readonly trouble?: string | null;
}

const withFindings = (findings: Readonly<Record<string, number>>) => sql`(
	select jsonb_object_agg(name, counted) from (
		select name, sum(value::bigint) as counted from (
			select * from jsonb_each_text(coalesce(${jobs.findings}, '{}'))
			union all select * from jsonb_each_text(${JSON.stringify(findings)}::jsonb)
		) each (name, value) group by name) summed)`;

/** false: the job has ended meanwhile, so nothing may be written. */
export async function advanceJob(tx: Transaction, id: string, progress: JobProgress): Promise<boolean> {
	const { done = 0, failed = 0, total, step, round, wait, findings, trouble } = progress;
	const rows = await tx
		.update(jobs)
		.set({
			done: sql`${jobs.done} + ${done}`,
			failed: sql`${jobs.failed} + ${failed}`,
			...(total !== undefined && { total }),
			// Each step begins with the first row.
			...(step !== undefined && { step, after: null }),
			...(round !== undefined && { round, failed: 0 }),
			...(wait !== undefined && {
				nextAt: sql`greatest(${jobs.nextAt}, clock_timestamp()) + ${wait}::float8 * interval '1 second'`,
			}),
			...(findings !== undefined && { findings: withFindings(findings) }),
			...(trouble !== undefined && { trouble }),
		})
		.where(and(eq(jobs.id, id), inArray(jobs.state, ['QUEUED', 'RUNNING'])))
		.returning({ id: jobs.id });
	return rows.length === 1;
}

/** Nothing more is written of its pages. false: it has ended already. */
export async function endJob(
	tx: Transaction,
	id: string,
	state: 'DONE' | 'FAILED',
	trouble: string | null,
): Promise<boolean> {
	const rows = await tx
		.update(jobs)
		.set({ state, trouble, endedAt: sql`clock_timestamp()` })
		.where(and(eq(jobs.id, id), inArray(jobs.state, ['QUEUED', 'RUNNING'])))
		.returning({ id: jobs.id });
	return rows.length === 1;
}

/** Milliseconds. */
const LONG_STATEMENT_TIMEOUT = 600_000;

/** What goes over a whole table may take longer than a request. */
export async function extendStatementTimeout(tx: Transaction): Promise<void> {
	await tx.execute(sql`select set_config('statement_timeout', ${String(LONG_STATEMENT_TIMEOUT)}, true)`);
}
