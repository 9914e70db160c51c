import { type Command, Option } from 'commander';
import type { OperatorRole } from '../../access/index.ts';
import { addOperator, disableOperator } from '../../firms/index.ts';
import { withInstallation } from '../../installation.ts';
import { approver } from '../approver.ts';
import { act, dryRun } from '../command.ts';

interface AddOptions {
	readonly email: string;
	readonly name?: string;
	readonly subject?: string;
	readonly role: readonly OperatorRole[];
	readonly dryRun?: boolean;
}

export function operator(program: Command): void {
	const group = program
		.command('operator')
		.description("administration of operators, with an approver's FIRMSEAL_TOKEN");

	act<AddOptions>(
		dryRun(group.command('add'))
			.description('add somebody who operates the platform')
			.requiredOption('--email <email>', 'e-mail address')
			.option('--name <name>', 'name')
			.option('--subject <subject>', 'what an external issuer calls the account')
			.addOption(
				new Option('--role <role...>', 'one or more roles')
					.choices(['OPERATOR', 'APPROVER', 'AUDITOR'])
					.makeOptionMandatory(),
			),
		({ config, options }) =>
			withInstallation(config, async (installation) => {
				const { email, name, subject, role } = options;
				const by = await approver(config, installation);
				if (options.dryRun)
					return { result: { dryRun: true, email, roles: role }, text: `Would add ${email} as ${role.join(', ')}.` };
				const id = await addOperator(installation, { email, name: name ?? email, subject }, role, by);
				return { result: { id, email, roles: role }, text: `Added ${email} as ${role.join(', ')}.` };
			}),
	);

	act<{ email: string; dryRun?: boolean }>(
		dryRun(group.command('disable'))
			.description('disable an operator from the next request on')
			.requiredOption('--email <email>', 'whose account'),
		({ config, options: { email, ...options } }) =>
			withInstallation(config, async (installation) => {
				const by = await approver(config, installation, { withAnySignIn: true });
				if (options.dryRun) return { result: { dryRun: true, email }, text: `Would disable ${email}.` };
				const id = await disableOperator(installation, email, by);
				return { result: { id, email }, text: `Disabled ${email}.` };
			}),
	);
}
