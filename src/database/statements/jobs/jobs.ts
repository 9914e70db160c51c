import { and, asc, eq, exists, inArray, isNotNull, notInArray, or, sql } from 'drizzle-orm';
import { type KeysetPage, orderOfPage, type Page, trimToPage, withinPage } from '../../keyset.ts';
import type { Transaction } from '../../plane.ts';
import { firstRow, isOneRow, selectBoolean } from '../../single-row.ts';
import { type JOB_KINDS, type JOB_STATES, jobPages, jobs } from '../../tables/index.ts';
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

/** Sets only these columns, because the role may not set others. Throws a unique violation while the same job is open. */
export async function insertJob(tx: Transaction, job: NewJob): Promise<void> {
	await tx.execute(sql`
		insert into public.jobs (id, firm_id, kind, class, version, subject, terms, rate, state, asked_on, asked_by, asked_at, mac)
		values (${job.id}, ${job.firmId}, ${job.kind}, ${job.class}, ${job.version}, ${job.subject}, ${job.terms},
			${job.rate}, ${job.state}, ${job.askedOn}, ${job.askedBy}, ${sql.param(job.askedAt, jobs.askedAt)}, ${job.mac})`);
}

export const selectJob = (tx: Transaction, id: string): Promise<JobRow | null> =>
	firstRow(tx.select().from(jobs).where(eq(jobs.id, id)));

export const selectJobs = (tx: Transaction, ids: readonly string[]): Promise<JobRow[]> =>
	tx
		.select()
		.from(jobs)
		.where(inArray(jobs.id, [...ids]))
		.orderBy(asc(jobs.id));

/** Newest first. `firm`: null for all. */
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

/** Conditions of a list of jobs; null is no condition. */
export interface JobRowFilter {
	readonly firmId: string | null;
	readonly kind: JobKind | null;
	readonly state: (typeof JOB_STATES)[number] | null;
	readonly isOpen: boolean | null;
}

const matching = ({ firmId, kind, state, isOpen }: JobRowFilter) =>
	and(
		firmId === null ? undefined : eq(jobs.firmId, firmId),
		kind === null ? undefined : eq(jobs.kind, kind),
		state === null ? undefined : eq(jobs.state, state),
		isOpen === null ? undefined : (isOpen ? inArray : notInArray)(jobs.state, [...OPEN]),
	);

export async function selectJobPage(tx: Transaction, filter: JobRowFilter, page: KeysetPage): Promise<Page<JobRow>> {
	const rows = await tx
		.select()
		.from(jobs)
		.where(and(matching(filter), ...withinPage(page)))
		.orderBy(...orderOfPage(page))
		.limit(page.limit + 1);
	return trimToPage(page, rows);
}

export const countJobs = (tx: Transaction, filter: JobRowFilter): Promise<number> => tx.$count(jobs, matching(filter));

/** The open job that equals this one; for a firm's own request, of any version. Null if there is none. */
export function selectOpenJob(
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
	return firstRow(
		tx
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
			),
	);
}

/** Each firm's newest job of a kind about this subject. */
export const selectNewestJobs = (tx: Transaction, kind: JobKind, subject: string): Promise<JobRow[]> =>
	tx
		.selectDistinctOn([jobs.firmId])
		.from(jobs)
		.where(and(eq(jobs.kind, kind), eq(jobs.subject, subject)))
		.orderBy(jobs.firmId, sql`${jobs.id} desc`);

/** False if the job has ended. Pages that are being worked on cannot be committed any more. */
export const cancelJob = (tx: Transaction, id: string): Promise<boolean> =>
	isOneRow(
		tx
			.update(jobs)
			.set({ state: 'CANCELLED', endedAt: sql`clock_timestamp()` })
			.where(and(eq(jobs.id, id), inArray(jobs.state, OPEN)))
			.returning({ id: jobs.id }),
	);

/** Records the second person's approval and queues the job. False if the job does not wait for one. */
export const setJobApproved = (
	tx: Transaction,
	id: string,
	{ user, mac }: { readonly user: string; readonly mac: Uint8Array },
): Promise<boolean> =>
	isOneRow(
		tx
			.update(jobs)
			.set({ state: 'QUEUED', agreedBy: user, agreedMac: mac })
			.where(and(eq(jobs.id, id), eq(jobs.state, 'WAITING')))
			.returning({ id: jobs.id }),
	);

/** Kinds whose pages wait for people. */
const INTERACTIVE_KINDS: readonly JobKind[] = ['RECOVER', 'DRILL'];

/**
 * The next job, among those that wait for people or among the others; null if none is due. Locks nothing and reads only the id, so that no row can
 * block the queue. `firmsFirst`: whether jobs that firms requested come before or after the others.
 */
export const selectNextJob = (
	tx: Transaction,
	{ interactive, firmsFirst }: { readonly interactive: boolean; readonly firmsFirst: boolean },
): Promise<Pick<JobRow, 'id'> | null> =>
	firstRow(
		tx
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
			.limit(1),
	);

/** Locks the job for this transaction, and starts it if necessary. Null if another worker has locked it or if it has ended. */
export async function lockJob(tx: Transaction, id: string): Promise<JobRow | null> {
	const open = and(eq(jobs.id, id), inArray(jobs.state, ['QUEUED', 'RUNNING']));
	const [row] = await tx.select().from(jobs).where(open).for('update', { skipLocked: true });
	if (row?.state !== 'QUEUED') return row ?? null;
	const startedAt = sql`clock_timestamp()`;
	const [begun] = await tx.update(jobs).set({ state: 'RUNNING', startedAt }).where(eq(jobs.id, id)).returning();
	return begun ?? null;
}

/** Whether the log records the end of a job, regardless of its row. `logged`: the job's id in the log's format. */
export const hasEndedByLog = (
	tx: Transaction,
	{ firmId, kind }: Pick<JobRow, 'firmId' | 'kind'>,
	logged: string,
): Promise<boolean> => selectBoolean(tx, sql`select public.has_ended_by_log(${firmId}, ${kind}, ${logged}) as ended`);

export type JobPageRow = typeof jobPages.$inferSelect & {
	/** Another worker had the page before and may have done the work outside of its transaction. */
	readonly isAgain?: boolean;
};

/** Takes over a page whose worker has sent no heartbeat for `silence` seconds, under a new claim. Null if there is none. */
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

/** Begins a page of a locked job and moves the job's position behind it. */
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
	// Puts the job at the end of the queue, and no sooner than its rate allows.
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

/** Number of the job's pages that workers have. */
export const countPages = (tx: Transaction, job: string): Promise<number> =>
	tx.$count(jobPages, eq(jobPages.jobId, job));

/** False if another worker has the page. */
export const recordPageHeartbeat = (tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<boolean> =>
	isOneRow(
		tx
			.update(jobPages)
			.set({ claimedAt: sql`clock_timestamp()` })
			.where(and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim)))
			.returning({ number: jobPages.number }),
	);

/** Call it before all other writes of the page's transaction. False if another worker has the page: nothing may be written then. */
export async function endPage(tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<boolean> {
	const isOf = and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim));
	return (await deleteRows(tx, jobPages, isOf)) === 1;
}

/** Lets another worker take the page at once. */
export async function releasePage(tx: Transaction, { jobId, number, claim }: JobPageRow): Promise<void> {
	await tx
		.update(jobPages)
		.set({ claimedAt: new Date(0) })
		.where(and(eq(jobPages.jobId, jobId), eq(jobPages.number, number), eq(jobPages.claim, claim)));
}

/**
 * Deletes pages of ended jobs. Not together with the job's end, which would deadlock with a worker that ends a page and waits for the job.
 */
export async function deleteEndedPages(tx: Transaction): Promise<void> {
	const hasEnded = tx
		.select({ id: jobs.id })
		.from(jobs)
		.where(and(eq(jobs.id, jobPages.jobId), isNotNull(jobs.endedAt)));
	await deleteRows(tx, jobPages, exists(hasEnded));
}

/** Absent properties do not change. */
export interface JobProgress {
	/** Added to the count, as `failed` is. */
	readonly done?: number;
	readonly failed?: number;
	readonly total?: number;
	readonly step?: number;
	readonly round?: number;
	/** Minimum seconds until the next page. */
	readonly wait?: number;
	/** Added to the counts, name by name. */
	readonly findings?: Readonly<Record<string, number>>;
	/** Null if the job makes progress again. */
	readonly trouble?: string | null;
}

const withFindings = (findings: Readonly<Record<string, number>>) => sql`(
	select jsonb_object_agg(name, counted) from (
		select name, sum(value::bigint) as counted from (
			select * from jsonb_each_text(coalesce(${jobs.findings}, '{}'))
			union all select * from jsonb_each_text(${JSON.stringify(findings)}::jsonb)
		) each (name, value) group by name) summed)`;

/** False if the job has ended: nothing may be written then. */
export async function advanceJob(tx: Transaction, id: string, progress: JobProgress): Promise<boolean> {
	const { done = 0, failed = 0, total, step, round, wait, findings, trouble } = progress;
	const rows = await tx
		.update(jobs)
		.set({
			done: sql`${jobs.done} + ${done}`,
			failed: sql`${jobs.failed} + ${failed}`,
			...(total !== undefined && { total }),
			// Each step starts with the first row.
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

/** False if the job has ended already. Its pages cannot be committed any more. */
export const endJob = (
	tx: Transaction,
	id: string,
	state: 'DONE' | 'FAILED',
	trouble: string | null,
): Promise<boolean> =>
	isOneRow(
		tx
			.update(jobs)
			.set({ state, trouble, endedAt: sql`clock_timestamp()` })
			.where(and(eq(jobs.id, id), inArray(jobs.state, ['QUEUED', 'RUNNING'])))
			.returning({ id: jobs.id }),
	);

/** Milliseconds. */
const LONG_STATEMENT_TIMEOUT = 600_000;

/** For statements that scan a whole table. */
export async function extendStatementTimeout(tx: Transaction): Promise<void> {
	await tx.execute(sql`select set_config('statement_timeout', ${String(LONG_STATEMENT_TIMEOUT)}, true)`);
}
