import type { Command } from 'commander';
import { type JobRow, selectJobListing } from '../../database/index.ts';
import { findFirm } from '../../firms/index.ts';
import { withInstallation } from '../../installation.ts';
import { agree, callOff, checkAgreement, checkCallOff, readPersonTerms, readTerms } from '../../lifecycle/index.ts';
import { approver } from '../approver.ts';
import { act, dryRun, table } from '../command.ts';
import { told } from '../follow-jobs.ts';
import { idOf } from '../id-argument.ts';
import { markedRows } from '../marked-rows.ts';
import { describePerson } from '../person-terms.ts';

/** Listed at most. */
const MOST = 200;

interface ByJob {
	readonly job: string;
	readonly dryRun?: boolean;
}

/** When an erasure may begin; null for any other job. */
const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readTerms(terms)?.notBefore ?? null) : null;

/** `firmseal job`: what the worker does to keys and content, and what waits for a second person. */
export function job(program: Command): void {
	const group = program.command('job').description('jobs on keys and content');

	act<{ firm?: string; open?: boolean }>(
		group
			.command('list')
			.description('list jobs, the newest first')
			.option('--firm <slug-or-id>', 'only of this firm')
			.option('--open', 'only those that have not ended'),
		({ config, options }) =>
			withInstallation(config, async ({ worker }) => {
				const firm = options.firm === undefined ? null : (await findFirm({ worker }, options.firm)).id;
				const jobs = await worker.read(null, (tx) =>
					selectJobListing(tx, { firm, open: options.open === true, most: MOST }),
				);
				return {
					result: { jobs: jobs.map(told) },
					text: table(
						[
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
						],
						jobs.map((each) => [
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
						]),
					),
				};
			}),
	);

	act<ByJob>(
		dryRun(group.command('approve'))
			.description("agree to a job that needs two persons, with another approver's FIRMSEAL_TOKEN")
			.requiredOption('--job <id>', 'which job', idOf),
		({ config, options: { job: id, dryRun: only } }) =>
			withInstallation(config, async (installation) => {
				const by = await approver(config, installation);
				if (only) {
					const waiting = await checkAgreement(installation, id, by);
					const person = readPersonTerms(waiting.terms);
					const terms = person ? describePerson(person) : waiting.terms && markedRows([['Terms', waiting.terms]]);
					return {
						result: { dryRun: true, job: told(waiting), ...(person && { person }) },
						text: [`Would agree to the job ${waiting.kind} ${id}.`, ...(terms ? [terms] : [])].join('\n'),
					};
				}
				const agreed = await agree(installation, id, by);
				const notBefore = notBeforeOf(agreed);
				const when =
					agreed.kind === 'APPOINT'
						? 'in 72 hours, or in 24 if you both have been approvers for over 30 days; until then, `firmseal job cancel` calls it off.'
						: notBefore && notBefore.getTime() > Date.now()
							? `not before ${notBefore.toISOString()}; until it begins, \`firmseal job cancel\` calls it off.`
							: 'now.';
				return { result: { job: told(agreed) }, text: `Agreed: a worker does the job ${agreed.kind} ${id} ${when}` };
			}),
	);

	act<ByJob>(
		dryRun(group.command('cancel'))
			.description('call a job off; what it has done stays')
			.requiredOption('--job <id>', 'which job', idOf),
		({ config, options: { job: id, dryRun: only } }) =>
			withInstallation(config, async (installation) => {
				const found = only ? await checkCallOff(installation, id) : await callOff(installation, id);
				return {
					result: { ...(only && { dryRun: true }), job: told(found) },
					text: only ? `Would call off the job ${found.kind} ${id}.` : `Called off the job ${found.kind} ${id}.`,
				};
			}),
	);
}
