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

/** `firmseal audit`: proofs of the log, as FIRMSEAL_TOKEN's person, through the API; and what verifies it, on the installation or offline. */
export function audit(program: Command): void {
	const group = program
		.command('audit')
		.description(
			'the audit log, as the person of FIRMSEAL_TOKEN, by FIRMSEAL_URL; verify: on the installation, or of a file',
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
			.description("print the newest signed checkpoint of a firm's log, your own firm's unless named: keep it")
			.option('--firm <slug-or-id>', 'of this firm; the nil UUID: of entries of no firm')
			.option('--root', 'of the root tree, which has the checkpoints of all firms')
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
			.option('--out <file>', 'where to; - is standard output; ENTRY.tlog-proof unless given')
			.option('--force', 'replace a file that is there')
			.hook('preAction', refuseBadOutput),
		({ config, options }) => saveProof(config, options),
	);
}

function defineExport(group: Command): void {
	defineCommand<BundleExportOptions>(
		group
			.command('export')
			.description("save a firm's whole log with its proof; run again after an interruption, it goes on from there")
			.option('--firm <slug-or-id>', "this firm's, your own firm's unless named; the nil UUID: entries of no firm")
			.option('--out <file>', 'where to; audit-FIRM.jsonl unless given')
			.option('--force', 'replace a file that is there')
			.hook('preAction', refuseOutput),
		({ config, options }) => exportBundle(config, options),
	);
}

function refuseOutput(command: Command): void {
	const { out } = command.opts<BundleExportOptions>();
	if (out === '' || out === '-')
		command.error('error: --out names no file, which an interruption would leave incomplete');
}

function defineVerify(group: Command): void {
	defineCommand<VerifyLogOptions>(
		group
			.command('verify')
			.description('verify the log of this installation, by its database and newest anchor; or its anchors, or a file')
			.option('--database', 'the database alone, without its anchors')
			.option('--anchors', 'what is anchored alone, from the first anchor on')
			.option(
				'--bundle <file>',
				'what `firmseal audit export` has saved; needs nothing but the file and its keys',
				once,
			)
			.option('--proof <file>', 'what `firmseal audit proof` has saved; needs nothing but the file and its keys', once)
			.option(
				'--vkey-file <file>',
				"a file of verifier keys, one in each line: the tree's, for a file; else the root tree's first",
				once,
			)
			.option('--vkey <vkey...>', 'the same keys themselves: never by words that a shell has made of a file', vkeysOf)
			.option(
				'--since <file>',
				'with --bundle: an older checkpoint of the tree, whose entries the bundle must begin with, and of whose keys one must have signed it',
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

/** An option that is given twice may be a word of someone else's file: the last one would be taken for what was meant. @throws InvalidArgumentError */
function once(text: string, before?: string): string {
	if (before !== undefined) throw new InvalidArgumentError('It is given twice.');
	return text;
}

const vkeysOf = (text: string, before: readonly string[] = []): readonly string[] => [...before, vkeyOf(text)];
