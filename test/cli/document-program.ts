import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { type Ended, type Env, firmseal, launch, MAIN, oneLine, type Running } from '../system/program.ts';

export interface RunOptions {
	readonly env: Env;
	/** Standard input; empty by default. */
	readonly input?: Uint8Array | undefined;
}

/** Changes to a new working directory for each test. This process changes too, because commands may run in it. */
export function enterNewDirectory(): void {
	const home = process.cwd();
	beforeEach(() => {
		const directory = mkdtempSync(join(tmpdir(), 'firmseal-document-'));
		process.chdir(directory);
		return () => {
			process.chdir(home);
			rmSync(directory, { recursive: true, force: true });
		};
	});
}

/** The names in the working directory, sorted. */
export const here = () => readdirSync('.').toSorted();
export const read = (name: string) => readFileSync(name);
export function fileOf(name: string, bytes: string | Uint8Array): string {
	writeFileSync(name, bytes);
	return name;
}

/** Starts `firmseal document …` as a separate process. */
export const startDocument = ({ env, input }: RunOptions, ...args: readonly string[]): Running =>
	launch(env, process.execPath, [MAIN, 'document', ...args], { cwd: process.cwd(), input });

/** Runs `firmseal document …` to its end, in this process unless it needs standard input. */
export const runDocument = (options: RunOptions, ...args: readonly string[]): Promise<Ended> =>
	options.input ? startDocument(options, ...args).ended : firmseal(options.env, 'document', ...args);

/** Runs the command with --json and returns the exit code with the parsed object. */
export const askDocument = async (options: RunOptions, ...args: readonly string[]) =>
	oneLine(await runDocument(options, ...args, '--json'));
