import { type Command, Option } from 'commander';
import { CONTENT_CLASSES, LEASE_PURPOSES, LEASE_STATES } from '../../access/index.ts';
import { MAX_MINUTES, MAX_READ_BUDGET } from '../../leases/request-input.ts';
import { defineCommand, dryRun } from '../command.ts';
import {
	type ApproveOptions,
	approveLease,
	LIST_TYPES,
	type ListOptions,
	listLeases,
	type RequestOptions,
	requestLease,
	reviewLease,
	type StepOptions,
	showLease,
	step,
	type UseOptions,
	useLease,
} from '../leases/index.ts';
import { hashOption, idOf, wholeNumber } from '../parse/index.ts';

/** `firmseal lease`: leases through the API, as the person of FIRMSEAL_TOKEN. */
export function lease(program: Command): void {
	const group = program
		.command('lease')
		.description('break-glass leases, as the person of FIRMSEAL_TOKEN, through the API at FIRMSEAL_URL');

	defineCommand<ListOptions>(
		group
			.command('list')
			.description('list leases, newest first')
			.option('--firm <slug-or-id>', 'only this firm')
			.addOption(new Option('--state <state>', 'only those in this state').choices(LEASE_STATES)),
		({ config, options }) => listLeases(config, options),
	);
	defineCommand<{ lease: string; openings?: boolean }>(
		group
			.command('show')
			.description('show all of a lease')
			.requiredOption('--lease <id>', 'which lease', idOf)
			.option('--openings', 'also show the report of what was opened under the lease; reading this report is logged'),
		({ config, options }) => showLease(config, options.lease, options.openings === true),
	);
	defineRequest(group);
	defineCommand<ApproveOptions>(
		dryRun(group.command('approve'))
			.description('show all of a request, and agree to exactly that, for the firm or for the platform')
			.requiredOption('--lease <id>', 'which lease', idOf)
			.option(...REASON)
			.addOption(hashOption()),
		({ config, options }) => approveLease(config, options),
	);
	defineStep(group, 'deny', 'deny a request, for the firm or for the platform').option(...REASON);
	for (const [verb, description] of [
		['cancel', 'cancel your own request'],
		['activate', 'activate your own lease, once everyone has agreed'],
	] as const)
		defineStep(group, verb, description);
	defineUse(group);
	for (const [verb, description] of [
		['release', 'end your own lease early'],
		['revoke', 'revoke a lease: once this is done, nothing more is opened under it'],
	] as const)
		defineStep(group, verb, description);
	defineCommand<ApproveOptions>(
		dryRun(group.command('review'))
			.description(
				'show all of a lease that has ended, with what was opened, and sign off exactly that, as a third person',
			)
			.requiredOption('--lease <id>', 'which lease', idOf)
			.addOption(hashOption()),
		({ config, options }) => reviewLease(config, options),
	);
}

const REASON = ['--reason <text>', 'why, in 1 to 2,000 characters; the person who asked can read it'] as const;

function defineStep(group: Command, verb: Parameters<typeof step>[2], description: string): Command {
	const command = dryRun(group.command(verb))
		.description(description)
		.requiredOption('--lease <id>', 'which lease', idOf);
	defineCommand<StepOptions>(command, ({ config, options }) => step(config, options, verb));
	return command;
}

function defineRequest(group: Command): void {
	defineCommand<RequestOptions>(
		dryRun(group.command('request'))
			.description("ask for a lease on one firm's content; nothing can be read under it before others have agreed")
			.requiredOption('--firm <slug-or-id>', 'the firm')
			.addOption(new Option('--purpose <purpose>', 'what it is for').choices(LEASE_PURPOSES).makeOptionMandatory())
			.requiredOption('--reason <text>', "why, in 30 to 2,000 characters: the firm's owners decide by it")
			.requiredOption('--ticket <ticket>', 'the ticket that the lease is for, such as SUP-1042')
			.addOption(
				new Option('--class <class...>', 'the classes of content').choices(CONTENT_CLASSES).makeOptionMandatory(),
			)
			.option('--coordinate <Type.field...>', 'only these encrypted fields of the classes')
			.option('--record <id...>', 'only these records', eachId)
			.option('--budget <values>', 'how many values may be read, including repeats', wholeNumber(1, MAX_READ_BUDGET))
			.option('--minutes <minutes>', 'minutes from activation to expiry; 30 unless given', wholeNumber(1, MAX_MINUTES)),
		({ config, options }) => requestLease(config, options),
	);
}

function defineUse(group: Command): void {
	defineCommand<UseOptions>(
		group
			.command('use')
			.description('read content under your own active lease: one line of JSON per record')
			.requiredOption('--lease <id>', 'which lease', idOf)
			.option('--id <record...>', 'these records, with every field that the lease covers', eachId)
			.addOption(
				new Option(
					'--type <type>',
					'a page of the firm’s records: only descriptions, titles or memos, but messages and comments in full',
				)
					.choices(LIST_TYPES)
					.conflicts('id'),
			)
			.option('--thread <id>', 'the thread, for --type messages', idOf)
			.option('--on <record>', 'the record that the comments are on, for --type comments', idOf)
			.option('--first <number>', 'records per page; 50 unless given', wholeNumber(1, 1000))
			.option('--after <cursor>', 'the cursor where the page begins, which the previous command prints')
			.hook('preAction', refuseWrongUse),
		({ config, options }) => useLease(config, options),
	);
}

function refuseWrongUse(command: Command): void {
	const { id, type, thread, on, first, after } = command.opts<UseOptions>();
	if (id === undefined && type === undefined) command.error('error: Give --id, or --type.');
	if (id !== undefined && (first !== undefined || after !== undefined))
		command.error('error: --first and --after are for --type: leave them out with --id');
	if ((type === 'messages') !== (thread !== undefined))
		command.error('error: --type messages and --thread go together: messages are read by their thread');
	if ((type === 'comments') !== (on !== undefined))
		command.error('error: --type comments and --on go together: comments are read by what they are on');
}

const eachId = (text: string, before: readonly string[] = []): readonly string[] => [...before, idOf(text)];
