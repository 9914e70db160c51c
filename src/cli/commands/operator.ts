import { type Command, Option } from 'commander';
import type { OperatorRole } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { selectOperators } from '../../database/index.ts';
import { disableOperator } from '../../firms/index.ts';
import { type PersonTerms, requestJob, requestPerson, selectPersonRequests } from '../../jobs/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, table } from '../command.ts';
import {
	approverOfToken,
	describeJob,
	describePerson,
	jobForRequester,
	jobSummary,
	personAsRequester,
} from '../jobs/index.ts';
import { PERSON_HELP, SUBJECT_HELP } from '../parse/index.ts';
import { markedRows } from '../print/index.ts';

interface AddOptions {
	readonly email: string;
	readonly name?: string;
	readonly subject?: string;
	readonly samePersonAs?: string;
	readonly person?: string;
	readonly role: readonly OperatorRole[];
	readonly dryRun?: boolean;
}

/** The person, without what they sign in as. */
const shown = ({ user, email, name, roles, person }: PersonTerms) => ({ user, email, name, roles, person });

/** Who can agree to a person. Continues with the command to run. */
const APPROVERS = {
	ANOTHER: 'another approver must agree with',
	ONESELF: 'no two approvers count as two persons yet, so you, or another approver, may agree with',
	NO_ONE_YET:
		'an approver was disabled within the last 30 days, or has rights that cannot be proven, so no one can agree alone yet. If there are still no two approvers who count as two persons later, you may agree with',
} as const;

/** `firmseal operator`: the people who operate the platform. No single person can give a role. */
export function operator(program: Command): void {
	const group = program.command('operator').description("the platform's operators, with an approver's FIRMSEAL_TOKEN");
	defineList(group);
	defineAdd(group);
	defineDisable(group);
}

function defineList(group: Command): void {
	defineCommand<Record<string, never>>(
		group.command('list').description('list the operators, and the requests for operators'),
		({ config }) => withInstallation(config, listOperators),
	);
}

async function listOperators(installation: Installation): Promise<CommandResult> {
	const rows = await installation.worker.read(null, selectOperators);
	const asked = await selectPersonRequests(installation);
	const operators = rows.map(({ id, email, name, roles, personId: person, introducedAt, disabledAt }) => ({
		id,
		email,
		name,
		roles,
		person,
		since: introducedAt,
		disabledAt,
	}));
	const requests = asked.map(({ job, terms }) => ({ job: jobSummary(job), ...shown(terms) }));
	const lines = [
		...operators.map(({ email, roles, person, since, disabledAt }) => [
			email,
			roles.join(', '),
			person,
			disabledAt ? 'disabled' : 'active',
			since?.toISOString(),
		]),
		...requests.map(({ email, roles, person, job }) => [email, roles.join(', '), person, job.state, `job ${job.id}`]),
	];
	return {
		result: { operators, requests },
		text: table(['e-mail', 'roles', 'person', 'state', 'since'], lines),
	};
}

function defineAdd(group: Command): void {
	defineCommand<AddOptions>(
		dryRun(group.command('add'))
			.description(
				'ask for a new operator, or for other roles of an operator; another approver must agree with `job approve`',
			)
			.requiredOption('--email <email>', 'e-mail address')
			.option('--name <name>', 'name')
			.option('--subject <subject>', SUBJECT_HELP)
			.option('--same-person-as <email>', 'another account of the same natural person')
			.option('--person <value>', PERSON_HELP)
			.addOption(
				new Option('--role <role...>', 'one or more roles')
					.choices(['OPERATOR', 'APPROVER', 'AUDITOR'])
					.makeOptionMandatory(),
			),
		({ config, options }) => withInstallation(config, (installation) => requestOperator(config, installation, options)),
	);
}

async function requestOperator(
	config: Config,
	installation: Installation,
	options: AddOptions,
): Promise<CommandResult> {
	const { email, name, subject, samePersonAs: sameAs, person: said, role: roles } = options;
	const by = await approverOfToken(config, installation);
	const wanted = { email, name: name ?? email, subject, sameAs, said, roles };
	const { request, terms, approverNeeded } = await requestPerson(installation, wanted, by);
	if (options.dryRun)
		return {
			result: { dryRun: true, kind: request.kind, ...shown(terms) },
			text: `Would ask for ${email}.\n${markedRows(describePerson(terms))}`,
		};
	const { worker: plane, rights } = installation;
	const { job } = await requestJob({ plane, rights }, request, personAsRequester(installation, by));
	const sooner = approverNeeded === 'ANOTHER' ? ', or 24 if you both have been approvers for over 30 days' : '';
	const when =
		job.kind === 'APPOINT'
			? `It takes effect 72 hours after that${sooner}. The owners of all firms are notified now.`
			: 'It takes effect then.';
	const ask = `Asked for ${email}: ${APPROVERS[approverNeeded]} \`firmseal job approve --job ${job.id}\`. ${when}`;
	const seen = await describeJob(installation, job);
	return { result: { job: jobForRequester(job, seen), ...shown(terms) }, text: `${ask}\n${seen.lines}` };
}

function defineDisable(group: Command): void {
	defineCommand<{ email: string; dryRun?: boolean }>(
		dryRun(group.command('disable'))
			.description('disable an operator from the next request on')
			.requiredOption('--email <email>', 'whose account'),
		({ config, options: { email, ...options } }) =>
			withInstallation(config, async (installation) => {
				const by = await approverOfToken(config, installation);
				if (options.dryRun) return { result: { dryRun: true, email }, text: `Would disable ${email}.` };
				const id = await disableOperator(installation, email, by);
				return { result: { id, email }, text: `Disabled ${email}.` };
			}),
	);
}
