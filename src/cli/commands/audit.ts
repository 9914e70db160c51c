import type { Command } from 'commander';
import {
	type ExportOptions,
	exportBundle,
	type ProofOptions,
	saveProof,
	showCheckpoint,
	type TreeOptions,
} from '../audit/index.ts';
import { act } from '../command.ts';
import { idOf } from '../id-argument.ts';

/** `firmseal audit`: proofs of the log, as FIRMSEAL_TOKEN's person, through the API. */
export function audit(program: Command): void {
	const group = program.command('audit').description('the audit log, as the person of FIRMSEAL_TOKEN, by FIRMSEAL_URL');

	act<TreeOptions>(
		group
			.command('checkpoint')
			.description("print the newest signed checkpoint of a firm's log, your own firm's unless named: keep it")
			.option('--firm <slug-or-id>', 'of this firm; the nil UUID: of entries of no firm')
			.option('--root', 'of the root tree, which has the checkpoints of all firms')
			.hook('preAction', refuseTwoTrees),
		({ config, options }) => showCheckpoint(config, options),
	);
	act<ProofOptions>(
		group
			.command('proof')
			.description('save the proof that an entry is in the log, as a C2SP tlog-proof')
			.requiredOption('--entry <id>', 'which entry', idOf)
			.option('--out <file>', 'where to; - is standard output; ENTRY.tlog-proof unless given')
			.option('--force', 'replace a file that is there')
			.hook('preAction', refuseTwoOutputs),
		({ config, options }) => saveProof(config, options),
	);
	act<ExportOptions>(
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

function refuseTwoTrees(command: Command): void {
	const { firm, root } = command.opts<TreeOptions>();
	if (firm !== undefined && root) command.error('error: --firm and --root name two trees: leave one out');
}

function refuseTwoOutputs(command: Command): void {
	const { out, json } = command.opts<ProofOptions & { json?: boolean }>();
	if (out === '-' && json) command.error('error: --json and --out - both need standard output: leave one out');
	if (out === '') command.error('error: --out names no file');
}

function refuseOutput(command: Command): void {
	const { out } = command.opts<ExportOptions>();
	if (out === '' || out === '-')
		command.error('error: --out names no file, which an interruption would leave incomplete');
}
