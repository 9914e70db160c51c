import { AsyncLocalStorage } from 'node:async_hooks';
import type { Command } from 'commander';
import { escapeHiddenCharacters, replaceHiddenCharacters } from '../access/index.ts';
import { type Config, commandRefusals, readConfig } from '../config/index.ts';
import { toCallerError } from '../database/index.ts';
import { FirmsealError, SetupError } from '../errors.ts';
import { currentIo } from './io.ts';
import { explain, type RunningCommand, withoutOwnAdvice } from './print/index.ts';
import { programOf, USAGE_ERROR_EXIT_CODE } from './program.ts';

/** The result of a command: data for `--json`, and lines for people. */
export interface CommandResult {
	readonly result: unknown;
	readonly text: string;
	/** True if the command wrote something else to standard output. The lines then go to standard error. */
	readonly hasWrittenOutput?: boolean;
	/** What a command that did its work found wrong, in one sentence. Exit code 1. Goes to standard error unless `text` contains it. */
	readonly problem?: string | undefined;
	/** The error code of `problem`; SETUP unless given. */
	readonly code?: string | undefined;
	/** Called after the result is printed, for a command that keeps running. */
	readonly keepRunning?: () => Promise<void>;
}

export interface CommandInput<Options> {
	readonly config: Config;
	readonly options: Options;
	/** The positional arguments, in the order in which the command declares them. */
	readonly args: readonly string[];
}

/** The command line is wrong in any installation. Exit code 2, as for errors that commander reports. */
export class UsageError extends FirmsealError {
	constructor(sentence: string) {
		super('BAD_USER_INPUT', sentence);
	}
}

/**
 * Turns a function into a command. With `--json` it prints exactly one JSON object on standard output, otherwise lines. Exit code 0: done.
 * 1: refused or failed, with one clear line and no stack trace. 2: wrong use (UsageError, and commander's own errors, see run-command.ts).
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
			// Some commands already include the problem in their lines.
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

/** These report everything that production refuses by themselves, so the check below would only hide the rest. */
const SAYS_MORE: ReadonlySet<string> = new Set(['serve', 'worker', 'broker', 'doctor']);

/** Runs before a command holds a key, a share or a token in memory. @throws SetupError in production, if this Node process would expose them */
function assertSafeNode(config: Config, name: string): void {
	const refusals = SAYS_MORE.has(name) ? [] : commandRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
}

const running = new AsyncLocalStorage<RunningCommand>();

/** Runs `work` as the command of that name, so that its error messages fit this command. */
export const runAsCommand = <T>(command: RunningCommand, work: () => Promise<T>): Promise<T> =>
	running.run(command, work);

const currentCommand = (): RunningCommand => running.getStore() ?? { name: '', config: null };

/** The value as JSON on one line. Escapes every character that a terminal acts on or hides, because rows may not have passed our checks. */
export const jsonLine = (value: unknown): string =>
	`${replaceHiddenCharacters(JSON.stringify(value), 'LINE', (hidden) =>
		Array.from({ length: hidden.length }, (_, at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
			'',
		),
	)}\n`;

/** Adds `--dry-run` to a command that changes something. */
export const dryRun = (command: Command): Command =>
	command.option('--dry-run', 'say what would be done, and do nothing');

function nameOf(command: Command): string {
	const parent = command.parent;
	return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** The sentence of our own error, or the explanation of a system error about a setting. Of any other error only class and code: its message may hold anything. */
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
	const next = command === 'doctor' ? 'report this line' : 'run `firmseal doctor`';
	return `Something went wrong (${name ?? 'unknown'}${detail}): ${next}.`;
}

type Cell = string | number | boolean | null | undefined;

/** Escapes line breaks, which would look like a new row, and runs of blanks, which would look like a column, or like a row where a terminal wraps. */
const shownCell = (text: string): string =>
	escapeHiddenCharacters(text, 'LINE').replace(/\p{Zs}{2,}/gu, (blanks) =>
		Array.from(blanks, (blank) => `\\u{${blank.codePointAt(0)?.toString(16)}}`).join(''),
	);

/** "1 file" or "2 files". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
	`${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** The most names in one sentence. */
const MOST_NAMES = 20;

/** Joins names for a sentence: if there are many, the first ones and how many more. `count` is the total if `names` lacks some. */
export function shortenList(names: readonly string[], count = names.length): string {
	const named = names.slice(0, MOST_NAMES).join(', ');
	const more = count - Math.min(names.length, MOST_NAMES);
	return more > 0 ? `${named} and ${more} more` : named;
}

/** Rows in aligned columns, for people. */
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
