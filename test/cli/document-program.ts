import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { type Ended, type Env, firmseal, launch, MAIN, oneLine, type Running } from '../system/program.ts';

export interface RunOptions {
	readonly env: Env;
	/** On standard input; none unless given. */
	readonly input?: Uint8Array | undefined;
}

/** Makes the directory at hand a new one for each test: commands run in this process too. */
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

/** What is in it. */
export const here = () => readdirSync('.').toSorted();
export const read = (name: string) => readFileSync(name);
export function fileOf(name: string, bytes: string | Uint8Array): string {
	writeFileSync(name, bytes);
	return name;
}

/** `firmseal document …` as a process. */
export const startDocument = ({ env, input }: RunOptions, ...args: readonly string[]): Running =>
	launch(env, process.execPath, [MAIN, 'document', ...args], { cwd: process.cwd(), input });

/** Runs it to its end; in this process when nothing stands on standard input. */
export const runDocument = (options: RunOptions, ...args: readonly string[]): Promise<Ended> =>
	options.input ? startDocument(options, ...args).ended : firmseal(options.env, 'document', ...args);

/** The same with --json: the exit code and the one object. */
export const askDocument = async (options: RunOptions, ...args: readonly string[]) =>
	oneLine(await runDocument(options, ...args, '--json'));
