import { type Command, InvalidArgumentError } from 'commander';
import {
	type BundleExportOptions,
	exportBundle,
	misuseOf,
	type ProofOptions,
	saveProof,
	showCheckpoint,
	type TreeOptions,
	type VerifyLogOptions,
	verifyLog,
} from '../audit/index.ts';
import { defineCommand } from '../command.ts';
import { idOf, refuseBadOutput, vkeyOf } from '../parse/index.ts';
import { auditLog } from './audit-log.ts';

/** `firmseal audit`: proofs of the log through the API, as the person of FIRMSEAL_TOKEN; and verification, on the installation or offline. */
export function audit(program: Command): void {
	const group = program
		.command('audit')
		.description(
			'the audit log, as the person of FIRMSEAL_TOKEN, through the API at FIRMSEAL_URL; verify checks the installation, or a file',
		);
	defineCheckpoint(group);
	defineProof(group);
	defineExport(group);
	defineVerify(group);
	auditLog(group);
}

function defineCheckpoint(group: Command): void {
	defineCommand<TreeOptions>(
		group
			.command('checkpoint')
			.description("print the newest signed checkpoint of a firm's log; keep it to verify the log later")
			.option('--firm <slug-or-id>', 'the firm; your own unless given; the nil UUID for entries of no firm')
			.option('--root', 'the root tree, which has the checkpoints of all firms')
			.hook('preAction', refuseTwoTrees),
		({ config, options }) => showCheckpoint(config, options),
	);
}

function refuseTwoTrees(command: Command): void {
	const { firm, root } = command.opts<TreeOptions>();
	if (firm !== undefined && root) command.error('error: --firm and --root name two trees: leave one out');
}

function defineProof(group: Command): void {
	defineCommand<ProofOptions>(
		group
			.command('proof')
			.description('save the proof that an entry is in the log, as a C2SP tlog-proof')
			.requiredOption('--entry <id>', 'which entry', idOf)
			.option('--out <file>', 'where to write; - is standard output; ENTRY.tlog-proof unless given')
			.option('--force', 'replace an existing file')
			.hook('preAction', refuseBadOutput),
		({ config, options }) => saveProof(config, options),
	);
}

function defineExport(group: Command): void {
	defineCommand<BundleExportOptions>(
		group
			.command('export')
			.description("save a firm's whole log with its proof; after an interruption, the same command continues")
			.option('--firm <slug-or-id>', 'the firm; your own unless given; the nil UUID for entries of no firm')
			.option('--out <file>', 'where to write; audit-FIRM.jsonl unless given')
			.option('--force', 'replace an existing file')
			.hook('preAction', refuseOutput),
		({ config, options }) => exportBundle(config, options),
	);
}

function refuseOutput(command: Command): void {
	const { out } = command.opts<BundleExportOptions>();
	if (out === '' || out === '-')
		command.error('error: --out names no file: an interrupted export continues from a file');
}

function defineVerify(group: Command): void {
	defineCommand<VerifyLogOptions>(
		group
			.command('verify')
			.description(
				'verify the log of this installation, in its database and newest anchor; or only its anchors, or a file',
			)
			.option('--database', 'only the database, without its anchors')
			.option('--anchors', 'only the anchors, from the first one on')
			.option('--bundle <file>', 'a file of `firmseal audit export`; needs only the file and its keys', once)
			.option('--proof <file>', 'a file of `firmseal audit proof`; needs only the file and its keys', once)
			.option(
				'--vkey-file <file>',
				"a file with verifier keys, one per line: for a saved file the keys of its tree, otherwise the root tree's first key",
				once,
			)
			.option(
				'--vkey <vkey...>',
				'the same keys on the command line; do not let a shell read them from a file',
				vkeysOf,
			)
			.option(
				'--since <file>',
				"with --bundle: an older checkpoint that one of the tree's keys has signed; the bundle must begin with its entries",
				once,
			)
			.hook('preAction', refuseMisuse),
		({ config, options }) => verifyLog(config, options),
	);
}

function refuseMisuse(command: Command): void {
	const misuse = misuseOf(command.opts<VerifyLogOptions>());
	if (misuse !== null) command.error(`error: ${misuse}`);
}

/** Refuses an option that is given twice. One of them may be a word of someone else's file, and the last would win. @throws InvalidArgumentError */
function once(text: string, before?: string): string {
	if (before !== undefined) throw new InvalidArgumentError('The option is given twice.');
	return text;
}

const vkeysOf = (text: string, before: readonly string[] = []): readonly string[] => [...before, vkeyOf(text)];
