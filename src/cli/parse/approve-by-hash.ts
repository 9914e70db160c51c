import { createInterface } from 'node:readline';
import { InvalidArgumentError, Option } from 'commander';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, UsageError } from '../command.ts';
import { currentIo } from '../io.ts';

/** Hexadecimal digits of the hash that a person types who sees what is agreed to; where no one sees it, all 64 are named. */
const SHORT = 8;

/** `--hash`. */
export const hashOption = (): Option =>
	new Option(
		'--hash <hash>',
		`the hash of what is shown, in its last row; on a terminal, its first ${SHORT} digits are asked for`,
	).argParser(hashOf);

/** What a command is given that agrees. */
export interface ApprovalOptions {
	readonly hash?: string;
	readonly dryRun?: boolean;
}

/** What a person is asked to agree to. */
export interface RequestToApprove {
	/** All of it, by markedRows(), its hash among them. */
	readonly lines: string;
	readonly requestHash: string;
	/** What `--dry-run` answers of it beside the hash. */
	readonly result: object;
}

/** What `--hash` takes. @throws InvalidArgumentError */
function hashOf(text: string): string {
	if (!/^[0-9a-f]{64}$/i.test(text))
		throw new InvalidArgumentError('It is the whole hash of what is shown, 64 hexadecimal digits.');
	return text;
}

/** @throws UsageError where no one can be asked for the hash. */
export function assertCanConfirmHash({ hash, dryRun }: ApprovalOptions): void {
	if (!dryRun && hash === undefined && !isInteractive())
		throw new UsageError('No terminal is there to ask at: give --hash with the hash of what --dry-run shows.');
}

/**
 * Shows all of a request, waits until its hash is named (by `--hash`, or typed by the person who has read it), and agrees to what has exactly
 * this hash by then; with `--dry-run` only shows. @throws FirmsealError CONFLICT
 */
export async function approveByHash(
	{ lines, requestHash, result }: RequestToApprove,
	{ hash, dryRun }: ApprovalOptions,
	agree: (requestHash: string) => Promise<CommandResult>,
): Promise<CommandResult> {
	if (dryRun)
		return { result: { dryRun: true, ...result, requestHash }, text: `${lines}\n\nWould agree to exactly this.` };
	await confirmHash(lines, requestHash, hash);
	return agree(requestHash);
}

async function confirmHash(lines: string, hash: string, named: string | undefined): Promise<void> {
	currentIo().stderr.write(`${lines}\n\n`);
	const typed = named ?? (await promptLine(`To agree to exactly this, type the first ${SHORT} digits of its hash: `));
	const digits = typed?.toLowerCase() ?? '';
	if (digits === '') throw new FirmsealError('CONFLICT', 'No hash was typed: nothing was agreed to.');
	if (digits.length < SHORT || !hash.startsWith(digits))
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match what is shown: nothing was agreed to. Read it, and name the hash in its last row.',
		);
}

/** Whether a person is there to ask. */
function isInteractive(): boolean {
	const { stdin, stderr } = currentIo();
	return stdin.isTTY === true && stderr.isTTY === true;
}

/** One line of the person at the terminal, without the spaces around it; null when they end it instead. */
function promptLine(question: string): Promise<string | null> {
	const { stdin, stderr } = currentIo();
	const lines = createInterface({ input: stdin, terminal: false });
	stderr.write(question);
	return new Promise((resolve) => {
		lines.once('close', () => resolve(null));
		lines.once('line', (line) => {
			resolve(line.trim());
			lines.close();
		});
	});
}
