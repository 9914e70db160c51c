import { type Ended, type Env, launch, MAIN, oneLine } from '../system/program.ts';

export interface RunOptions {
	readonly env: Env;
	/** The directory at hand. */
	readonly cwd: string;
	/** On standard input; none unless given. */
	readonly input?: Uint8Array | undefined;
}

/** `firmseal document …` in a directory of the test's. */
export const startDocument = ({ env, ...given }: RunOptions, ...args: readonly string[]) =>
	launch(env, process.execPath, [MAIN, 'document', ...args], given);

/** Runs it to its end. */
export const runDocument = (options: RunOptions, ...args: readonly string[]): Promise<Ended> =>
	startDocument(options, ...args).ended;

/** The same with --json: the exit code and the one object. */
export const askDocument = async (options: RunOptions, ...args: readonly string[]) =>
	oneLine(await runDocument(options, ...args, '--json'));
