import type { Command } from 'commander';
import type { OperatorPrincipal } from '../../access/index.ts';
import { commandEntry } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { type DataKeyListing, type JobRow, selectDataKeyListing, selectOwnClasses } from '../../database/index.ts';
import { assertNotErased, findFirm, recordOperatorAct, requireApprover } from '../../firms/index.ts';
import { type JobRequest, type JobRequester, requestJob, requiredApprovalFor } from '../../jobs/index.ts';
import { type Installation, PLATFORM_FIRM_ID } from '../../wiring/index.ts';
import type { CommandResult } from '../command.ts';
import { approverOfToken } from './approver-of-token.ts';
import { describeJob, type JobDescription, jobForRequester } from './describe-job.ts';
import { followJobs, jobSummary } from './follow-jobs.ts';

/** The owner of the keys that a command is about. */
export interface KeyOwnerOptions {
	readonly firm?: string | undefined;
	readonly platform?: boolean | undefined;
}

export interface OwnedKeys {
	readonly id: string;
	readonly name: string;
	readonly keys: readonly DataKeyListing[];
	/** Classes in the firm's own custody, sorted: the platform has no key that opens their values. */
	readonly ownClasses: readonly string[];
}

async function changeableFirm(installation: Installation, slugOrId: string) {
	const firm = await findFirm(installation, slugOrId);
	assertNotErased(firm);
	return firm;
}

/** For commands that change keys or bring them back. @throws FirmsealError NOT_FOUND, CONFLICT for an erased firm */
export async function findOwnedKeys(
	installation: Installation,
	{ firm, platform }: KeyOwnerOptions,
): Promise<OwnedKeys> {
	const found = platform
		? { id: PLATFORM_FIRM_ID, slug: 'the platform' }
		: await changeableFirm(installation, firm ?? '');
	return installation.worker.read(null, async (tx) => ({
		id: found.id,
		name: found.slug,
		keys: await selectDataKeyListing(tx, found.id),
		ownClasses: await selectOwnClasses(tx, found.id),
	}));
}

/** The answer of a command on the keys of all classes, with the classes that it leaves out and the reason. */
export function withLeftOut(answer: CommandResult, { name, ownClasses }: LeavingOut): CommandResult {
	if (ownClasses.length === 0) return answer;
	const leftOut = ownClasses.map((of) => ({ class: of, reason: 'FIRM_CUSTODY' }));
	return {
		...answer,
		result: { ...(answer.result as object), leftOut },
		text: `${answer.text}\nLeft out, because only devices of ${name} have their keys: ${ownClasses.join(', ')}.`,
	};
}

type LeavingOut = Pick<OwnedKeys, 'name' | 'ownClasses'>;

export interface RequestJobsOptions {
	readonly dryRun?: boolean;
	/** False to return without waiting for the jobs. */
	readonly wait?: boolean;
}

/** Adds `--no-wait` to a command that asks for jobs. */
export const noWait = (command: Command): Command =>
	command.option('--no-wait', 'ask for the job, and do not wait until it is done');

/** Asks for jobs and waits until they are done. With `dryRun` it only says which jobs it would ask for. */
export async function requestAndFollow(
	config: Config,
	installation: Installation,
	requests: readonly JobRequest[],
	{ dryRun, wait = true }: RequestJobsOptions,
): Promise<CommandResult> {
	if (requests.length === 0) return { result: { jobs: [] }, text: 'There is nothing to do.' };
	if (dryRun) {
		const planned = requests.map(({ kind, class: of, version, subject = null, firm }) => ({
			kind,
			class: of,
			version,
			subject,
			firmId: firm,
		}));
		return { result: { dryRun: true, jobs: planned }, text: planned.map(lineOf('Would ask for')).join('\n') };
	}
	const asker = await askerFor(config, installation, requests);
	const asked = [];
	for (const request of requests)
		asked.push(await requestJob({ plane: installation.worker, rights: installation.rights }, request, asker));
	const waiting = asked.filter(({ job }) => job.state === 'WAITING');
	if (!wait || waiting.length > 0) {
		const jobs = [];
		const texts = [];
		for (const { job } of asked) {
			const seen = await describeJob(installation, job);
			jobs.push(jobForRequester(job, seen));
			texts.push(askedFor(job, seen));
		}
		return { result: { jobs }, text: texts.join('\n') };
	}
	const { jobs, problem } = await followJobs(
		installation.worker,
		asked.map(({ job }) => job.id),
	);
	const lines = jobs.map((job) => lineOf(job.state === 'DONE' ? 'Done:' : `${job.state}:`)(job));
	return { result: { jobs: jobs.map(jobSummary) }, text: lines.join('\n'), problem };
}

/** The next step. If the job waits for a second person, with everything that this person must agree to. */
function askedFor(job: JobRow, { lines }: JobDescription): string {
	const { id, state } = job;
	if (state !== 'WAITING') return `Asked for the job ${id}: \`firmseal job list\` shows its progress.`;
	const who =
		requiredApprovalFor(job) === 'OWNER'
			? `an owner of the firm must agree to the job ${id} (firmJobs, approveJob)`
			: `another approver must agree with \`firmseal job approve --job ${id}\``;
	return `Requested: ${who}, to exactly this:\n${lines}`;
}

/** Kinds of jobs on all data keys of a firm, instead of on its wrapping key. */
const OF_ALL_KEYS: ReadonlySet<string> = new Set(['ESCROW', 'RECOVER', 'DRILL']);

type Shown = Pick<ReturnType<typeof jobSummary>, 'kind' | 'class' | 'version' | 'subject'> &
	Partial<Pick<ReturnType<typeof jobSummary>, 'done'>>;

const lineOf =
	(head: string) =>
	({ kind, class: of, version, subject, done }: Shown): string =>
		[
			head,
			kind,
			subject ?? of ?? (OF_ALL_KEYS.has(kind) ? 'data keys' : 'wrapping key'),
			version && `version ${version}`,
			done && `(${done})`,
		]
			.filter(Boolean)
			.join(' ');

/** The person of FIRMSEAL_TOKEN if an approver must agree to one of the jobs, else the account that runs the command. */
async function askerFor(
	config: Config,
	installation: Installation,
	requests: readonly JobRequest[],
): Promise<JobRequester> {
	const { audit, osAccount } = installation;
	if (!requests.some(({ kind, firm: firmId }) => requiredApprovalFor({ kind, firmId }) === 'APPROVER'))
		return { on: 'cli', user: null, record: (act) => audit.append([commandEntry(osAccount, act)]) };
	const by = await approverOfToken(config, installation);
	requireApprover(by);
	return personAsRequester(installation, by);
}

/** A person of the platform who asks for a job by a command. */
export const personAsRequester = (installation: Installation, by: OperatorPrincipal): JobRequester => ({
	on: 'cli',
	user: by.user,
	record: (act) => recordOperatorAct(installation, by, act),
});
