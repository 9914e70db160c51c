import { type JobRow, type Plane, selectJobs } from '../../database/index.ts';
import { currentIo } from '../io.ts';
import { showProgress } from '../print/index.ts';

/** Milliseconds between two looks, and those after which nobody seems to be there to do it. */
const LOOK_EVERY = 300;
const NOBODY_AFTER = 20_000;

/** Milliseconds after which it is said that nothing goes on. */
const STILL_AFTER = 60_000;

export interface Followed {
	readonly jobs: readonly JobRow[];
	/** What is wrong, in one sentence; undefined: all are done. */
	readonly problem: string | undefined;
}

/** Said once a minute: it may be waiting for an upload, or for a key service. */
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
 * Waits for jobs and shows how far they are. Whoever stops waiting stops nothing: the worker goes on, and the same command finds the job
 * again.
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
		if (clock.now() - movedAt > STILL_AFTER) {
			stderr.write(`${stalledMessage(jobs)}\n`);
			movedAt = clock.now();
		}
		const isTaken = jobs.some(({ state }) => state !== 'QUEUED');
		if (!isTaken && clock.now() - began > NOBODY_AFTER)
			return { jobs, problem: 'No worker has taken the job: run `firmseal worker`, which does it then.' };
		await clock.sleep(LOOK_EVERY);
	}
}

const sum = (jobs: readonly JobRow[], of: (job: JobRow) => number) => jobs.reduce((all, job) => all + of(job), 0);

/** In words of what to do. */
const FIXES: Readonly<Record<string, string>> = {
	KEY_UNAVAILABLE: 'the key service refuses the key: enable it, then repeat the command',
	CIPHERTEXT_INVALID:
		'values do not open, and stay under the older key: `firmseal job list` counts them, the log names them',
	FORBIDDEN: 'it is not what was asked for, it was changed outside Firmseal: ask again',
	IN_USE: 'values are still under it: run `firmseal keys reencrypt` first',
	WRONG_STATE: 'the key is not in the state for that: `firmseal keys list` says which',
	NO_KEY: 'the firm has no wrapping key: run `firmseal doctor`',
	BAD_KEY: 'the key can’t be the firm’s wrapping key any more: repeat the command, which says why',
	OTHER_KEY:
		'the firm’s wrapping key is being changed otherwise: look at it with `firmseal keys list` and `firmseal job list`',
	NO_RIGHT:
		'the key gives the worker no right to wrap and unwrap data keys: give it the policy that deploy/own-key.ts prints, then repeat the command',
	HELD: 'it is under a legal hold: `firmseal hold list` says which',
	NO_VERSION: 'there is no such version: `firmseal keys list` names them',
	NOT_DECLARED: 'the worker’s program does not know the column: run the newest version everywhere',
	WRONG_PHASE: 'the column is in another phase: `firmseal migrate status` says which',
	NOT_VERIFIED:
		'not every firm was found the same since the last write without ciphertext: run `firmseal migrate verify`',
	NOT_THE_SAME:
		'values differ from what is in the clear, or do not open: `firmseal migrate status` counts them, the log names them',
	UNSEALABLE:
		'values look sealed already, or are none of their type: `firmseal migrate status` counts them, the log names them',
	NO_CLEAR_OBJECTS:
		'the worker can not reach the files in the clear: set FIRMSEAL_CLEAR_OBJECTS for it as the API has it, and repeat the command',
	CLEAR_FILES: 'files of it lie in the clear still: bring `firmseal migrate` to its end first, then ask again',
	NOT_ERASED: 'the database keeps rows of it: prepare it with `firmseal init`, run `firmseal doctor`, then ask again',
	LOCKED: 'the object store locks objects: `firmseal migrate status` says until when; repeat the command after that',
	NOT_CLEARED: 'the values of a firm stay in the clear: `firmseal job list` says which, and why',
	BAD_PLAN: 'the holders or their recipients can’t be those of an escrow: ask again with others',
	NOT_TOLD: 'a firm that had to be told of it was not, so that nothing was opened: ask again',
	EXPIRED: 'the shares did not come in time: ask again, with more --minutes',
	OTHER_ESCROW: 'the escrow file is not the one that it was asked for with: ask again',
	NOT_OPENED:
		'the shares do not open the escrow, one of them is forged or the file is: ask again, and leave out each in turn',
	OTHER_INSTALLATION: 'the escrow is of another installation: give the file of this one',
	TAKEN: 'the account is another’s by now, or was changed: ask again',
	FOUND_IN_FILES: 'values are still found in the files of the table: repeat the command',
};

function problemOf(jobs: readonly JobRow[]): string | undefined {
	const failed = jobs.find(({ state }) => state !== 'DONE');
	if (!failed) return undefined;
	if (failed.state === 'CANCELLED') return 'The job was called off; what it had done stays.';
	return `The job failed, ${FIXES[failed.trouble ?? ''] ?? 'for a reason that the worker’s log tells'}.`;
}

/** What is told of a job: ids, counts and times; never its proofs. */
const TOLD = [
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

export const jobSummary = (job: JobRow): Pick<JobRow, (typeof TOLD)[number]> =>
	Object.fromEntries(TOLD.map((name) => [name, job[name]])) as Pick<JobRow, (typeof TOLD)[number]>;
