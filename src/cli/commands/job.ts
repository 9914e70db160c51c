import type { Command } from 'commander';
import type { Config } from '../../config/index.ts';
import { selectJobListing } from '../../database/index.ts';
import { assertRead, findFirm } from '../../firms/index.ts';
import { agree, callOff, checkAgreement, checkCallOff, hashJob, readPersonTerms } from '../../jobs/index.ts';
import { withInstallation } from '../../wiring/index.ts';
import { type Answer, act, dryRun, table } from '../command.ts';
import { approver, notBeforeOf, seeJob, told } from '../jobs/index.ts';
import { type Agreeing, agreeTo, hashOption, idOf, requireHashOrPerson } from '../parse/index.ts';

/** Listed at most. */
const MOST = 200;

interface ByJob {
	readonly job: string;
	readonly dryRun?: boolean;
}

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

	act<ByJob & Agreeing>(
		dryRun(group.command('approve'))
			.description(
				"show all of a job that needs two persons, and agree to exactly that, with another approver's FIRMSEAL_TOKEN",
			)
			.requiredOption('--job <id>', 'which job', idOf)
			.addOption(hashOption()),
		({ config, options }) => approveJob(config, options),
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

/** Shows all of a job, and agrees to it once its hash was named. What is agreed to is what was shown: of a job that has changed it is a CONFLICT. */
async function approveJob(config: Config, { job: id, ...options }: ByJob & Agreeing): Promise<Answer> {
	requireHashOrPerson(options);
	return withInstallation(config, async (installation) => {
		const by = await approver(config, installation);
		const waiting = await checkAgreement(installation, id, by);
		const person = readPersonTerms(waiting.terms);
		const shown = {
			...(await seeJob(installation, waiting)),
			result: { job: told(waiting), ...(person && { person }) },
		};
		return agreeTo(shown, options, async (requestHash) => {
			// Of the names: of the rest agree() looks at the hash again.
			assertRead((await seeJob(installation, waiting)).requestHash, requestHash);
			const agreed = await agree(installation, { job: id, requestHash: hashJob(waiting) }, by);
			const notBefore = notBeforeOf(agreed);
			const when =
				agreed.kind === 'APPOINT'
					? `in 72 hours${agreed.askedBy === agreed.agreedBy ? '' : ', or in 24 if you both have been approvers for over 30 days'}; until then, \`firmseal job cancel\` calls it off.`
					: notBefore && notBefore.getTime() > Date.now()
						? `not before ${notBefore.toISOString()}; until it begins, \`firmseal job cancel\` calls it off.`
						: 'now.';
			return {
				result: { job: told(agreed), requestHash },
				text: `Agreed: a worker does the job ${agreed.kind} ${id} ${when}${agreed.kind === 'ERASE' ? ' A legal hold that keeps any of it ends the job as HELD.' : ''}`,
			};
		});
	});
}
