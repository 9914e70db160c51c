import type { Command } from 'commander';
import type { Config } from '../../config/index.ts';
import { type JobRow, selectJobListing } from '../../database/index.ts';
import { assertRequestHash, findFirm } from '../../firms/index.ts';
import {
	approveJob,
	cancelRequestedJob,
	checkJobApproval,
	checkJobCancellation,
	hashJob,
	readPersonTerms,
} from '../../jobs/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, table } from '../command.ts';
import { approverOfToken, describeJob, jobSummary, notBeforeOf } from '../jobs/index.ts';
import { type ApprovalOptions, approveByHash, assertCanConfirmHash, hashOption, idOf } from '../parse/index.ts';

/** The most jobs that are listed. */
const MOST = 200;

interface JobOptions {
	readonly job: string;
	readonly dryRun?: boolean;
}

/** `firmseal job`: the worker's jobs on keys and content, and the jobs that wait for a second person. */
export function job(program: Command): void {
	const group = program.command('job').description('jobs on keys and content');
	defineList(group);
	defineApprove(group);
	defineCancel(group);
}

interface ListOptions {
	readonly firm?: string;
	readonly open?: boolean;
}

function defineList(group: Command): void {
	defineCommand<ListOptions>(
		group
			.command('list')
			.description('list jobs, the newest first')
			.option('--firm <slug-or-id>', 'only of this firm')
			.option('--open', 'only those that have not ended'),
		({ config, options }) => withInstallation(config, (installation) => listJobs(installation, options)),
	);
}

const COLUMNS = [
	'job',
	'kind',
	'firm',
	'class',
	'version',
	'about',
	'state',
	'not before',
	'done',
	'failed',
	'of',
	'trouble',
];

async function listJobs({ worker }: Installation, options: ListOptions): Promise<CommandResult> {
	const firm = options.firm === undefined ? null : (await findFirm({ worker }, options.firm)).id;
	const jobs = await worker.read(null, (tx) => selectJobListing(tx, { firm, open: options.open === true, most: MOST }));
	const rows = jobs.map((each) => [
		each.id,
		each.kind,
		each.firmId,
		each.class,
		each.version,
		each.subject,
		each.state,
		notBeforeOf(each)?.toISOString(),
		each.done,
		each.failed,
		each.total,
		each.trouble,
	]);
	return { result: { jobs: jobs.map(jobSummary) }, text: table(COLUMNS, rows) };
}

function defineApprove(group: Command): void {
	defineCommand<JobOptions & ApprovalOptions>(
		dryRun(group.command('approve'))
			.description(
				"show all of a job that needs two persons, and agree to exactly that, with another approver's FIRMSEAL_TOKEN",
			)
			.requiredOption('--job <id>', 'which job', idOf)
			.addOption(hashOption()),
		({ config, options }) => approveByCommand(config, options),
	);
}

/** Shows the whole job, and agrees to it if its hash is given. A job that has changed since it was shown is a CONFLICT. */
async function approveByCommand(
	config: Config,
	{ job: id, ...options }: JobOptions & ApprovalOptions,
): Promise<CommandResult> {
	assertCanConfirmHash(options);
	return withInstallation(config, async (installation) => {
		const by = await approverOfToken(config, installation);
		const waiting = await checkJobApproval(installation, id, by);
		const person = readPersonTerms(waiting.terms);
		const shown = {
			...(await describeJob(installation, waiting)),
			result: { job: jobSummary(waiting), ...(person && { person }) },
		};
		return approveByHash(shown, options, async (requestHash) => {
			// This checks the names again. approveJob() checks everything else.
			assertRequestHash((await describeJob(installation, waiting)).requestHash, requestHash);
			const agreed = await approveJob(installation, { job: id, requestHash: hashJob(waiting) }, by);
			const held = agreed.kind === 'ERASE' ? ' If a legal hold protects any of it, the job ends as HELD.' : '';
			return {
				result: { job: jobSummary(agreed), requestHash },
				text: `Agreed: a worker does the job ${agreed.kind} ${id} ${whenDone(agreed)}${held}`,
			};
		});
	});
}

function whenDone(agreed: JobRow): string {
	if (agreed.kind === 'APPOINT') {
		const sooner =
			agreed.askedBy === agreed.agreedBy ? '' : ', or in 24 if you both have been approvers for over 30 days';
		return `in 72 hours${sooner}; until then, \`firmseal job cancel\` cancels it.`;
	}
	const notBefore = notBeforeOf(agreed);
	return notBefore && notBefore.getTime() > Date.now()
		? `not before ${notBefore.toISOString()}; until it begins, \`firmseal job cancel\` cancels it.`
		: 'now.';
}

function defineCancel(group: Command): void {
	defineCommand<JobOptions>(
		dryRun(group.command('cancel'))
			.description('cancel a job; what it has done stays')
			.requiredOption('--job <id>', 'which job', idOf),
		({ config, options: { job: id, dryRun: only } }) =>
			withInstallation(config, async (installation) => {
				const found = only ? await checkJobCancellation(installation, id) : await cancelRequestedJob(installation, id);
				return {
					result: { ...(only && { dryRun: true }), job: jobSummary(found) },
					text: `${only ? 'Would cancel' : 'Cancelled'} the job ${found.kind} ${id}.`,
				};
			}),
	);
}
