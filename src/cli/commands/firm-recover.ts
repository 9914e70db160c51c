import { type Command, Option } from 'commander';
import type { OperatorPrincipal } from '../../access/index.ts';
import {
	accountDisplayName,
	approveRecovery,
	cancelRecovery,
	checkRecoveryApproval,
	checkRecoveryRequest,
	completeRecovery,
	findFirm,
	findRecovery,
	type RecoveryView,
	requestRecovery,
} from '../../firms/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, UsageError } from '../command.ts';
import { approverOfToken } from '../jobs/index.ts';
import {
	type ApprovalOptions,
	approveByHash,
	assertCanConfirmHash,
	hashOption,
	PERSON_HELP,
	SUBJECT_HELP,
} from '../parse/index.ts';
import { markedRows } from '../print/index.ts';

interface RecoverOptions extends ApprovalOptions {
	readonly firm: string;
	readonly user?: string;
	readonly name?: string;
	readonly subject?: string;
	readonly person?: string;
	readonly approve?: boolean;
	readonly complete?: boolean;
	readonly cancel?: boolean;
}

type Step = 'request' | 'approve' | 'complete' | 'cancel';
type Firm = Awaited<ReturnType<typeof findFirm>>;

/** `firmseal firm recover`: a new owner for a firm that has lost its own. Needs two persons, and 72 hours in which the firm's people can see it. */
export function recover(group: Command): void {
	defineCommand<RecoverOptions>(
		dryRun(group.command('recover'))
			.description(
				"appoint a new owner for a firm that has lost its own, with an approver's FIRMSEAL_TOKEN: --user asks, --approve agrees, --complete appoints",
			)
			.requiredOption('--firm <slug-or-id>', 'which firm')
			.addOption(new Option('--user <email>', 'the new owner').conflicts(['approve', 'complete', 'cancel']))
			.option('--name <name>', 'the name, if the new owner has no account yet')
			.option('--subject <subject>', SUBJECT_HELP)
			.option('--person <value>', PERSON_HELP)
			.addOption(new Option('--approve', 'agree, as another person').conflicts(['complete', 'cancel']))
			.addOption(
				new Option('--complete', 'appoint the owner, 72 hours after the firm could see it').conflicts(['cancel']),
			)
			.option('--cancel', 'cancel the recovery')
			.addOption(hashOption().conflicts(['user', 'cancel'])),
		({ config, options }) => {
			const step = stepOf(options);
			if (step === 'approve' || step === 'complete') assertCanConfirmHash(options);
			return withInstallation(config, async (installation) => {
				const by = await approverOfToken(config, installation, { withAnySignIn: step === 'cancel' });
				const firm = await findFirm(installation, options.firm);
				return STEPS[step]({ installation, firm, options, by });
			});
		},
	);
}

function stepOf({ user, approve, complete, cancel }: RecoverOptions): Step {
	if (user !== undefined) return 'request';
	if (approve) return 'approve';
	if (complete) return 'complete';
	if (cancel) return 'cancel';
	throw new UsageError('Give one of --user, --approve, --complete and --cancel.');
}

interface Doing {
	readonly installation: Installation;
	readonly firm: Firm;
	readonly options: RecoverOptions;
	readonly by: OperatorPrincipal;
}

const STEPS: Readonly<Record<Step, (doing: Doing) => Promise<CommandResult>>> = { request, approve, complete, cancel };

const only = ({ id, slug }: Firm, step: Step): CommandResult => ({
	result: { dryRun: true, firmId: id, step },
	text: `Would ${step} the recovery of an owner of ${slug}.`,
});

async function request({ installation, firm, options, by }: Doing): Promise<CommandResult> {
	const { user: email = '', name, subject, person: personClaimValue } = options;
	const next = { email, name, subject, personClaimValue };
	if (options.dryRun) {
		await checkRecoveryRequest(installation, firm, next, by);
		return only(firm, 'request');
	}
	const made = await requestRecovery(installation, firm, next, by);
	return {
		result: resultOf('request', made),
		text: `Asked to make ${email} an owner of ${firm.slug}: another approver must agree with --approve, to exactly this:\n${recoveryLines(made)}`,
	};
}

async function approve({ installation, firm, options, by }: Doing): Promise<CommandResult> {
	const seen = await checkRecoveryApproval(installation, firm, by);
	return approveByHash(toAgree('approve', seen), options, async (requestHash) => {
		const approved = await approveRecovery(installation, firm, requestHash, by);
		return {
			result: { ...resultOf('approve', approved), possibleAt: approved.recovery.possibleAt },
			text: 'Agreed: appoint the owner with --complete, 72 hours after a server of the firm’s plane has seen this, unless an owner cancels the recovery.',
		};
	});
}

async function complete({ installation, firm, options, by }: Doing): Promise<CommandResult> {
	const seen = await findRecovery(installation, firm, by);
	return approveByHash(toAgree('complete', seen), options, async (requestHash) => {
		await completeRecovery(installation, firm, requestHash, by);
		return { result: resultOf('complete', seen), text: `The firm ${firm.slug} has its new owner.` };
	});
}

async function cancel({ installation, firm, options, by }: Doing): Promise<CommandResult> {
	if (options.dryRun) {
		await findRecovery(installation, firm, by);
		return only(firm, 'cancel');
	}
	const id = await cancelRecovery(installation, firm, by);
	return {
		result: { firmId: firm.id, step: 'cancel', id },
		text: `Cancelled the recovery of an owner of ${firm.slug}.`,
	};
}

/** The result of a step, with the hash that the next step needs. */
const resultOf = (step: Step, { recovery: { firmId, id, userId }, requestHash }: RecoveryView) => ({
	firmId,
	step,
	id,
	userId,
	requestHash,
});

const toAgree = (step: Step, seen: RecoveryView) => ({
	lines: recoveryLines(seen),
	requestHash: seen.requestHash,
	result: resultOf(step, seen),
});

/** Everything about a recovery that a person must read before agreeing to it or completing it. */
function recoveryLines({ recovery, nextOwner, displayNames, requestHash }: RecoveryView): string {
	const { id, requestedAt, approvedAt, possibleAt } = recovery;
	const { place } = nextOwner;
	const by = (name: string, at: Date | null) => `${name}, on ${at?.toISOString()}`;
	const ended = place?.removedAt ? `, removed on ${place.removedAt.toISOString()}` : '';
	return markedRows([
		['recovery', id],
		['state', displayNames.approvedBy === null ? 'waits for another approver' : 'agreed to'],
		['firm', displayNames.firm],
		['new owner', accountDisplayName(nextOwner)],
		['now', place === null ? 'not in the firm' : `${place.role}${ended}`],
		['person', nextOwner.personId],
		['signs in as', `${nextOwner.subject}, at ${nextOwner.issuer}`],
		['asked for by', by(displayNames.requestedBy, requestedAt)],
		...(displayNames.approvedBy === null ? [] : [['agreed to by', by(displayNames.approvedBy, approvedAt)] as const]),
		[
			'done',
			possibleAt === null
				? '72 hours after a server of the firm’s plane has seen both agree, unless an owner cancels it'
				: `from ${possibleAt.toISOString()} on, unless an owner cancels it`,
		],
		['request hash', requestHash],
	]);
}
