import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../data/installation.ts';

const MAIN = fileURLToPath(new URL('child-main.ts', import.meta.url));
/** Milliseconds that a process has to stop before it is killed. */
const STOP_DEADLINE = 15_000;

type InputOf<Work> = Work extends (input: infer Input) => unknown ? Input : never;
type OutputOf<Work> = Work extends (...input: never) => infer Output ? Awaited<Output> : never;

/** A process that runs the exported functions of one module, so that its work is not measured as the work of another process. */
export interface Child<Module> extends AsyncDisposable {
	readonly pid: number;
	/** Calls a function of the module in the process; one call at a time. @throws Error with the message of the function's error */
	call<Name extends keyof Module & string>(
		name: Name,
		...input: undefined extends InputOf<Module[Name]> ? [] : [input: InputOf<Module[Name]>]
	): Promise<OutputOf<Module[Name]>>;
}

export interface ChildOptions {
	/** The whole environment of a process that runs as in production; that of this process unless given. */
	readonly settings?: Settings;
	/** What happens to its log lines; shown unless given. */
	readonly stderr?: 'ignore' | 'inherit';
	readonly signal?: AbortSignal;
}

/** Starts a process for a module, with `typeof import(…)` of the module as the type argument. */
export function startChild<Module>(
	module: URL,
	{ settings, stderr = 'inherit', signal }: ChildOptions = {},
): Child<Module> {
	const child = fork(MAIN, [module.href], {
		env: settings ? { ...settings, NODE_ENV: 'production' } : process.env,
		stdio: ['ignore', 'ignore', stderr, 'ipc'],
		// JSON would turn NaN, such as the median of no answers, into null.
		serialization: 'advanced',
		...(signal && { signal }),
	});
	const ended = once(child, 'exit');
	// The next call reports an abort.
	ended.catch(() => {});
	return {
		pid: child.pid ?? 0,
		async call(name, ...[input]) {
			signal?.throwIfAborted();
			const answer = once(child, 'message');
			child.send({ name, input });
			const [said] = await Promise.race([
				answer,
				ended.then(([code, by]) => [{ failed: `The process ended (${code ?? by}).` }]),
			]);
			if ('failed' in said) throw new Error(said.failed);
			return said.output;
		},
		async [Symbol.asyncDispose]() {
			if (child.connected) child.disconnect();
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE);
			await ended.catch(() => {});
			clearTimeout(timer);
		},
	};
}
