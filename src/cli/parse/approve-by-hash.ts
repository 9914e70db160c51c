import { InvalidArgumentError, Option } from 'commander';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, UsageError } from '../command.ts';
import { currentIo } from '../io.ts';
import { isInteractive, promptLine } from './prompt.ts';

/** Hexadecimal digits of the hash that a person types after reading the request. `--hash` takes all 64, because no one may have read it. */
const SHORT = 8;

/** `--hash`. */
export const hashOption = (): Option =>
	new Option(
		'--hash <hash>',
		`the request's hash, from the last row of what is shown; on a terminal, the command asks for its first ${SHORT} digits`,
	).argParser(hashOf);

/** The options of a command that agrees to a request. */
export interface ApprovalOptions {
	readonly hash?: string;
	readonly dryRun?: boolean;
}

export interface RequestToApprove {
	/** The whole request with its hash, as markedRows() prints it. */
	readonly lines: string;
	readonly requestHash: string;
	/** What `--dry-run` returns besides the hash. */
	readonly result: object;
}

/** What `--hash` takes. @throws InvalidArgumentError */
function hashOf(text: string): string {
	if (!/^[0-9a-f]{64}$/i.test(text))
		throw new InvalidArgumentError('Give the whole hash of what is shown: 64 hexadecimal digits.');
	return text;
}

/** @throws UsageError if the hash is missing and there is no terminal to ask for it. */
export function assertCanConfirmHash({ hash, dryRun }: ApprovalOptions): void {
	if (!dryRun && hash === undefined && !isInteractive())
		throw new UsageError('There is no terminal to ask for the hash: give --hash with the hash that --dry-run shows.');
}

/**
 * Shows the whole request, waits for its hash (from `--hash`, or typed by the person who has read the request), and calls `agree` with this
 * hash, which refuses a request that has changed since. With `--dry-run` it only shows the request. @throws FirmsealError CONFLICT
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
	if (digits === '') throw new FirmsealError('CONFLICT', 'No hash was typed: nothing was done.');
	if (digits.length < SHORT || !hash.startsWith(digits))
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the request above: nothing was done. Read the request, and give the hash in its last row.',
		);
}
