import { type Command, Option } from 'commander';
import type { OperatorPrincipal } from '../../access/index.ts';
import {
	approveRecovery,
	cancelRecovery,
	checkRecovery,
	completeRecovery,
	findFirm,
	findRecovery,
	requestRecovery,
} from '../../firms/index.ts';
import { type Installation, withInstallation } from '../../installation.ts';
import { approver } from '../approver.ts';
import { type Answer, act, dryRun, WrongUseError } from '../command.ts';

interface RecoverOptions {
	readonly firm: string;
	readonly user?: string;
	readonly name?: string;
	readonly subject?: string;
	readonly person?: string;
	readonly approve?: boolean;
	readonly complete?: boolean;
	readonly cancel?: boolean;
	readonly dryRun?: boolean;
}

type Step = 'request' | 'approve' | 'complete' | 'cancel';
type Firm = Awaited<ReturnType<typeof findFirm>>;

/** `firmseal firm recover`: a new owner for a firm that has lost its own, by two persons, 72 hours after the firm's people can see it. */
export function recover(group: Command): void {
	act<RecoverOptions>(
		dryRun(group.command('recover'))
			.description(
				"a new owner for a firm that has lost its own, with an approver's FIRMSEAL_TOKEN: --user asks, --approve agrees, --complete does it",
			)
			.requiredOption('--firm <slug-or-id>', 'which firm')
			.addOption(new Option('--user <email>', 'who is to be the owner').conflicts(['approve', 'complete', 'cancel']))
			.option('--name <name>', 'name of an account to be made for somebody who has none')
			.option('--subject <subject>', 'what an external issuer calls the account')
			.option('--person <value>', 'what the claim of FIRMSEAL_PERSON_CLAIM says in their tokens, where it is set')
			.addOption(new Option('--approve', 'agree, as another person').conflicts(['complete', 'cancel']))
			.addOption(new Option('--complete', 'make the owner, 72 hours after the firm could see it').conflicts(['cancel']))
			.option('--cancel', 'call it off'),
		({ config, options }) => {
			const step = stepOf(options);
			return withInstallation(config, async (installation) => {
				const by = await approver(config, installation, { withAnySignIn: step === 'cancel' });
				const firm = await findFirm(installation, options.firm);
				const work = options.dryRun ? plan : take;
				return work(installation, firm, step, options, by);
			});
		},
	);
}

function stepOf({ user, approve, complete, cancel }: RecoverOptions): Step {
	if (user !== undefined) return 'request';
	if (approve) return 'approve';
	if (complete) return 'complete';
	if (cancel) return 'cancel';
	throw new WrongUseError('Give one of --user, --approve, --complete and --cancel.');
}

type Work = (
	installation: Installation,
	firm: Firm,
	step: Step,
	options: RecoverOptions,
	by: OperatorPrincipal,
) => Promise<Answer>;

const nextOwner = ({ user = '', name, subject, person: said }: RecoverOptions) => ({
	email: user,
	name,
	subject,
	said,
});

const plan: Work = async (installation, firm, step, options, by) => {
	if (step === 'request') await checkRecovery(installation, firm, nextOwner(options), by);
	else await findRecovery(installation, firm, by);
	const result = { dryRun: true, firmId: firm.id, step };
	return { result, text: `Would ${step} the recovery of an owner of ${firm.slug}.` };
};

const take: Work = async (installation, firm, step, options, by) => {
	const common = { firmId: firm.id, step };
	switch (step) {
		case 'request': {
			const made = await requestRecovery(installation, firm, nextOwner(options), by);
			return {
				result: { ...common, ...made },
				text: `Asked that ${options.user} be an owner of ${firm.slug}: another approver must agree with --approve.`,
			};
		}
		case 'approve': {
			const { id, userId, possibleAt } = await approveRecovery(installation, firm, by);
			return {
				result: { ...common, id, userId, possibleAt },
				text: 'Agreed: it can be done with --complete 72 hours after a server of the firm’s plane has seen it, unless an owner calls it off.',
			};
		}
		case 'complete': {
			const { id, userId } = await completeRecovery(installation, firm, by);
			return { result: { ...common, id, userId }, text: `The firm ${firm.slug} has its new owner.` };
		}
		case 'cancel': {
			const id = await cancelRecovery(installation, firm, by);
			return { result: { ...common, id }, text: `Called off the recovery of an owner of ${firm.slug}.` };
		}
	}
};
