import type { Command } from 'commander';
import { beginAnew } from '../../begin-anew.ts';
import { openDatabase } from '../../compose.ts';
import { addFirstApprover, isKnown } from '../../firms/index.ts';
import { initInstallation, withOffice } from '../../installation.ts';
import { act, dryRun } from '../command.ts';

interface Options {
	readonly approver: readonly string[];
	readonly afterKeyLoss?: boolean;
	readonly dryRun?: boolean;
}

export const init = (program: Command) =>
	act<Options>(
		dryRun(program.command('init'))
			.description('make roles, schema, keyring and the first approvers in the configured database; may be run again')
			.option(
				'--approver <email[,subject]>',
				'one of the first two approvers; repeat for the second',
				(value, list: string[]) => [...list, value],
				[],
			)
			.option(
				'--after-key-loss',
				'the key service is lost: begin another one under this database, with two of its approvers; there is no way back',
			),
		async ({ config, options }) => {
			const people = options.approver.map((text) => {
				const [email = '', subject] = text.split(',');
				return { email, name: email, subject };
			});
			if (options.afterKeyLoss) {
				const begun = await beginAnew(config, people, { dryRun: options.dryRun === true });
				const head = options.dryRun ? 'Would begin' : 'Began';
				const text = [
					`${head} another key service: ${begun.firms} firms wait for \`firmseal keys recover\`.`,
					...begun.approvers.map(({ email, subject }) => `Approver: ${email}, ${subject}`),
					`${begun.unproven} other operators need \`firmseal operator add\` once more.`,
				].join('\n');
				return { result: { ...(options.dryRun && { dryRun: true }), ...begun }, text };
			}
			if (options.dryRun) {
				const text = `Would prepare roles and schema, a keyring if there is none and no firm, and ${people.length} approver(s).`;
				return { result: { dryRun: true, approvers: people.map(({ email }) => email) }, text };
			}
			const database = await openDatabase(config, { forOneCommand: true });
			try {
				const { isNew } = await initInstallation(config, database);
				const approvers = await withOffice(config, database, async (installation) => {
					const added: string[] = [];
					for (const person of people) {
						if (await isKnown(installation, person.email)) continue;
						added.push(await addFirstApprover(installation, person));
					}
					return added;
				});
				const text = `${isNew ? 'The installation is ready.' : 'The installation was there; roles and schema are up to date.'}`;
				return { result: { isNew, approvers }, text };
			} finally {
				await database.stop();
			}
		},
	);
