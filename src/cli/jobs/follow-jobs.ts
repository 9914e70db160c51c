import { type JobRow, type Plane, selectJobs } from '../../database/index.ts';
import { currentIo } from '../io.ts';
import { showProgress } from '../print/index.ts';

/** Milliseconds between two polls. */
const POLL_INTERVAL = 300;
/** Milliseconds after which the command stops waiting for a worker to take the job. */
const UNCLAIMED_TIMEOUT = 20_000;
/** Milliseconds without progress between two messages about it. */
const STALL_INTERVAL = 60_000;

export interface Followed {
	readonly jobs: readonly JobRow[];
	/** What went wrong, in one sentence. undefined if all jobs are done. */
	readonly problem: string | undefined;
}

/** The job may be waiting for an upload, or for a key service. */
function stalledMessage(jobs: readonly JobRow[]): string {
	const trouble = jobs.find((job) => job.trouble !== null)?.trouble;
	if (trouble?.startsWith('RETAINED_'))
		return `The job is waiting for objects that the store retains (${trouble}), and continues afterwards. You can stop this command.`;
	return trouble
		? `The job is waiting (${trouble}) and will be retried.`
		: 'The job has made no progress for a minute: check that a worker is running. The job continues on its own; you can stop this command.';
}

const isOver = ({ endedAt }: JobRow) => endedAt !== null;

/**
 * Waits for jobs and shows their progress. Ending the wait stops no job: the worker continues, and the same command finds the job again.
 */
export async function followJobs(plane: Pick<Plane, 'read'>, ids: readonly string[]): Promise<Followed> {
	let progress: ReturnType<typeof showProgress> | undefined;
	let shown = 0;
	const { clock, stderr } = currentIo();
	const began = clock.now();
	let seen = '';
	let movedAt = began;
	for (;;) {
		const jobs = await plane.read(null, (tx) => selectJobs(tx, ids));
		const total = sum(jobs, ({ total: of }) => of ?? 0);
		if (total > 0 && jobs.every((job) => isOver(job) || job.total !== null)) {
			progress ??= showProgress([...new Set(jobs.map(({ kind }) => kind))].join(', '), total);
			for (
				const done = Math.min(
					sum(jobs, (job) => job.done),
					total,
				);
				shown < done;
				shown++
			)
				progress.step();
		}
		if (jobs.every(isOver)) {
			progress?.end();
			return { jobs, problem: problemOf(jobs) };
		}
		const now = JSON.stringify(jobs.map(({ state, step, done, trouble }) => [state, step, done, trouble]));
		if (now !== seen) movedAt = clock.now();
		seen = now;
		if (clock.now() - movedAt > STALL_INTERVAL) {
			stderr.write(`${stalledMessage(jobs)}\n`);
			movedAt = clock.now();
		}
		const isTaken = jobs.some(({ state }) => state !== 'QUEUED');
		if (!isTaken && clock.now() - began > UNCLAIMED_TIMEOUT)
			return { jobs, problem: 'No worker has taken the job: run `firmseal worker`, which then does the job.' };
		await clock.sleep(POLL_INTERVAL);
	}
}

const sum = (jobs: readonly JobRow[], of: (job: JobRow) => number) => jobs.reduce((all, job) => all + of(job), 0);

/** The cause and what to do, for each `trouble` of a failed job. Continues "The job failed because". */
const FIXES: Readonly<Record<string, string>> = {
	KEY_UNAVAILABLE: 'the key service refuses the key: enable the key, then repeat the command',
	CIPHERTEXT_INVALID:
		'some values do not open and stay under the older key: `firmseal job list` shows how many, and the audit log lists them',
	FORBIDDEN: 'it is not what was asked for, or was changed outside Firmseal: ask for the job again',
	IN_USE: 'values are still under this key: run `firmseal keys reencrypt` first',
	NO_SUBJECT: 'what it was asked to erase does not exist: see `firmseal erase list`',
	WRONG_STATE:
		'the key, or the job itself, is not in the state that it needs: see `firmseal keys list` and `firmseal job list`',
	NO_KEY: 'the firm has no wrapping key: run `firmseal doctor`',
	BAD_KEY: 'the key can no longer be the firm’s wrapping key: repeat the command to see why',
	OTHER_KEY:
		'another change of the firm’s wrapping key is in progress: see `firmseal keys list` and `firmseal job list`',
	NO_RIGHT:
		'the key does not let the worker wrap and unwrap data keys: give the key the policy that deploy/own-key.ts prints, then repeat the command',
	HELD: 'a legal hold protects the data: see `firmseal hold list`',
	NO_VERSION: 'this version of the key does not exist: see `firmseal keys list`',
	NOT_DECLARED: 'the worker’s program does not declare the column: run the newest version everywhere',
	WRONG_PHASE: 'the column is in another phase: see `firmseal migrate status`',
	NOT_VERIFIED: 'not all firms were verified since the last write without ciphertext: run `firmseal migrate verify`',
	NOT_THE_SAME:
		'sealed values differ from the plaintext, or do not open: `firmseal migrate status` shows how many, and the audit log lists them',
	UNSEALABLE:
		'values look sealed already, or do not have the column’s type: `firmseal migrate status` shows how many, and the audit log lists them',
	NO_CLEAR_OBJECTS:
		'the worker cannot reach the plaintext files: set FIRMSEAL_CLEAR_OBJECTS for the worker as for the API, then repeat the command',
	CLEAR_FILES: 'some of its files are still plaintext: complete `firmseal migrate` first, then ask for the job again',
	NOT_ERASED:
		'the database keeps rows that should be erased: run `firmseal init` and `firmseal doctor`, then ask for the job again',
	LOCKED: 'the object store locks objects: see until when in `firmseal migrate status`, then repeat the command',
	NOT_CLEARED: 'a firm still has plaintext values: see which firm, and why, in `firmseal job list`',
	BAD_PLAN: 'the holders or their recipients are not valid for an escrow: ask for the job again with others',
	NOT_TOLD: 'a firm that had to be notified first was not, so nothing was done: ask for the job again',
	EXPIRED: 'the shares did not arrive in time: ask for the job again with more --minutes',
	OTHER_ESCROW: 'the escrow file is not the one that the job was asked for with: ask for the job again',
	NOT_OPENED:
		'the shares do not open the escrow, so a share or the escrow is forged: ask for the job again, and leave out each share in turn',
	OTHER_INSTALLATION: 'the escrow belongs to another installation: give an escrow of this installation',
	TAKEN: 'the account now belongs to another person, or was changed: ask for the job again',
	FOUND_IN_FILES: 'the table’s files still contain plaintext values: repeat the command',
};

function problemOf(jobs: readonly JobRow[]): string | undefined {
	const failed = jobs.find(({ state }) => state !== 'DONE');
	if (!failed) return undefined;
	if (failed.state === 'CANCELLED') return 'The job was cancelled. What it has done stays.';
	const fix = FIXES[failed.trouble ?? ''];
	return fix ? `The job failed because ${fix}.` : `The job failed (${failed.trouble}): see the worker’s log.`;
}

/** The fields of a job that commands show: ids, counts and times, never its proofs. */
const SHOWN = [
	'id',
	'firmId',
	'kind',
	'class',
	'version',
	'subject',
	'terms',
	'state',
	'done',
	'failed',
	'total',
	'findings',
	'trouble',
	'askedAt',
	'endedAt',
] as const satisfies readonly (keyof JobRow)[];

export const jobSummary = (job: JobRow): Pick<JobRow, (typeof SHOWN)[number]> =>
	Object.fromEntries(SHOWN.map((name) => [name, job[name]])) as Pick<JobRow, (typeof SHOWN)[number]>;
