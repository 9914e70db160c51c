import type { Command } from 'commander';
import { lowerCaseAscii } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';
import { addFirstOperators, FIRST_APPROVERS, isEmailKnown, type NewPerson } from '../../firms/index.ts';
import { type Installation, initInstallation, openDatabase, withAdminContext } from '../../wiring/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { reinitializeAfterKeyLoss } from '../recovery/index.ts';

interface Options {
	readonly approver: readonly string[];
	readonly afterKeyLoss?: boolean;
	readonly dryRun?: boolean;
}

export const init = (program: Command) =>
	defineCommand<Options>(
		dryRun(program.command('init'))
			.description(
				'create roles, schema, keyring and the first approvers in the configured database; safe to run again',
			)
			.option(
				'--approver <email[,subject[,person]]>',
				'one of the first two approvers; give both at once',
				(value, list: string[]) => [...list, value],
				[],
			)
			.option(
				'--after-key-loss',
				'the key service is lost: begin with another one under this database, with two of its approvers; cannot be undone',
			),
		async ({ config, options }) => {
			const people = options.approver.map((text) => {
				const [email = '', subject, personClaimValue] = text.split(',');
				return { email, name: email, subject: subject || undefined, personClaimValue };
			});
			if (options.afterKeyLoss) {
				const begun = await reinitializeAfterKeyLoss(config, people, { dryRun: options.dryRun === true });
				const head = options.dryRun ? 'Would begin' : 'Began';
				const text = [
					`${head} with another key service. Firms that wait for \`firmseal keys recover\`: ${begun.firms}.`,
					...begun.approvers.map(({ email, subject }) => `Approver: ${email}, ${subject}`),
					`Other operators that need \`firmseal operator add\` again: ${begun.unproven}.`,
				].join('\n');
				return { result: { ...(options.dryRun && { dryRun: true }), ...begun }, text };
			}
			assertTwo(people);
			if (options.dryRun) {
				const text = `Would prepare roles and schema, a keyring if there is neither a keyring nor a firm, and ${people.length === 0 ? 'no approvers' : `${people.length} approvers`}.`;
				return { result: { dryRun: true, approvers: people.map(({ email }) => email) }, text };
			}
			const database = await openDatabase(config, { forOneCommand: true });
			try {
				const { isNew } = await initInstallation(config, database);
				const approvers = await withAdminContext(config, database, async (installation) => {
					if (await areAllKnown(installation, people)) return [];
					return addFirstOperators(
						installation,
						people.map((each) => ({ ...each, roles: ['APPROVER'] })),
					);
				});
				const text = [
					isNew
						? 'The installation is ready.'
						: 'The installation exists, and has the schema of this version: run `firmseal doctor` to check the rest.',
					...(approvers.length > 0 ? people : []).map(({ email }) => `Added the approver ${email}.`),
				].join('\n');
				return { result: { isNew, approvers }, text };
			} finally {
				await database.stop();
			}
		},
	);

/** Accepts no approver, to prepare a database or do so again, or both: no one else could agree to the second. @throws FirmsealError BAD_USER_INPUT */
function assertTwo(people: readonly NewPerson[]): void {
	const named = new Set(people.map(({ email }) => lowerCaseAscii(email))).size;
	if (people.length === 0 || (named === FIRST_APPROVERS && people.length === FIRST_APPROVERS)) return;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		'Name the first two approvers together, two different persons: give --approver twice.',
	);
}

/** So that the command can run again. */
async function areAllKnown(installation: Installation, people: readonly NewPerson[]): Promise<boolean> {
	for (const { email } of people) if (!(await isEmailKnown(installation, email, null))) return false;
	return true;
}
