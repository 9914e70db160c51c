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
import { KeyUnavailableError, type RightsProofs } from '../keys/index.ts';
import {
	isJobProven,
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
	/** Of the role firmseal_maintenance. */
	readonly plane: Plane;
	readonly rights: RightsProofs;
	readonly audit: AuditLog;
	/** Everyone who operates the platform now. */
	readonly operatorsNow: () => Promise<OperatorsNow>;
	/** What a job consists of. */
	readonly stepsOf: (job: JobRow) => readonly JobStep[];
	/** Only jobs that wait for people, for whom a worker has turns of their own; all the others unless given. */
	readonly interactive?: boolean;
	/** Whether what firms' planes asked for comes before all else, or after it: who takes turns by turns lets neither wait for all of the other. */
	readonly firmsFirst?: boolean;
	/** Seconds without a sign of life after which a page is somebody else's; 15 unless given. */
	readonly heartbeatTimeoutSeconds?: number | undefined;
	/** A job has ended: what was at hand for it goes. */
	readonly onEnded?: (job: JobRow, end: JobEnd) => void;
}

export interface JobEnd {
	readonly state: 'DONE' | 'FAILED';
	readonly trouble: string | null;
}

/** IDLE: there is nothing to do now. BUSY: others are at it, or it waits for them. WORKED: there may be more. */
export type PageOutcome = 'IDLE' | 'BUSY' | 'WORKED';

/** Seconds; there are four signs of life in them. */
const HEARTBEAT_TIMEOUT = 15;

/** Seconds between two looks at a job whose time has not come. */
const LONGEST_WAIT = 600;

/** Seconds until something that is away is asked again. */
const PAUSE = 5;
/** The same while the store has no room. */
const LONG_PAUSE = 60;

/**
 * Does one page of the job whose turn it is (README.md). Any number of workers take turns; whoever is killed, or loses a
 * page to another, has written nothing of it. Throws what the database throws.
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
		if (!(await isJobProven(parts.rights, first))) {
			await refuse(parts, first);
			return 'WORKED';
		}
		const early = await secondsUntilBegin(parts, first);
		if (early > 0) {
			// As long as it waits it is not begun, and can be called off.
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

/** Of one that can't be read nothing is known: others' jobs have their turns meanwhile. */
async function readJob(plane: Plane, id: string): Promise<JobRow | null> {
	try {
		return await plane.read(null, (tx) => selectJob(tx, id));
	} catch (error) {
		await plane.write(null, (tx) => advanceJob(tx, id, { wait: PAUSE, trouble: nameOf(error) })).catch(() => {});
		throw error;
	}
}

/** Of an erasure by its terms; of another approver by who wants it. */
const secondsUntilBegin = async ({ rights, operatorsNow }: RunNextPageParts, job: JobRow): Promise<number> =>
	job.kind === 'APPOINT' ? (await decideOnPerson(rights, job, await operatorsNow())).wait : secondsUntilDue(job);

interface Claimed {
	readonly job: JobRow;
	readonly page: JobPageRow;
	readonly step: JobStep;
}

/** The next page of a job, which is this worker's from the commit on; or what is to be done instead. */
async function claim(parts: RunNextPageParts, tx: Transaction, proven: JobRow): Promise<Claimed | PageOutcome> {
	const { id } = proven;
	const job = await lockJob(tx, id);
	// What was changed since is proven with the next turn, or refused.
	if (!job || !isSameJob(job, proven)) return 'BUSY';
	await extendStatementTimeout(tx);
	const steps = parts.stepsOf(job);
	// Its proofs are as good as ever. What has nothing left to do was cut off between its record and its row.
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

/** Others are at the last pages of a step: the next begins when they are done. */
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

/** All of a page at once: its end, what is written, how far the job is, and the record; or nothing of it. */
async function commitPage(
	{ audit, clock }: RunNextPageParts,
	tx: Transaction,
	job: JobRow,
	page: JobPageRow,
	{ write }: PageResult,
): Promise<void> {
	if (!(await endPage(tx, page))) throw new PageLostError();
	const began = clock.now();
	const { progress, entries } = write ? await write(tx) : { progress: {}, entries: [] };
	const wait = pauseAfter((clock.now() - began) / 1000);
	if (!(await advanceJob(tx, job.id, { trouble: null, ...(wait > 0 && { wait }), ...progress })))
		throw new PageLostError();
	if (entries.length > 0) await audit.append(entries);
}

/** Seconds that the statements of a page take where the database has nothing else to do, and more. */
const QUICK = 0.25;
const LONGEST_PAUSE = 5;

/** Seconds until the next page: while the database is slow, it has as long for everybody else as the page took of it. */
const pauseAfter = (seconds: number): number => (seconds <= QUICK ? 0 : Math.min(seconds, LONGEST_PAUSE));

/** Somebody else has the page, or the job has ended: nothing of it may be written. */
class PageLostError extends Error {
	override readonly name = 'PageLostError';
}

/** The job has ended by the log: its row was put back by SQL, or by a restore. */
class JobAlreadyEndedError extends Error {
	override readonly name = 'JobAlreadyEndedError';
}

/** What a job ends by, or waits for; anything else is the database's, and thrown on. */
async function handleFailure(parts: RunNextPageParts, job: JobRow, error: unknown): Promise<PageOutcome> {
	if (error instanceof PageLostError) return 'BUSY';
	if (error instanceof JobAlreadyEndedError) {
		await refuse(parts, job);
		return 'WORKED';
	}
	if (error instanceof JobFailure) return failed(parts, job, error.trouble);
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return failed(parts, job, 'KEY_UNAVAILABLE');
	// Of what is away nothing is known, and it is asked again.
	const code = error instanceof FirmsealError && error.code !== 'INTERNAL' ? error.code : nameOf(error);
	if (code === 'AUDIT_UNAVAILABLE') {
		if (isDiskFull(error))
			await parts.plane
				.write(null, (tx) => advanceJob(tx, job.id, { wait: PAUSE, trouble: 'DISK_FULL' }))
				.catch(() => {});
		throw error;
	}
	// Others' jobs have their turns meanwhile.
	const wait =
		error instanceof ObjectStoreError && error.reason === 'FULL' ? LONG_PAUSE : isTransient(error) ? 1 : PAUSE;
	await parts.plane.write(null, (tx) => advanceJob(tx, job.id, { wait, trouble: code }));
	if (error instanceof FirmsealError || isTransient(error)) return 'BUSY';
	throw error;
}

/** Somebody has put the job there, or changed it, past the program. */
async function refuse(parts: RunNextPageParts, job: JobRow): Promise<void> {
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
	await end(parts, job, { state: 'FAILED', trouble: 'FORBIDDEN' });
}

async function failed(parts: RunNextPageParts, job: JobRow, trouble: string): Promise<PageOutcome> {
	await end(parts, job, { state: 'FAILED', trouble });
	return 'WORKED';
}

/** The class of an error, and an SQLSTATE, in the form of the column; its message may hold anything. */
function nameOf(error: unknown): string {
	const name = error instanceof Error ? error.name : 'Unknown';
	const code = error instanceof DatabaseError ? `_${error.code}` : '';
	const words = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
	return `${words}${code}`.replace(/[^A-Z0-9_]/g, '').slice(0, 40) || 'UNKNOWN';
}

const end = (parts: RunNextPageParts, job: JobRow, how: JobEnd): Promise<void> =>
	parts.plane.write(job.firmId, (tx) => finish(parts, tx, job, how));

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

/** The log's own word. */
function reasonOf(trouble: string | null) {
	const known = ['KEY_UNAVAILABLE', 'CIPHERTEXT_INVALID', 'FORBIDDEN'] as const;
	return known.find((reason) => reason === trouble) ?? 'CONFLICT';
}
