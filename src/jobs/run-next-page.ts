import { randomUUID } from 'node:crypto';
import { type AuditLog, systemEntry, uuidToBase64url } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import {
	advanceJob,
	beginPage,
	countPages,
	DatabaseError,
	deleteEndedPages,
	endJob,
	endPage,
	extendStatementTimeout,
	hasEndedByLog,
	isDiskFull,
	isTransient,
	type JobPageRow,
	type JobRow,
	lockJob,
	type Plane,
	recordPageHeartbeat,
	releasePage,
	selectJob,
	selectNextJob,
	type Transaction,
	takeOverPage,
} from '../database/index.ts';
import { ObjectStoreError } from '../documents/index.ts';
import { FirmsealError } from '../errors.ts';
import type { RightsProofs } from '../keys/index.ts';
import {
	isJobProven,
	isKeyRefused,
	isSameJob,
	JobFailure,
	type JobStep,
	jobAct,
	nextStep,
	type PageResult,
	secondsUntilDue,
} from './engine/index.ts';
import { decideOnPerson, type OperatorsNow } from './people/index.ts';

export interface RunNextPageParts {
	readonly clock: Clock;
	/** Plane of the role firmseal_maintenance. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	readonly operatorsNow: () => Promise<OperatorsNow>;
	readonly stepsOf: (job: JobRow) => readonly JobStep[];
	/** True: only jobs that wait for people, which a worker runs in turns of their own. False (the default): only all other jobs. */
	readonly interactive?: boolean;
	/**
	 * True if jobs that firms' planes requested come first, false if last. A worker that alternates makes neither group wait for all of the
	 * other.
	 */
	readonly firmsFirst?: boolean;
	/** Seconds without a heartbeat after which another worker may take over a page. 15 by default. */
	readonly heartbeatTimeoutSeconds?: number | undefined;
	/** A job has ended, so what was kept in memory for it can go. */
	readonly onEnded?: (job: JobRow, end: JobEnd) => void;
}

export interface JobEnd {
	readonly state: 'DONE' | 'FAILED';
	readonly trouble: string | null;
}

/** IDLE: nothing to do now. BUSY: other workers have all pages, or the job waits for them. WORKED: there may be more. */
export type PageOutcome = 'IDLE' | 'BUSY' | 'WORKED';

/** Seconds. A page sends four heartbeats within them. */
const HEARTBEAT_TIMEOUT = 15;

/** Seconds between two checks of a job that may not begin yet. */
const LONGEST_WAIT = 600;

/** Seconds until a retry if something is unavailable. */
const PAUSE = 5;
/** Seconds until a retry if the object store is full. */
const LONG_PAUSE = 60;

/**
 * Runs one page of the next job (README.md). Any number of workers call it. A worker that is killed, or loses a page to another worker, has
 * written nothing of the page. Throws the database's errors.
 */
export async function runNextPage(parts: RunNextPageParts): Promise<PageOutcome> {
	const { plane, interactive = false, firmsFirst = false } = parts;
	const next = await plane.read(null, (tx) => selectNextJob(tx, { interactive, firmsFirst }));
	if (!next) {
		await plane.write(null, deleteEndedPages);
		return 'IDLE';
	}
	const first = await readJob(plane, next.id);
	if (!first) return 'BUSY';
	try {
		if (!(await isJobProven(parts.rights, first))) return await refuse(parts, first);
		const early = await secondsUntilBegin(parts, first);
		if (early > 0) {
			// A waiting job hasn't begun, so it can be cancelled.
			await plane.write(null, (tx) => advanceJob(tx, first.id, { wait: Math.min(early, LONGEST_WAIT) }));
			return 'WORKED';
		}
		const claimed = await plane.forJob(first.id).write(first.firmId, (tx) => claim(parts, tx, first));
		if (typeof claimed === 'string') return claimed;
		await work(parts, claimed);
		return 'WORKED';
	} catch (error) {
		return handleFailure(parts, first, error);
	}
}

/** A job that can't be read is put off, so that it doesn't block others' jobs. */
async function readJob(plane: Plane, id: string): Promise<JobRow | null> {
	try {
		return await plane.read(null, (tx) => selectJob(tx, id));
	} catch (error) {
		await plane.write(null, (tx) => advanceJob(tx, id, { wait: PAUSE, trouble: nameOf(error) })).catch(() => {});
		throw error;
	}
}

/** By the terms of an erasure; by the approvers of an appointment. */
const secondsUntilBegin = async ({ rights, operatorsNow }: RunNextPageParts, job: JobRow): Promise<number> =>
	job.kind === 'APPOINT' ? (await decideOnPerson(rights, job, await operatorsNow())).wait : secondsUntilDue(job);

interface Claimed {
	readonly job: JobRow;
	readonly page: JobPageRow;
	readonly step: JobStep;
}

/** Claims the next page of a job, which belongs to this worker from the commit on. If there is none, returns the outcome. */
async function claim(parts: RunNextPageParts, tx: Transaction, proven: JobRow): Promise<Claimed | PageOutcome> {
	const { id } = proven;
	const job = await lockJob(tx, id);
	// A job that was changed since is proven again in the next call, or refused.
	if (!job || !isSameJob(job, proven)) return 'BUSY';
	await extendStatementTimeout(tx);
	const steps = parts.stepsOf(job);
	// Proofs of an ended job are still valid, so the log decides. A job without remaining steps was interrupted between its end's log entry
	// and its row.
	if (job.step < steps.length && (await hasEndedByLog(tx, job, uuidToBase64url(id)))) throw new JobAlreadyEndedError();
	const mine = randomUUID();
	const left = await takeOverPage(tx, id, { claim: mine, silence: parts.heartbeatTimeoutSeconds ?? HEARTBEAT_TIMEOUT });
	const stepOfLeft = left && steps[left.step];
	if (left && stepOfLeft) return { job, page: left, step: stepOfLeft };
	if (left) throw new JobFailure('WRONG_STATE');
	const step = steps[job.step];
	const underWay = await countPages(tx, id);
	if (!step) {
		if (underWay > 0) return waitFor(tx, id);
		await finish(parts, tx, job, { state: 'DONE', trouble: null });
		return 'WORKED';
	}
	if (step.isSinglePage && underWay > 0) return waitFor(tx, id);
	if (job.step === 0 && job.round === 0 && job.after === null && underWay === 0) await noteStart(parts, job);
	const planned = await step.plan(tx, job);
	if (!planned) {
		if (underWay > 0) return waitFor(tx, id);
		await advanceJob(tx, id, nextStep(job));
		return 'WORKED';
	}
	return { job, step, page: await beginPage(tx, job, { ...planned, claim: mine }) };
}

/** Other workers have the last pages of the step. The next step begins when they are done. */
async function waitFor(tx: Transaction, id: string): Promise<PageOutcome> {
	await advanceJob(tx, id, { wait: 0.2 });
	return 'BUSY';
}

const noteStart = ({ audit }: RunNextPageParts, job: JobRow) =>
	audit.append([systemEntry('worker', jobAct('job.start', job))]);

async function work(parts: RunNextPageParts, { job, page, step }: Claimed): Promise<void> {
	const plane = parts.plane.forJob(job.id);
	const period = (parts.heartbeatTimeoutSeconds ?? HEARTBEAT_TIMEOUT) * 250;
	const touch = async () => {
		// Not awaited: if its connection has died, the next heartbeat uses another one. If another worker has taken the page, settling it fails.
		void plane.write(job.firmId, (tx) => recordPageHeartbeat(tx, page)).catch(() => {});
		return period;
	};
	const beat = parts.clock.every(touch, { after: period });
	try {
		const worked = await step.work(job, page);
		await plane.write(job.firmId, (tx) => commitPage(parts, tx, job, page, worked));
	} catch (error) {
		if (!(error instanceof PageLostError)) await plane.write(job.firmId, (tx) => releasePage(tx, page)).catch(() => {});
		throw error;
	} finally {
		await beat.stop();
	}
}

/** Commits a page: its end, its writes, the job's progress and the log entries, all or nothing. */
async function commitPage(
	{ audit, clock }: RunNextPageParts,
	tx: Transaction,
	job: JobRow,
	page: JobPageRow,
	{ write }: PageResult,
): Promise<void> {
	if (!(await endPage(tx, page))) throw new PageLostError();
	const began = clock.now();
	const { progress = {}, entries = [] } = (await write?.(tx)) ?? {};
	const wait = pauseAfter((clock.now() - began) / 1000);
	if (!(await advanceJob(tx, job.id, { trouble: null, ...(wait > 0 && { wait }), ...progress })))
		throw new PageLostError();
	if (entries.length > 0) await audit.append(entries);
}

/** Seconds that a page's statements take at most if the database is not busy. */
const QUICK = 0.25;
const LONGEST_PAUSE = 5;

/** Seconds until the next page. If the database is slow, it gets as long for other work as the page took. */
const pauseAfter = (seconds: number): number => (seconds <= QUICK ? 0 : Math.min(seconds, LONGEST_PAUSE));

/** Another worker has the page, or the job has ended: nothing of the page may be written. */
class PageLostError extends Error {
	override readonly name = 'PageLostError';
}

/** The log says that the job has ended, so SQL or a restore has put its row back. */
class JobAlreadyEndedError extends Error {
	override readonly name = 'JobAlreadyEndedError';
}

/** Ends the job, or makes it wait. Rethrows errors of the database. */
async function handleFailure(parts: RunNextPageParts, job: JobRow, error: unknown): Promise<PageOutcome> {
	if (error instanceof PageLostError) return 'BUSY';
	if (error instanceof JobAlreadyEndedError) return refuse(parts, job);
	if (error instanceof JobFailure) return fail(parts, job, error.trouble);
	if (isKeyRefused(error)) return fail(parts, job, 'KEY_UNAVAILABLE');
	// Something is unavailable, so the page is retried.
	const code = error instanceof FirmsealError && error.code !== 'INTERNAL' ? error.code : nameOf(error);
	if (code === 'AUDIT_UNAVAILABLE') {
		if (isDiskFull(error))
			await parts.plane
				.write(null, (tx) => advanceJob(tx, job.id, { wait: PAUSE, trouble: 'DISK_FULL' }))
				.catch(() => {});
		throw error;
	}
	// Other jobs run meanwhile.
	const wait =
		error instanceof ObjectStoreError && error.reason === 'FULL' ? LONG_PAUSE : isTransient(error) ? 1 : PAUSE;
	await parts.plane.write(null, (tx) => advanceJob(tx, job.id, { wait, trouble: code }));
	if (error instanceof FirmsealError || isTransient(error)) return 'BUSY';
	throw error;
}

/** The job was inserted or changed by someone other than the program. */
async function refuse(parts: RunNextPageParts, job: JobRow): Promise<PageOutcome> {
	const records = [job.id];
	await parts.audit.append([
		systemEntry('worker', {
			action: 'rights.refuse',
			decision: 'DENIED',
			reason: 'FORBIDDEN',
			firm: job.firmId,
			records,
		}),
	]);
	return fail(parts, job, 'FORBIDDEN');
}

async function fail(parts: RunNextPageParts, job: JobRow, trouble: string): Promise<PageOutcome> {
	await parts.plane.write(job.firmId, (tx) => finish(parts, tx, job, { state: 'FAILED', trouble }));
	return 'WORKED';
}

/** The error's class and SQLSTATE, in the form of the column. The message is left out, because it may hold anything. */
function nameOf(error: unknown): string {
	const name = error instanceof Error ? error.name : 'Unknown';
	const code = error instanceof DatabaseError ? `_${error.code}` : '';
	const words = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
	return `${words}${code}`.replace(/[^A-Z0-9_]/g, '').slice(0, 40) || 'UNKNOWN';
}

async function finish(
	parts: RunNextPageParts,
	tx: Transaction,
	job: JobRow,
	{ state, trouble }: JobEnd,
): Promise<void> {
	if (!(await endJob(tx, job.id, state, trouble))) return;
	const act =
		state === 'DONE'
			? jobAct('job.end', job)
			: jobAct('job.end', job, { decision: 'FAILED', reason: reasonOf(trouble) });
	await parts.audit.append([systemEntry('worker', act)]);
	parts.onEnded?.(job, { state, trouble });
}

/** The reason in the log's vocabulary. */
function reasonOf(trouble: string | null) {
	const known = ['KEY_UNAVAILABLE', 'CIPHERTEXT_INVALID', 'FORBIDDEN'] as const;
	return known.find((reason) => reason === trouble) ?? 'CONFLICT';
}
