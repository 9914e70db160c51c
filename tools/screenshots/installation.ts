import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` with its demo, in a directory of its own on a free port. */
export interface Installation {
	readonly url: string;
	/** A directory for files, which goes with the installation. */
	readonly directory: string;
	/** Runs a `firmseal` command as the person of that address, and returns what it prints. */
	readonly as: (email: string, ...command: string[]) => Promise<string>;
	/** Answers a query as the person of that address. */
	readonly ask: (email: string, query: string) => Promise<Record<string, unknown>>;
	/** Ends the program, which ends what it has started, and removes the directory. */
	readonly close: () => Promise<void>;
}

/** Builds the pages, starts the program and waits until it answers. */
export async function startInstallation(): Promise<Installation> {
	execFileSync(process.execPath, ['web/build.ts'], { cwd: PROJECT, stdio: ['ignore', 2, 2] });
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-screenshots-'));
	const env = { PATH: process.env.PATH, HOME: process.env.HOME };
	const program = spawn(process.execPath, ['src/cli/npm-start.js'], {
		cwd: PROJECT,
		env: { ...env, FIRMSEAL_DATA_DIR: join(directory, 'data'), FIRMSEAL_PORT: '0' },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(program, 'close');
	const close = async () => {
		if (program.exitCode === null) program.kill('SIGINT');
		await ended;
		rmSync(directory, { recursive: true, force: true });
	};
	let printed = '';
	for await (const piece of program.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
		printed += piece;
		if (printed.includes('Ctrl-C stops everything')) break;
	}
	program.stdout.resume();
	const url = /answers on (\S+)\/graphql/.exec(printed)?.[1];
	const file = /^ {2}\. (\S+)$/m.exec(printed)?.[1];
	if (url === undefined || file === undefined) {
		await close();
		throw new Error(`npm start has not begun to answer: ${printed}`);
	}
	const tokens = new Map(
		[...readFileSync(resolve(PROJECT, file), 'utf8').matchAll(/^\w+='(\S+)' # (\S+)$/gm)].map(
			([, token = '', email = '']) => [email, token],
		),
	);
	const tokenOf = (email: string) => tokens.get(email) ?? '';
	return {
		url,
		directory,
		async as(email, ...command) {
			const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/main.ts', ...command], {
				cwd: PROJECT,
				env: { ...env, FIRMSEAL_URL: url, FIRMSEAL_TOKEN: tokenOf(email) },
			});
			return stdout;
		},
		async ask(email, query) {
			const answer = await fetch(`${url}/graphql`, {
				method: 'POST',
				headers: { authorization: `Bearer ${tokenOf(email)}`, 'content-type': 'application/json' },
				body: JSON.stringify({ query }),
			});
			const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
			if (errors !== undefined) throw new Error(JSON.stringify(errors));
			return data;
		},
		close,
	};
}
