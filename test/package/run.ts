import { execFile } from 'node:child_process';

export interface Ended {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly timeout?: number;
}

/** Variables that `npm test` sets for its scripts. They would make another npm use this project. */
const OF_THIS_PROJECT =
	/^(npm_(lifecycle|package)_|npm_config_local_prefix$|INIT_CWD$|NODE_|VITEST|FORCE_COLOR$|FIRMSEAL_|DATABASE_URL$)/;

export const outside = () =>
	Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THIS_PROJECT.test(name)));

/** Runs a program in an environment without this project's variables. Kills the program after `timeout` milliseconds. */
export function run(
	file: string,
	args: readonly string[],
	{ cwd, env = {}, timeout = 110_000 }: RunOptions,
): Promise<Ended> {
	return new Promise((resolve) => {
		const options = { cwd, env: { ...outside(), ...env }, timeout, maxBuffer: 2 ** 26 };
		execFile(file, args, options, (error, stdout, stderr) => {
			const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
			resolve({ code, stdout, stderr });
		});
	});
}

/** The output of a program that must succeed. */
export async function output(file: string, args: readonly string[], options: RunOptions): Promise<string> {
	const { code, stdout, stderr } = await run(file, args, options);
	if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
	return stdout;
}

/** Runs a module's text in a separate Node process, with `cwd` as its folder. */
export const runModule = (text: string, options: RunOptions, flags: readonly string[] = []): Promise<Ended> =>
	run(process.execPath, [...flags, '--input-type=module', '--eval', text], options);
