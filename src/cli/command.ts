import { AsyncLocalStorage } from 'node:async_hooks';
import type { Command } from 'commander';
import { escapeHiddenCharacters, replaceHiddenCharacters } from '../access/index.ts';
import { type Config, commandRefusals, readConfig } from '../config/index.ts';
import { toCallerError } from '../database/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { currentIo } from './io.ts';
import { explain, type RunningCommand, withoutOwnAdvice } from './print/index.ts';
import { programOf, USAGE_ERROR_EXIT_CODE } from './program.ts';

/** What a command answers: data for `--json`, and lines for people. */
export interface CommandResult {
	readonly result: unknown;
	readonly text: string;
	/** Standard output has something else on it: the lines go to standard error. */
	readonly hasWrittenOutput?: boolean;
	/** The command did its work and found something wrong: one sentence, on standard error unless the lines have it; exit 1. */
	readonly problem?: string | undefined;
	/** Of the problem; SETUP unless given. */
	readonly code?: string | undefined;
	/** For a command that goes on after its answer. */
	readonly keepRunning?: () => Promise<void>;
}

/** What every command is given besides its own options. */
export interface CommandInput<Options> {
	readonly config: Config;
	readonly options: Options;
	/** What stands on the command line besides options, in the command's own order. */
	readonly args: readonly string[];
}

/** The command itself is wrong, in any installation: exit 2, as for what commander refuses. */
export class UsageError extends FirmsealError {
	constructor(sentence: string) {
		super('BAD_USER_INPUT', sentence);
	}
}

/**
 * Makes a command of a function: exactly one JSON object on standard output with `--json`, lines otherwise; exit 0 done,
 * 1 refused or failed with one clear line and no stack, 2 wrong use (UsageError, and commander's own errors, see run-command.ts).
 */
export function defineCommand<Options extends object>(
	command: Command,
	work: (run: CommandInput<Options>) => Promise<CommandResult>,
): Command {
	return command
		.option('--json', 'one JSON object on standard output')
		.action(() => runAsCommand({ name: nameOf(command), config: null }, perform));

	async function perform(): Promise<void> {
		const run = currentCommand();
		const { name } = run;
		const options = command.opts<Options & { json?: boolean }>();
		const program = programOf(command);
		const { stdout, stderr } = currentIo();
		try {
			const config = readConfig(program.env);
			run.config = config;
			assertSafeNode(config, name);
			const answer = await work({ config, options, args: command.processedArgs as string[] });
			const { result, text, keepRunning } = answer;
			const problem = answer.problem && withoutOwnAdvice(answer.problem, name);
			const json = problem
				? { ok: false, command: name, result, error: { code: answer.code ?? 'SETUP', message: problem } }
				: { ok: true, command: name, result };
			const output = answer.hasWrittenOutput ? stderr : stdout;
			output.write(options.json ? jsonLine(json) : `${escapeHiddenCharacters(text, 'LINES')}\n`);
			// Some say it among their lines already.
			if (problem && !options.json && !text.includes(problem))
				stderr.write(`firmseal: ${escapeHiddenCharacters(problem, 'LINES')}\n`);
			if (problem) program.exitCode = 1;
			await keepRunning?.();
		} catch (error) {
			const failure = toCommandError(error);
			if (options.json) stdout.write(jsonLine({ ok: false, command: name, error: failure }));
			else stderr.write(`firmseal: ${escapeHiddenCharacters(failure.message, 'LINES')}\n`);
			program.exitCode = error instanceof UsageError ? USAGE_ERROR_EXIT_CODE : 1;
		}
	}
}

/** Processes say at once all that production refuses of them, and doctor what it refuses of anything. */
const SAYS_MORE: ReadonlySet<string> = new Set(['serve', 'worker', 'broker', 'doctor']);

/** Before a command has a key, a share or a token in its memory. @throws SetupError in production, where that would be given away */
function assertSafeNode(config: Config, name: string): void {
	const refusals = SAYS_MORE.has(name) ? [] : commandRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
}

const running = new AsyncLocalStorage<RunningCommand>();

/** Runs `work` as the command of that name: what it reports is for the person who runs it. */
export const runAsCommand = <T>(command: RunningCommand, work: () => Promise<T>): Promise<T> =>
	running.run(command, work);

const currentCommand = (): RunningCommand => running.getStore() ?? { name: '', config: null };

/** As JSON on one line. Whatever a terminal would act on, or not show, is escaped: rows may come from elsewhere than our own checks. */
export const jsonLine = (value: unknown): string =>
	`${replaceHiddenCharacters(JSON.stringify(value), 'LINE', (hidden) =>
		Array.from({ length: hidden.length }, (_, at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
			'',
		),
	)}\n`;

/** Marks a command that changes something. */
export const dryRun = (command: Command): Command =>
	command.option('--dry-run', 'say what would be done, and do nothing');

function nameOf(command: Command): string {
	const parent = command.parent;
	return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** The sentence of an error of ours, or of what the system says of a setting; for any other its class, because its message may hold anything. */
export function toCommandError(error: unknown): { readonly code: string; readonly message: string } {
	const running = currentCommand();
	const reported = toCallerError(error);
	const code = reported?.code ?? (error instanceof SetupError ? 'SETUP' : null);
	const explained = explain(error, running);
	const own = reported?.message ?? (code !== null && (error as Error).message);
	const message = explained ?? (own || unforeseen(error, running.name));
	return { code: code ?? (explained ? 'SETUP' : 'INTERNAL'), message: withoutOwnAdvice(message, running.name) };
}

function unforeseen(error: unknown, command: string): string {
	const { name, code } = error as { name?: string; code?: unknown };
	const detail = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? ` ${code}` : '';
	const next = command === 'doctor' ? 'report it with this line' : 'run `firmseal doctor`';
	return `Something went wrong (${name ?? 'unknown'}${detail}): ${next}.`;
}

type Cell = string | number | boolean | null | undefined;

/** A line break would make a row of its own, several blanks a column, or a row where a terminal wraps. */
const shownCell = (text: string): string =>
	escapeHiddenCharacters(text, 'LINE').replace(/\p{Zs}{2,}/gu, (blanks) =>
		Array.from(blanks, (blank) => `\\u{${blank.codePointAt(0)?.toString(16)}}`).join(''),
	);

/** Rows as columns, for people. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
	const cells = [head, ...rows.map((row) => row.map((cell) => shownCell(String(cell ?? '-'))))];
	const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
	return cells
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}
